//! Whether what is to run can have its role.

use cloud_core::{Principal, RoleDirectory, RoleTrust, ServiceError};

/// What AWS says of a role that a function can't have.
pub(crate) const CAN_NOT_BE_ASSUMED: &str = "The role defined for the function cannot be assumed by Lambda.";

/// Checks the role of what is to run: one that is gone, or does not trust Lambda any more, runs nothing (seen by others as the
/// answer of Invoke). One that has only changed is there already.
///
/// # Errors
/// `AccessDeniedException` with AWS's text.
pub(super) fn check_at_run(roles: &dyn RoleDirectory, role_arn: &str, function_arn: &str) -> Result<(), ServiceError> {
    let lambda = Principal::Service { name: "lambda.amazonaws.com", resource: function_arn };
    match roles.trust(role_arn, lambda) {
        RoleTrust::Trusted | RoleTrust::Propagating | RoleTrust::Missing => Ok(()),
        RoleTrust::Gone | RoleTrust::Refused => {
            Err(ServiceError::new(403, "AccessDeniedException", CAN_NOT_BE_ASSUMED))
        }
    }
}
