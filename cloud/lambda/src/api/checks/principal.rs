//! Who can be given a permission on a function.

use cloud_core::ServiceError;
use policy::is_service_name;

use super::limits::invalid;
use super::role;
use crate::service::Functions;

/// What the names of services end with: those of AWS, those of AWS in China, and those of Alexa.
const SERVICE_DOMAINS: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com"];

/// AddPermission's check of its principal. Of IAM's identities AWS takes none that is gone; that it refuses a role which never
/// was is followed where functions' roles have to be there too ([`role::can_be_named`]).
///
/// # Errors
/// `InvalidParameterValueException` with AWS's text, as others have recorded it.
pub(in crate::api) fn check(functions: &Functions, principal: &str, function_arn: &str) -> Result<(), ServiceError> {
    let is_right = principal == "*"
        || is_account(principal)
        || is_service(principal)
        || is_identity(principal) && (!is_role(principal) || role::can_be_named(functions, principal, function_arn));
    match is_right {
        true => Ok(()),
        false => Err(invalid("The provided principal was invalid. Please check the principal and try again.")),
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `events.amazonaws.com`, `logs.eu-west-1.amazonaws.com`.
fn is_service(text: &str) -> bool {
    is_service_name(text, &SERVICE_DOMAINS)
}

/// The ARN of an account, a user or a role, or of a session of either.
fn is_identity(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, service, "", account, resource] = parts.as_slice() else { return false };
    let named = |kind: &str| resource.strip_prefix(kind).is_some_and(|name| !name.is_empty());
    is_account(account)
        && match *service {
            "iam" => *resource == "root" || named("user/") || named("role/"),
            "sts" => named("assumed-role/") || named("federated-user/"),
            _ => false,
        }
}

fn is_role(arn: &str) -> bool {
    arn.contains(":role/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_and_identities_are_told_by_their_form() {
        for service in [
            "apigateway.amazonaws.com",
            "logs.eu-west-1.amazonaws.com",
            "apidestinations.events.amazonaws.com",
            "ec2.amazonaws.com.cn",
            "alexa-appkit.amazon.com",
        ] {
            assert!(is_service(service), "{service}");
        }
        for other in
            ["foo", "amazonaws.com", ".amazonaws.com", "*.amazonaws.com", "a..amazonaws.com", "s3.amazonaws.org"]
        {
            assert!(!is_service(other), "{other}");
        }
        for identity in [
            "arn:aws:iam::000000000002:root",
            "arn:aws:iam::000000000002:user/path/ann",
            "arn:aws-cn:iam::000000000002:role/r",
            "arn:aws:sts::000000000002:assumed-role/r/session",
            "arn:aws:sts::000000000002:federated-user/ann",
        ] {
            assert!(is_identity(identity), "{identity}");
        }
        for other in [
            "AIDACKCEVSQ6C2EXAMPLE",
            "arn:aws:iam::2:root",
            "arn:aws:iam::000000000002:user/",
            "arn:aws:iam::000000000002:group/g",
            "arn:aws:sts::000000000002:role/r",
            "arn:aws:iam:us-east-1:000000000002:root",
            "arn:aws:lambda:us-east-1:000000000002:function:f",
        ] {
            assert!(!is_identity(other), "{other}");
        }
        assert!(is_account("000000000002") && !is_account("123") && !is_account("00000000000x"));
    }
}
