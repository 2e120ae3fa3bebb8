//! What IAM takes for a resource: `*`, or an ARN whose partition, service, region and path it may have.

use crate::error::Malformed;

/// The partition of the policies here. IAM refuses the ARNs of other partitions.
const PARTITION: &str = "aws";

/// What the path of a resource of IAM begins with, as IAM's text lists it.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// Checks one resource.
pub(super) fn check(resource: &str) -> Result<(), Malformed> {
    if resource == "*" {
        return Ok(());
    }
    let parts = parts(resource);
    // What stands before the first colon is not looked at: it is taken for `arn`.
    let &[_, partition, ..] = parts.as_slice() else {
        return Err(Malformed::NotAnArn(resource.to_owned()));
    };
    // "You can't use a variable to replace parts of the ARN before the fifth colon"
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html); the text was recorded by others.
    if parts.iter().take(5).skip(1).any(|part| part.contains("${")) {
        return Err(Malformed::Legacy);
    }
    if partition != PARTITION && !partition.contains(['*', '?']) {
        return Err(wrong_partition(partition, resource));
    }
    let Some(&service) = parts.get(2) else {
        return Err(Malformed::NoResourceVendor);
    };
    if service.is_empty() || (parts.len() < 6 && resource.contains("::")) {
        return Err(Malformed::Legacy);
    }
    if service.contains(['*', '?']) {
        return Err(Malformed::NoResourceVendor);
    }
    let region = parts.get(3).copied().unwrap_or_default();
    let path = parts.get(5).copied().unwrap_or_default();
    let is_iam_path = path == "*" || IAM_PATHS.iter().any(|known| path.starts_with(known));
    match service {
        "iam" if !region.is_empty() => Err(Malformed::IamRegion(resource.to_owned())),
        "s3" if !region.is_empty() => Err(Malformed::S3Region(resource.to_owned())),
        "iam" if !is_iam_path => Err(Malformed::IamPath(IAM_PATHS.join(", "))),
        _ => Ok(()),
    }
}

/// The refusal shows the ARN as IAM takes it: parts that are missing are `*`.
fn wrong_partition(partition: &str, resource: &str) -> Malformed {
    let mut parts = parts(resource);
    parts.resize(6, "*");
    let rest = parts.split_off(2).join(":");
    Malformed::Partition { partition: partition.to_owned(), resource: format!("arn:{partition}:{rest}") }
}

/// The parts of an ARN, six at most. A colon in a variable, such as `${aws:username}`, parts nothing.
fn parts(arn: &str) -> Vec<&str> {
    let mut before = None;
    let mut is_in_variable = false;
    let is_end = |letter: char| {
        match letter {
            '{' if before == Some('$') => is_in_variable = true,
            '}' => is_in_variable = false,
            _ => {}
        }
        before = Some(letter);
        letter == ':' && !is_in_variable
    };
    arn.splitn(6, is_end).collect()
}
