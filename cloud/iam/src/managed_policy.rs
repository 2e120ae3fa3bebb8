//! One managed policy.

use cloud_core::{Account, Xml};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::role::{date, tag_xml};

/// The version that a policy has; further ones cannot be made here.
pub(crate) const VERSION: &str = "v1";

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
    /// The document, as it was given.
    pub(crate) document: String,
    pub(crate) description: Option<String>,
    /// Key and value, in the order they were set.
    pub(crate) tags: Vec<(String, String)>,
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
            .text("DefaultVersionId", VERSION)
            .text("AttachmentCount", &usage.attachments.to_string())
            .text("PermissionsBoundaryUsageCount", &usage.boundaries.to_string())
            .text("IsAttachable", "true")
            .text("CreateDate", &date(self.created_at))
            .text("UpdateDate", &date(self.created_at))
    }

    /// The policy as CreatePolicy and GetPolicy have it: with its description and tags.
    pub(crate) fn detail(&self, usage: Usage) -> Xml {
        let xml = self.summary(usage).optional("Description", self.description.as_deref());
        if self.tags.is_empty() { xml } else { xml.list("Tags", self.tags.iter().map(tag_xml)) }
    }

    /// The one version that the policy has.
    pub(crate) fn version(&self) -> Xml {
        Xml::new()
            .text("VersionId", VERSION)
            .text("IsDefaultVersion", "true")
            .text("CreateDate", &date(self.created_at))
    }
}
