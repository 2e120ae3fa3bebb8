//! An instance profile as it is stored.

use cloud_core::Account;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One instance profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct InstanceProfile {
    pub(crate) account: Account,
    pub(crate) name: String,
    /// `/`, or a path with a slash at both ends.
    pub(crate) path: String,
    /// `AIPA` and 17 further characters.
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    /// The name of its role; it has one at most (IAM quotas).
    pub(crate) role: Option<String>,
    /// Key and value, in the order they were set.
    pub(crate) tags: Vec<(String, String)>,
}

impl InstanceProfile {
    /// Its ARN, which carries its path.
    pub(crate) fn arn(&self) -> String {
        self.account.global_arn("iam", &format!("instance-profile{}{}", self.path, self.name))
    }
}
