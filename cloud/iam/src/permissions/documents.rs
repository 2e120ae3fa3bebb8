//! The documents of policies, read once: a call must not cost the reading of all that its role may do.

use std::sync::Arc;

use policy::{Document, Effect, Statement};

use crate::policies::aws_policy::AwsPolicy;
use crate::service::Iam;

impl Iam {
    /// The document with this text. One that can't be read, which an earlier version may have stored, allows nothing.
    pub(crate) fn document(&self, text: &str) -> Arc<Document> {
        self.documents.get(text, || {
            Document::read(text).unwrap_or_else(|error| {
                tracing::warn!(%error, "a stored policy is malformed, and allows nothing");
                Document::new(Vec::new())
            })
        })
    }

    /// The text of the default version of a managed policy, where it is known.
    pub(crate) fn managed_text(&self, arn: &str) -> Option<String> {
        match AwsPolicy::find(arn) {
            Some(policy) => policy.document().map(str::to_owned),
            None => self.policies.read(|all| all.get(arn).map(|policy| policy.document.clone())),
        }
    }

    /// The default version of the managed policy with this ARN; none when there is no such policy.
    pub(crate) fn managed_document(&self, arn: &str) -> Option<Arc<Document>> {
        let Some(policy) = AwsPolicy::find(arn) else {
            return self.managed_text(arn).map(|text| self.document(&text));
        };
        Some(self.documents.get(arn, || match policy.document() {
            Some(text) => Document::read(text).unwrap_or_else(|_| Document::new(Vec::new())),
            None => {
                tracing::warn!(
                    arn,
                    "the document of this policy of AWS's is not known here: it is taken to allow everything"
                );
                Document::new(vec![Statement::new(Effect::Allow).with_actions("*").with_resources("*")])
            }
        }))
    }
}
