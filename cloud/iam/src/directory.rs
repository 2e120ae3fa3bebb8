//! What IAM offers to the services that assume roles.

use cloud_core::{Actor, CallerIdentity, Permit, Principal, Refused, RoleCredentials, RoleDirectory, RoleTrust};
use jiff::SignedDuration;
use policy::Document;

use crate::permissions::trust::lets_task_in;
use crate::service::Iam;

/// How long the session of a service lasts. (That of a function is not documented; it lives as long as its process may.)
const SERVICE_SESSION: SignedDuration = SignedDuration::from_hours(12);

impl RoleDirectory for Iam {
    fn trust(&self, role_arn: &str, principal: Principal<'_>) -> RoleTrust {
        let Some(role) = self.read_for_decision(role_arn) else {
            return if self.is_gone(role_arn) { RoleTrust::Gone } else { RoleTrust::Missing };
        };
        let is_let_in = match principal {
            Principal::Service { name, resource } => role.lets_service_in(role_arn, name, resource),
            Principal::Task { role: own_role, machine } => {
                lets_task_in(&role.trust, role_arn, own_role, machine)
                    && self.may_assume(own_role, role_arn, &role.trust)
            }
        };
        if !is_let_in {
            return RoleTrust::Refused;
        }
        let is_known = |window| self.is_settled(role_arn, window);
        match self.faults.role_window().is_none_or(is_known) {
            true => RoleTrust::Trusted,
            false => RoleTrust::Propagating,
        }
    }

    fn may_do_all(&self, actor: Actor<'_>, resource_arn: &str) -> bool {
        self.may_do_all_with(actor, resource_arn)
    }

    fn identify(&self, actor: Actor<'_>) -> CallerIdentity {
        self.identity_of(actor)
    }

    fn permit(&self, asked: &Permit<'_>) -> Result<(), Refused> {
        self.decide(asked)
    }

    fn open_session(&self, role_arn: &str, principal: Principal<'_>, session_name: &str) -> Option<RoleCredentials> {
        match self.trust(role_arn, principal) {
            RoleTrust::Trusted | RoleTrust::Propagating => {}
            RoleTrust::Missing | RoleTrust::Gone | RoleTrust::Refused => return None,
        }
        let role = self.read_for_decision(role_arn)?;
        Some(self.service_session(role_arn, &role, session_name, SERVICE_SESSION))
    }

    fn roles_propagate_slowly(&self) -> bool {
        self.faults.role_window().is_some()
    }
}

impl Iam {
    /// Whether the policies of the role whose task wants another one allow it.
    fn may_assume(&self, own_role: &str, role_arn: &str, trust: &Document) -> bool {
        let actor = Actor::Role { arn: own_role, session: "StepFunctions" };
        let asked = Permit { resource_policy: Some(trust), ..Permit::new(actor, "sts:AssumeRole", role_arn) };
        self.decide(&asked).is_ok()
    }
}
