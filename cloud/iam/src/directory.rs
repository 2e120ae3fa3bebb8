//! What IAM offers to the services that assume roles.

use cloud_core::{Principal, RoleCredentials, RoleDirectory, RoleTrust};
use jiff::SignedDuration;

use crate::service::Iam;
use crate::trust::Assumption;

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
        if !assumption.is_allowed(&role.assume_role_policy) {
            return RoleTrust::Refused;
        }
        let is_known = |window| self.is_settled(role_arn, window);
        match self.faults.role_window().is_none_or(is_known) {
            true => RoleTrust::Trusted,
            false => RoleTrust::Propagating,
        }
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
