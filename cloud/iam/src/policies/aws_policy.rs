//! AWS's own managed policies: the names of all, and the documents of those that workflows use.
//!
//! The data are AWS's, of November 2026. A policy that AWS has made since then is not known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cloud_core::{ServiceError, Xml};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::policies::managed_policy::Usage;
use crate::role::{date, url_encoded};

/// AWS's own policies live under this account's name.
pub(crate) const AWS_POLICIES: &str = "arn:aws:iam::aws:policy/";

/// A line for each: path, name and the default version, in the order of ARNs.
static NAMES: &str = include_str!("../../data/aws-policy-names.txt");

static KNOWN: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| {
    let read = serde_json::from_str(include_str!("../../data/aws-policies.json"));
    read.unwrap_or_else(|error| {
        tracing::error!(%error, "the documents of AWS's policies can't be read");
        BTreeMap::new()
    })
});

/// What is known of a policy beside its name.
#[derive(Debug, Deserialize)]
struct Known {
    created_at: Timestamp,
    updated_at: Timestamp,
    document: Box<RawValue>,
}

/// One of AWS's own policies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AwsPolicy {
    /// `service-role/AWSLambdaRole`: the end of its ARN.
    path_and_name: &'static str,
    /// Its default version; the ones before are not known.
    version: &'static str,
}

impl AwsPolicy {
    /// All of them, in the order of their ARNs.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let rows = NAMES.lines().filter_map(|line| line.split_once(' '));
        rows.map(|(path_and_name, version)| Self { path_and_name, version })
    }

    /// The one with this ARN.
    pub(crate) fn find(arn: &str) -> Option<Self> {
        static BY_NAME: LazyLock<BTreeMap<&'static str, AwsPolicy>> =
            LazyLock::new(|| AwsPolicy::all().map(|policy| (policy.path_and_name, policy)).collect());
        BY_NAME.get(arn.strip_prefix(AWS_POLICIES)?).copied()
    }

    pub(crate) fn arn(self) -> String {
        format!("{AWS_POLICIES}{}", self.path_and_name)
    }

    /// `/`, or a path with a slash at both ends.
    pub(crate) fn path(self) -> String {
        match self.path_and_name.rsplit_once('/') {
            Some((path, _)) => format!("/{path}/"),
            None => "/".to_owned(),
        }
    }

    /// Whether it is for the roles alone that AWS makes for its services.
    pub(crate) fn is_of_service_linked_roles(self) -> bool {
        self.path() == "/aws-service-role/"
    }

    /// Its document, where it is known.
    pub(crate) fn document(self) -> Option<&'static str> {
        self.known().map(|known| known.document.get())
    }

    fn known(self) -> Option<&'static Known> {
        KNOWN.get(self.path_and_name)
    }

    /// The policy as lists have it.
    pub(crate) fn summary(self, usage: Usage) -> Xml {
        let name = self.path_and_name.rsplit('/').next().unwrap_or_default();
        let xml = Xml::new()
            .text("PolicyName", name)
            .text("Arn", &self.arn())
            .text("Path", &self.path())
            .text("DefaultVersionId", self.version)
            .text("AttachmentCount", &usage.attachments.to_string())
            .text("PermissionsBoundaryUsageCount", &usage.boundaries.to_string())
            .text("IsAttachable", "true");
        match self.known() {
            Some(known) => xml.text("CreateDate", &date(known.created_at)).text("UpdateDate", &date(known.updated_at)),
            None => xml,
        }
    }

    /// Its default version, without the document.
    pub(crate) fn version(self) -> Xml {
        let xml = Xml::new().text("VersionId", self.version).text("IsDefaultVersion", "true");
        match self.known() {
            Some(known) => xml.text("CreateDate", &date(known.updated_at)),
            None => xml,
        }
    }

    /// One of its versions with the document.
    ///
    /// # Errors
    /// It is not known here.
    pub(crate) fn version_with_document(self, version: &str) -> Result<Xml, ServiceError> {
        match self.document().filter(|_| version == self.version) {
            Some(document) => Ok(self.version().text("Document", &url_encoded(document))),
            None => {
                let what = format!("iam:GetPolicyVersion of {version} of {}", self.arn());
                Err(ServiceError::not_implemented(&what))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use policy::Document;

    use super::*;

    #[test]
    fn every_document_belongs_to_a_name_and_can_be_read() {
        assert!(KNOWN.len() > 40);
        for (path_and_name, known) in KNOWN.iter() {
            let policy = AwsPolicy::find(&format!("{AWS_POLICIES}{path_and_name}")).unwrap();
            assert_eq!(policy.document(), Some(known.document.get()));
            let read = Document::read(known.document.get()).and_then(|document| document.check_identity());
            assert_eq!(read, Ok(()), "{path_and_name}");
        }
    }

    #[test]
    fn names_are_in_the_order_of_arns() {
        let arns: Vec<String> = AwsPolicy::all().map(AwsPolicy::arn).collect();
        assert!(arns.is_sorted(), "{arns:?}");
        assert!(AwsPolicy::find("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRoleTYPO").is_none());
    }
}
