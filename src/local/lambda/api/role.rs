//! Whether a function's role can be its role.

use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::iam::Principal;

/// Lambda's check of the role when a function is created or gets another one. AWS refuses a role that does not exist as
/// well; here it is taken, so that tools that bring only functions need no IAM, unless roles propagate slowly.
///
/// # Errors
/// `InvalidParameterValueException` with AWS's text when the role is there and Lambda may not assume it.
pub(super) fn check(cloud: &Cloud, role_arn: &str) -> Result<(), ServiceError> {
    if !role_arn.starts_with("arn:") || !role_arn.contains(":iam::") || !role_arn.contains(":role/") {
        let message = format!(
            "1 validation error detected: Value '{role_arn}' at 'role' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{{12}}:role/?[a-zA-Z_0-9+=,.@\\-_/]+"
        );
        return Err(ServiceError::bad_request("ValidationException", message));
    }
    let may_assume = cloud.iam.may_assume(role_arn, &Principal::Service("lambda.amazonaws.com"));
    let is_taken = match cloud.eventual.role_window() {
        None => may_assume || cloud.iam.role(role_arn).is_none(),
        Some(window) => may_assume && cloud.iam.is_settled(role_arn, window),
    };
    if is_taken {
        return Ok(());
    }
    let message = "The role defined for the function cannot be assumed by Lambda.";
    Err(ServiceError::bad_request("InvalidParameterValueException", message))
}
