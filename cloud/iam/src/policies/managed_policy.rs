//! One managed policy.

use cloud_core::{Account, Xml};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::role::{date, tag_xml};

/// How many versions a policy has at most (IAM quotas).
pub(crate) const MOST_VERSIONS: usize = 5;

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PolicyVersion {
    /// Its number, which is never used twice.
    pub(crate) number: u32,
    pub(crate) created_at: Timestamp,
    /// The document, as it was given.
    pub(crate) document: String,
}

impl PolicyVersion {
    /// `v1`.
    pub(crate) fn id(&self) -> String {
        format!("v{}", self.number)
    }
}

/// One managed policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ManagedPolicy {
    /// Whose it is.
    #[serde(default)]
    pub(crate) account: Account,
    pub(crate) name: String,
    /// `/`, or a path with a slash at both ends.
    pub(crate) path: String,
    /// `ANPA` and 17 further characters.
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    /// The document of the default version, as it was given.
    pub(crate) document: String,
    /// All versions, oldest first; none where there has only been the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) versions: Vec<PolicyVersion>,
    /// The number of the default version.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub(crate) default_version: u32,
    /// The number of the version that was made last.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub(crate) last_version: u32,
    pub(crate) description: Option<String>,
    /// Key and value, in the order they were set.
    pub(crate) tags: Vec<(String, String)>,
}

fn first() -> u32 {
    1
}

fn is_first(number: &u32) -> bool {
    *number == 1
}

/// How many roles use a policy, and as what.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// It is attached to them.
    pub(crate) attachments: usize,
    /// It bounds them.
    pub(crate) boundaries: usize,
}

impl Usage {
    pub(crate) fn is_any(self) -> bool {
        self.attachments + self.boundaries > 0
    }
}

impl ManagedPolicy {
    /// The policy's ARN, which carries its path.
    pub(crate) fn arn(&self) -> String {
        self.account.global_arn("iam", &format!("policy{}{}", self.path, self.name))
    }

    /// The policy as lists have it.
    pub(crate) fn summary(&self, usage: Usage) -> Xml {
        Xml::new()
            .text("PolicyName", &self.name)
            .text("PolicyId", &self.id)
            .text("Arn", &self.arn())
            .text("Path", &self.path)
            .text("DefaultVersionId", &format!("v{}", self.default_version))
            .text("AttachmentCount", &usage.attachments.to_string())
            .text("PermissionsBoundaryUsageCount", &usage.boundaries.to_string())
            .text("IsAttachable", "true")
            .text("CreateDate", &date(self.created_at))
            .text("UpdateDate", &date(self.updated_at()))
    }

    /// The policy as CreatePolicy and GetPolicy have it: with its description and tags.
    pub(crate) fn detail(&self, usage: Usage) -> Xml {
        let xml = self.summary(usage).optional("Description", self.description.as_deref());
        if self.tags.is_empty() { xml } else { xml.list("Tags", self.tags.iter().map(tag_xml)) }
    }

    /// Every version, oldest first.
    pub(crate) fn all_versions(&self) -> Vec<PolicyVersion> {
        if self.versions.is_empty() {
            let only = PolicyVersion { number: 1, created_at: self.created_at, document: self.document.clone() };
            return vec![only];
        }
        self.versions.clone()
    }

    fn updated_at(&self) -> Timestamp {
        self.versions.last().map_or(self.created_at, |version| version.created_at)
    }

    /// Makes a version the default one.
    pub(crate) fn set_default(&mut self, version: &PolicyVersion) {
        self.default_version = version.number;
        self.document.clone_from(&version.document);
    }

    /// One of its versions, without the document.
    pub(crate) fn version(&self, version: &PolicyVersion) -> Xml {
        let is_default = if version.number == self.default_version { "true" } else { "false" };
        Xml::new()
            .text("VersionId", &version.id())
            .text("IsDefaultVersion", is_default)
            .text("CreateDate", &date(version.created_at))
    }
}
