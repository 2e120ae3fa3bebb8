//! As whom a task acts: where, as which role, and whether that role may do what the task does.

use cloud_core::{
    Account, ActingRole, Actor, ConditionKeys, Context, Document, Location, Permit, Principal, Refused, RoleTrust,
};
use sha2::{Digest, Sha256};

use super::call_fault::CallFault;
use super::caller::Caller;
use crate::states::States;
use crate::wire::errors::NOT_ASSUMED;

/// As whom a task acts.
pub(super) struct Acting<'a> {
    /// Where its calls are made.
    pub(super) location: Location,
    role_arn: &'a str,
    session: String,
}

/// A resource that a task wants something with, and what it says of itself.
pub(super) struct Wanted<'a> {
    /// Its own policy, which may let the role in.
    pub(super) policy: Option<&'a Document>,
    /// Gives its tags: most policies ask for none.
    pub(super) tags: &'a (dyn Fn() -> Vec<(String, String)> + Sync),
    /// The version or alias of a state machine.
    pub(super) qualifier: Option<&'a str>,
}

impl Wanted<'_> {
    /// Nothing is known of it.
    pub(super) fn unknown() -> Self {
        Self { policy: None, tags: &Vec::new, qualifier: None }
    }
}

impl<'a> Acting<'a> {
    /// The execution's role in its account, or that of the task's `Credentials`, which must trust the execution's role. Nobody
    /// acts as a role that is gone, or does not let Step Functions in any more. (How AWS names that error is a guess; the text
    /// was seen by others as the cause of a task that failed.)
    pub(super) fn of(states: &States, caller: &'a Caller, credentials: Option<&'a str>) -> Result<Self, CallFault> {
        let service = Principal::Service { name: "states.amazonaws.com", resource: &caller.machine_arn };
        if let RoleTrust::Gone | RoleTrust::Refused = states.roles.trust(&caller.role_arn, service) {
            return Err(CallFault::new("States.TaskFailed", NOT_ASSUMED));
        }
        let session = session_name(caller);
        let Some(role_arn) = credentials else {
            return Ok(Self { location: caller.location.clone(), role_arn: &caller.role_arn, session });
        };
        let task = Principal::Task { role: &caller.role_arn, machine: &caller.machine_arn };
        match states.roles.trust(role_arn, task) {
            RoleTrust::Trusted | RoleTrust::Propagating => {
                let account = Account::of_arn(role_arn).unwrap_or_default();
                Ok(Self { location: Location::new(account, caller.location.region()), role_arn, session })
            }
            RoleTrust::Missing | RoleTrust::Gone | RoleTrust::Refused => {
                let cause = format!(
                    "The role {} is not authorized to assume the task state's role, {role_arn}.",
                    caller.role_arn
                );
                Err(CallFault::new("States.TaskFailed", cause))
            }
        }
    }

    /// Whether the role may do this with a resource.
    ///
    /// # Errors
    /// Why not, in AWS's words.
    pub(super) fn permit(
        &self,
        states: &States,
        action: &str,
        resource: &str,
        wanted: &Wanted<'_>,
    ) -> Result<(), Refused> {
        let actor = Actor::Role { arn: self.role_arn, session: &self.session };
        let keys = || self.keys(states, wanted);
        let asked = Permit::new(actor, action, resource);
        states.roles.permit(&Permit { resource_policy: wanted.policy, keys: ConditionKeys::made_by(&keys), ..asked })
    }

    /// What is known of a call that Step Functions makes with a role of its own: `aws:ViaAWSService` is for calls that a service
    /// hands on in its caller's name.
    fn keys(&self, states: &States, wanted: &Wanted<'_>) -> Context {
        let now = states.clock.now();
        let mut context = Context::default()
            .with("aws:RequestedRegion", self.location.region())
            .with("aws:CurrentTime", now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
            .with("aws:EpochTime", now.as_second().to_string())
            .with("aws:SecureTransport", "true")
            .with("aws:ViaAWSService", "false");
        for (key, value) in (wanted.tags)() {
            context = context.with(&format!("aws:ResourceTag/{key}"), value);
        }
        match wanted.qualifier {
            Some(qualifier) => context.with("states:StateMachineQualifier", qualifier),
            None => context,
        }
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
