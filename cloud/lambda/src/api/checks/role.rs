//! Whether a function's role can be its role.

use cloud_core::{Principal, RoleTrust, ServiceError};

use crate::pool::CAN_NOT_BE_ASSUMED;
use crate::service::Functions;

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
