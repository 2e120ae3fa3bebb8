//! Account, region and ARN: how the embedded cloud names what it holds.

use serde::{Deserialize, Serialize};

/// The account of every caller whose access key names no other.
pub const DEFAULT_ACCOUNT_ID: &str = "000000000000";

/// The region of a request that names none.
pub const DEFAULT_REGION: &str = "us-east-1";

/// An account: twelve digits. Accounts see nothing of each other unless a role lets them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account(String);

impl Default for Account {
    fn default() -> Self {
        Self(DEFAULT_ACCOUNT_ID.to_owned())
    }
}

impl Account {
    /// The account that a text of twelve digits names, and none for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == DEFAULT_ACCOUNT_ID.len() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_id.then(|| Self(text.to_owned()))
    }

    /// The account of a caller: the one that the access key names, when it is an account's id, else the default one.
    pub fn of_access_key(access_key: &str) -> Self {
        Self::parse(access_key).unwrap_or_default()
    }

    /// The account that an ARN belongs to.
    pub fn of_arn(arn: &str) -> Option<Self> {
        arn.split(':').nth(4).and_then(Self::parse)
    }

    /// The account's id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_default(&self) -> bool {
        self.0 == DEFAULT_ACCOUNT_ID
    }

    /// The key of a thing that exists once per account and name: `name`, or `000000000002:name` in another account.
    pub fn key(&self, name: &str) -> String {
        if self.is_default() { name.to_owned() } else { format!("{}:{name}", self.0) }
    }

    /// The ARN of something IAM owns, which has no region: `arn:aws:iam::000000000000:role/x`.
    pub fn global_arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}::{}:{resource}", self.0)
    }
}

/// Where a resource is: a region of an account. The client's credential scope names the region, such as `us-east-1`.
///
/// It has no `Display`: a text with the region alone would lose the account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    account: Account,
    region: String,
}

impl Default for Location {
    fn default() -> Self {
        Self::new(Account::default(), DEFAULT_REGION)
    }
}

impl Location {
    /// Reads what [`Location::key_prefix`] gives.
    #[must_use]
    pub fn from_key_prefix(prefix: &str) -> Self {
        let split = prefix.split_once(':').and_then(|(account, region)| Some((Account::parse(account)?, region)));
        let (account, region) = split.unwrap_or_else(|| (Account::default(), prefix));
        Self::new(account, region)
    }

    /// An account's region. An empty name, or one that could not stand in an ARN, becomes the default region.
    #[must_use]
    pub fn new(account: Account, region: &str) -> Self {
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let plain = !region.is_empty() && region.len() <= 32 && region.bytes().all(is_plain);
        Self { account, region: if plain { region } else { DEFAULT_REGION }.to_owned() }
    }

    /// The location that an ARN names; none when it names no account.
    #[must_use]
    pub fn of_arn(arn: &str) -> Option<Self> {
        Some(Self::new(Account::of_arn(arn)?, arn.split(':').nth(3)?))
    }

    /// The region's name.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// What the keys of its things begin with: `us-east-1`, or `000000000002:us-east-1` in another account.
    pub fn key_prefix(&self) -> String {
        self.account.key(&self.region)
    }

    /// The key of a thing that exists once per location and name: `us-east-1/name`.
    pub fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.key_prefix())
    }

    /// The ARN of a resource that is here, such as `arn:aws:logs:us-east-1:000000000000:log-group:x`.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{}:{}:{resource}", self.region, self.account.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_things_as_aws_does() {
        let location = Location::from_key_prefix("eu-west-2");
        assert_eq!(
            location.arn("logs", "log-group:/aws/lambda/x"),
            "arn:aws:logs:eu-west-2:000000000000:log-group:/aws/lambda/x"
        );
        assert_eq!(Account::default().global_arn("iam", "role/r"), "arn:aws:iam::000000000000:role/r");
        assert_eq!(location.key("n"), "eu-west-2/n");
    }

    #[test]
    fn an_access_key_that_is_an_account_names_it() {
        let other = Location::new(Account::of_access_key("000000000002"), "eu-west-2");
        assert_eq!(other.arn("states", "stateMachine:m"), "arn:aws:states:eu-west-2:000000000002:stateMachine:m");
        assert_eq!(other.key("m"), "000000000002:eu-west-2/m");
        assert_eq!(Location::from_key_prefix(&other.key_prefix()), other);
        assert_eq!(Account::of_access_key("test"), Account::default());
        assert_eq!(Account::of_arn(&other.arn("states", "x")), Some(other.account().clone()));
    }

    #[test]
    fn an_unusable_region_becomes_the_default() {
        assert_eq!(Location::from_key_prefix(""), Location::default());
        assert_eq!(Location::from_key_prefix("a:b/c").region(), DEFAULT_REGION);
    }
}
