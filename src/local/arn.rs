//! Account, region and ARN: how the embedded cloud names what it holds.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The account of every caller whose access key names no other.
pub(crate) const ACCOUNT_ID: &str = "000000000000";

/// The region of a request that names none.
pub(crate) const DEFAULT_REGION: &str = "us-east-1";

/// An account: twelve digits. Accounts see nothing of each other unless a role lets them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Account(String);

impl Default for Account {
    fn default() -> Self {
        Self(ACCOUNT_ID.to_owned())
    }
}

impl Account {
    /// The account that a text of twelve digits names, and none for any other text.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == ACCOUNT_ID.len() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| Self(text.to_owned()))
    }

    /// The account of a caller: the one that the access key names, when it is an account's id, else the default one.
    pub(crate) fn of_access_key(access_key: &str) -> Self {
        Self::parse(access_key).unwrap_or_default()
    }

    /// The account that an ARN belongs to.
    pub(crate) fn of_arn(arn: &str) -> Option<Self> {
        arn.split(':').nth(4).and_then(Self::parse)
    }

    /// The account's id.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn is_default(&self) -> bool {
        self.0 == ACCOUNT_ID
    }

    /// The key of a thing that exists once per account and name: `name`, or `000000000002:name` in another account.
    pub(crate) fn key(&self, name: &str) -> String {
        if self.is_default() { name.to_owned() } else { format!("{}:{name}", self.0) }
    }

    /// The ARN of something IAM owns, which has no region: `arn:aws:iam::000000000000:role/x`.
    pub(crate) fn global_arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}::{}:{resource}", self.0)
    }
}

/// A region of an account: where a resource is. The client's credential scope names the region, such as `us-east-1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Region {
    account: Account,
    name: String,
}

impl Region {
    /// Reads what [`Region::place`] gives. An empty name, or one that could not stand in an ARN, becomes the default region.
    pub(crate) fn new(place: &str) -> Self {
        let split = place.split_once(':').and_then(|(account, name)| Some((Account::parse(account)?, name)));
        let (account, name) = split.unwrap_or_else(|| (Account::default(), place));
        Self::of(account, name)
    }

    /// An account's region; the name is read as [`Region::new`] reads it.
    pub(crate) fn of(account: Account, name: &str) -> Self {
        let plain = !name.is_empty() && name.len() <= 32;
        let plain =
            plain && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        Self { account, name: if plain { name } else { DEFAULT_REGION }.to_owned() }
    }

    /// The region's name.
    pub(crate) fn as_str(&self) -> &str {
        &self.name
    }

    /// The account.
    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    /// How the region is kept: `us-east-1`, or `000000000002:us-east-1` in another account.
    pub(crate) fn place(&self) -> String {
        self.account.key(&self.name)
    }

    /// The key of a thing that exists once per region and name: `us-east-1/name`.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.place())
    }

    /// The ARN of a resource of this region, such as `arn:aws:logs:us-east-1:000000000000:log-group:x`.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.name, self.account.as_str())
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
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
        assert_eq!(Account::default().global_arn("iam", "role/r"), "arn:aws:iam::000000000000:role/r");
        assert_eq!(region.key("n"), "eu-west-2/n");
    }

    #[test]
    fn an_access_key_that_is_an_account_names_it() {
        let other = Region::of(Account::of_access_key("000000000002"), "eu-west-2");
        assert_eq!(other.arn("states", "stateMachine:m"), "arn:aws:states:eu-west-2:000000000002:stateMachine:m");
        assert_eq!(other.key("m"), "000000000002:eu-west-2/m");
        assert_eq!(Region::new(&other.place()), other);
        assert_eq!(Account::of_access_key("test"), Account::default());
        assert_eq!(Account::of_arn(&other.arn("states", "x")), Some(other.account().clone()));
    }

    #[test]
    fn an_unusable_region_becomes_the_default() {
        assert_eq!(Region::new(""), Region::new("us-east-1"));
        assert_eq!(Region::new("a:b/c").as_str(), DEFAULT_REGION);
    }
}
