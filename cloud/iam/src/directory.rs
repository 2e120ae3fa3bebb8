//! What IAM offers to the services that assume roles.

use cloud_core::{Actor, CallerIdentity, Permit, Principal, Refused, RoleCredentials, RoleDirectory, RoleTrust};
use jiff::SignedDuration;
use policy::Document;

use crate::permissions::trust::Assumption;
use crate::service::Iam;

/// How long the session of a service lasts. (That of a function is not documented; it lives as long as its process may.)
const SERVICE_SESSION: SignedDuration = SignedDuration::from_hours(12);

impl RoleDirectory for Iam {
    fn trust(&self, role_arn: &str, principal: Principal<'_>) -> RoleTrust {
        let Some(role) = self.role(role_arn) else {
            return RoleTrust::Missing;
        };
        let assumption = match principal {
            Principal::Service { name, resource } => Assumption::of_service(role_arn, name, resource),
            Principal::Aws(arn) => Assumption::of_execution(role_arn, arn),
        };
        let trust = assumption.known(&role.assume_role_policy);
        if !assumption.is_allowed(&trust) || !self.may_assume(principal, role_arn, &trust) {
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
        if self.trust(role_arn, principal) != RoleTrust::Trusted {
            return None;
        }
        let role = self.role(role_arn)?;
        Some(self.service_session(&role, session_name, SERVICE_SESSION))
    }

    fn roles_propagate_slowly(&self) -> bool {
        self.faults.role_window().is_some()
    }
}

impl Iam {
    /// Whether the policies of who wants a role allow it, where the role's trust policy leaves that to them.
    fn may_assume(&self, principal: Principal<'_>, role_arn: &str, trust: &Document) -> bool {
        let Principal::Aws(own_role) = principal else { return true };
        let actor = Actor::Role { arn: own_role, session: "StepFunctions" };
        let asked = Permit { resource_policy: Some(trust), ..Permit::new(actor, "sts:AssumeRole", role_arn) };
        self.decide(&asked).is_ok()
    }
}
