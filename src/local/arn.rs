//! Account, region and ARN: how the embedded cloud names what it holds.

use std::fmt;

/// The account that owns everything in the embedded cloud.
pub(crate) const ACCOUNT_ID: &str = "000000000000";

/// The region of a request that names none.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// A region as the client's credential scope named it, such as `us-east-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Region(String);

impl Region {
    /// Takes the name as given; an empty one, or one that could not stand in an ARN, becomes the default region.
    pub(crate) fn new(name: &str) -> Self {
        let plain = !name.is_empty() && name.len() <= 32;
        if plain && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
            Self(name.to_owned())
        } else {
            Self(DEFAULT_REGION.to_owned())
        }
    }

    /// The region's name.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of a thing that exists once per region and name: `us-east-1/name`.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.0)
    }

    /// The ARN of a resource of this region, such as `arn:aws:logs:us-east-1:000000000000:log-group:x`.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{ACCOUNT_ID}:{resource}", self.0)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The ARN of something IAM owns, which has no region: `arn:aws:iam::000000000000:role/x`.
pub(crate) fn global_arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}::{ACCOUNT_ID}:{resource}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_things_as_aws_does() {
        let region = Region::new("eu-west-2");
        assert_eq!(
            region.arn("logs", "log-group:/aws/lambda/x"),
            "arn:aws:logs:eu-west-2:000000000000:log-group:/aws/lambda/x"
        );
        assert_eq!(global_arn("iam", "role/r"), "arn:aws:iam::000000000000:role/r");
        assert_eq!(region.key("n"), "eu-west-2/n");
    }

    #[test]
    fn an_unusable_region_becomes_the_default() {
        assert_eq!(Region::new(""), Region::new("us-east-1"));
        assert_eq!(Region::new("a:b/c").as_str(), DEFAULT_REGION);
    }
}
