//! Whether a function's role can be its role.

use cloud_core::{Principal, RoleDirectory, RoleTrust, ServiceError};

use crate::service::Functions;

const CAN_NOT_BE_ASSUMED: &str = "The role defined for the function cannot be assumed by Lambda.";

/// Lambda's check of the role when a function is created or gets another one. AWS refuses a role that does not exist as
/// well; here one that was never made is taken, so that tools that bring only functions need no IAM, unless roles propagate
/// slowly.
///
/// # Errors
/// `InvalidParameterValueException` with AWS's text when the role is there and Lambda may not assume it.
pub(in crate::api) fn check(functions: &Functions, role_arn: &str, function_arn: &str) -> Result<(), ServiceError> {
    let lambda = Principal::Service { name: "lambda.amazonaws.com", resource: function_arn };
    let is_taken = match functions.roles.trust(role_arn, lambda) {
        RoleTrust::Trusted => true,
        RoleTrust::Missing => !functions.roles.roles_propagate_slowly(),
        RoleTrust::Gone | RoleTrust::Refused | RoleTrust::Propagating => false,
    };
    if is_taken {
        return Ok(());
    }
    Err(ServiceError::bad_request("InvalidParameterValueException", CAN_NOT_BE_ASSUMED))
}

/// The same of what is to run: a role that is gone, or does not trust Lambda any more, runs nothing (seen by others as the answer
/// of Invoke). A role that has only changed is there already.
///
/// # Errors
/// `AccessDeniedException` with the same text.
pub(crate) fn check_at_run(roles: &dyn RoleDirectory, role_arn: &str, function_arn: &str) -> Result<(), ServiceError> {
    let lambda = Principal::Service { name: "lambda.amazonaws.com", resource: function_arn };
    match roles.trust(role_arn, lambda) {
        RoleTrust::Trusted | RoleTrust::Propagating | RoleTrust::Missing => Ok(()),
        RoleTrust::Gone | RoleTrust::Refused => {
            Err(ServiceError::new(403, "AccessDeniedException", CAN_NOT_BE_ASSUMED))
        }
    }
}
