//! As whom a task acts: where, as which role, and whether that role may do what the task does.

use cloud_core::{
    Account, ActingRole, Actor, ConditionKeys, Context, Document, Location, Permit, Principal, Refused, RoleTrust,
};
use sha2::{Digest, Sha256};

use super::call_fault::CallFault;
use super::caller::Caller;
use crate::states::States;

/// As whom a task acts.
pub(super) struct Acting<'a> {
    /// Where its calls are made.
    pub(super) location: Location,
    role_arn: &'a str,
    session: String,
}

impl<'a> Acting<'a> {
    /// The execution's role in its account, or that of the task's `Credentials`, which must trust the execution's role.
    pub(super) fn of(states: &States, caller: &'a Caller, credentials: Option<&'a str>) -> Result<Self, CallFault> {
        let session = session_name(caller);
        let Some(role_arn) = credentials else {
            return Ok(Self { location: caller.location.clone(), role_arn: &caller.role_arn, session });
        };
        match states.roles.trust(role_arn, Principal::Aws(&caller.role_arn)) {
            RoleTrust::Trusted | RoleTrust::Propagating => {
                let account = Account::of_arn(role_arn).unwrap_or_default();
                Ok(Self { location: Location::new(account, caller.location.region()), role_arn, session })
            }
            RoleTrust::Missing | RoleTrust::Refused => {
                let cause = format!(
                    "The role {} is not authorized to assume the task state's role, {role_arn}.",
                    caller.role_arn
                );
                Err(CallFault::new("States.TaskFailed", cause))
            }
        }
    }

    /// Whether the role may do this with a resource, whose own policy may let it too.
    ///
    /// # Errors
    /// Why not, in AWS's words.
    pub(super) fn permit(
        &self,
        states: &States,
        action: &str,
        resource: &str,
        resource_policy: Option<&Document>,
    ) -> Result<(), Refused> {
        let actor = Actor::Role { arn: self.role_arn, session: &self.session };
        let keys = || {
            Context::default()
                .with("aws:RequestedRegion", self.location.region())
                .with("aws:CurrentTime", states.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
                .with("aws:SecureTransport", "true")
                .with("aws:ViaAWSService", "true")
        };
        let asked = Permit::new(actor, action, resource);
        states.roles.permit(&Permit { resource_policy, keys: ConditionKeys::made_by(&keys), ..asked })
    }

    /// The role, for a request that is made in its name.
    pub(super) fn role(&self) -> ActingRole {
        ActingRole { arn: self.role_arn.to_owned(), session: self.session.clone() }
    }
}

/// The name of the session that an execution acts in: letters, as those that AWS draws, and always the same for the same one.
fn session_name(caller: &Caller) -> String {
    const LETTERS: &[u8; 52] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let seed = caller.execution.as_ref().map_or_else(|| caller.role_arn.to_string(), |execution| execution.row());
    let digest = Sha256::digest(seed);
    digest
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()))
        .map(|letter| char::from(*letter))
        .collect()
}
