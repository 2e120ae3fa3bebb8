//! PublishVersion.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use super::configure::expect_revision;
use super::limits::invalid;
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::function::{Configuration, Function};
use crate::local::lambda::reference::FunctionReference;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Publish {
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

/// Publishes the latest version; nothing new is made when it has not changed since the last one.
pub(super) async fn publish(
    cloud: &Arc<Cloud>,
    request: &Request,
    reference: &FunctionReference,
) -> Result<Response, ServiceError> {
    let input: Publish = request.json()?;
    let published = cloud.functions.edit(reference, |function| {
        expect_revision(&function.latest, input.revision_id.as_deref())?;
        let actual = function.latest.code.base64();
        if input.code_sha256.as_ref().is_some_and(|expected| *expected != actual) {
            return Err(invalid(format!(
                "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({actual}). Please try again with the \
                 CodeSHA256 in $LATEST.",
                input.code_sha256.unwrap_or_default()
            )));
        }
        Ok(function.publish(input.description, request.received_at).to_json(true))
    });
    Ok(Response::json(201, &published.await?))
}

impl Function {
    /// The published form of the latest version: the last one when nothing has changed, else a new one.
    pub(in crate::local::lambda) fn publish(&mut self, description: Option<String>, now: Timestamp) -> &Configuration {
        let mut version = self.latest.clone();
        version.description = description.unwrap_or(version.description);
        let unchanged = self.published.last().is_some_and(|last| {
            let same = Configuration {
                version: last.version.clone(),
                description: last.description.clone(),
                last_modified: last.last_modified,
                revision_id: last.revision_id.clone(),
                ..version.clone()
            };
            same == *last
        });
        if !unchanged {
            version.version = self.next_version.to_string();
            version.touch(now);
            self.next_version += 1;
            self.published.push(version);
        }
        self.published.last().unwrap_or(&self.latest)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::local::lambda::function::example;
    use crate::local::lambda::policy::Policy;

    #[test]
    fn publishes_only_what_changed() {
        let mut function = Function {
            latest: example(),
            published: Vec::new(),
            next_version: 1,
            policy: Policy::default(),
            tags: BTreeMap::new(),
        };
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(function.publish(Some("first".to_owned()), now).version, "1");
        assert_eq!(function.publish(None, now).version, "1");
        function.latest.timeout_s = 9;
        assert_eq!(function.publish(None, now).version, "2");
        assert_eq!(function.published.len(), 2);
    }
}
