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
    let is_taken = match trust(functions, role_arn, function_arn) {
        RoleTrust::Trusted => true,
        RoleTrust::Missing => is_taken_without(functions),
        RoleTrust::Gone | RoleTrust::Refused | RoleTrust::Propagating => false,
    };
    if is_taken {
        return Ok(());
    }
    Err(ServiceError::bad_request("InvalidParameterValueException", CAN_NOT_BE_ASSUMED))
}

/// Whether a permission on a function can name a role: any that is there, whomever it trusts.
pub(super) fn can_be_named(functions: &Functions, role_arn: &str, function_arn: &str) -> bool {
    match trust(functions, role_arn, function_arn) {
        RoleTrust::Trusted | RoleTrust::Refused | RoleTrust::Propagating => true,
        RoleTrust::Missing => is_taken_without(functions),
        RoleTrust::Gone => false,
    }
}

fn trust(functions: &Functions, role_arn: &str, function_arn: &str) -> RoleTrust {
    functions.roles.trust(role_arn, Principal::Service { name: "lambda.amazonaws.com", resource: function_arn })
}

/// Whether a role that was never made is taken.
fn is_taken_without(functions: &Functions) -> bool {
    !functions.roles.roles_propagate_slowly()
}
