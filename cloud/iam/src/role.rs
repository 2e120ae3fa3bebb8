//! One role.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::{Account, Xml};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One role with its policies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Role {
    /// Whose it is.
    #[serde(default)]
    pub(crate) account: Account,
    pub(crate) name: String,
    /// `/`, or a path with a slash at both ends.
    pub(crate) path: String,
    /// `AROA` and 17 further characters.
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    /// The trust policy, as it was given.
    pub(crate) assume_role_policy: String,
    /// The unique ids that the ARNs of roles and sessions in it had when it was saved. An ARN without one means whoever has it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) trusted_ids: BTreeMap<String, String>,
    pub(crate) description: Option<String>,
    pub(crate) max_session_duration_s: u32,
    pub(crate) permissions_boundary: Option<String>,
    /// Key and value, in the order they were set.
    pub(crate) tags: Vec<(String, String)>,
    /// Inline policies: document by name.
    pub(crate) inline: BTreeMap<String, String>,
    /// ARNs of the managed policies that are attached.
    pub(crate) attached: BTreeSet<String>,
}

impl Role {
    /// The role's ARN, which carries its path.
    pub(crate) fn arn(&self) -> String {
        self.account.global_arn("iam", &format!("role{}{}", self.path, self.name))
    }

    /// The role as every answer has it, with its trust policy as it is shown.
    pub(crate) fn summary(&self, trust: &str) -> Xml {
        Xml::new()
            .text("Path", &self.path)
            .text("RoleName", &self.name)
            .text("RoleId", &self.id)
            .text("Arn", &self.arn())
            .text("CreateDate", &date(self.created_at))
            .text("AssumeRolePolicyDocument", &url_encoded(trust))
            .optional("Description", self.description.as_deref())
    }

    /// The same with what CreateRole's answer lacks on AWS.
    pub(crate) fn with_duration(&self, xml: Xml) -> Xml {
        xml.text("MaxSessionDuration", &self.max_session_duration_s.to_string())
    }

    /// The role as CreateRole and GetRole have it: with its boundary and tags. (ListRoles leaves them out, as AWS documents.)
    pub(crate) fn detail(&self, trust: &str) -> Xml {
        let xml = self.summary(trust);
        let xml = match &self.permissions_boundary {
            Some(arn) => xml.nest("PermissionsBoundary", boundary_xml(arn)),
            None => xml,
        };
        if self.tags.is_empty() { xml } else { xml.list("Tags", self.tags.iter().map(tag_xml)) }
    }
}

fn boundary_xml(arn: &str) -> Xml {
    Xml::new().text("PermissionsBoundaryType", "Policy").text("PermissionsBoundaryArn", arn)
}

/// One tag.
pub(crate) fn tag_xml((key, value): &(String, String)) -> Xml {
    Xml::new().text("Key", key).text("Value", value)
}

/// A moment as IAM writes it: to the second.
pub(crate) fn date(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A policy document as IAM answers it: URL-encoded as RFC 3986 has it.
pub(crate) fn url_encoded(document: &str) -> String {
    const UNRESERVED: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(document, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_url_encoded() {
        assert_eq!(url_encoded("{\"a\": \"b-c\"}"), "%7B%22a%22%3A%20%22b-c%22%7D");
    }

    #[test]
    fn dates_have_seconds() {
        assert_eq!(date("2026-01-02T03:04:05.678Z".parse().unwrap()), "2026-01-02T03:04:05Z");
    }
}
