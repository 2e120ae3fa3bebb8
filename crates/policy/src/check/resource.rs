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
    let mut parts = resource.splitn(6, ':');
    // What stands before the first colon is not looked at: it is taken for `arn`.
    let (Some(_), Some(partition)) = (parts.next(), parts.next()) else {
        return Err(Malformed::NotAnArn(resource.to_owned()));
    };
    if partition != PARTITION && !partition.contains(['*', '?']) {
        return Err(wrong_partition(partition, resource));
    }
    let Some(service) = parts.next() else {
        return Err(Malformed::NoResourceVendor);
    };
    let colons = resource.matches(':').count();
    if service.is_empty() || (colons < 5 && resource.contains("::")) {
        return Err(Malformed::Legacy);
    }
    if service.contains(['*', '?']) {
        return Err(Malformed::NoResourceVendor);
    }
    let region = parts.next().unwrap_or_default();
    let path = parts.nth(1).unwrap_or_default();
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
    let rest = resource.splitn(3, ':').nth(2).unwrap_or("*");
    let mut parts: Vec<&str> = rest.splitn(4, ':').collect();
    parts.resize(4, "*");
    Malformed::Partition { partition: partition.to_owned(), resource: format!("arn:{partition}:{}", parts.join(":")) }
}
