//! PublishVersion.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use super::configure::expect_revision;
use super::limits::{self, invalid};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::lambda::function::{Configuration, Function, new_id};
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
    let description = limits::description(input.description)?;
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
        Ok(function.publish(description, request.received_at).to_json(true))
    });
    Ok(Response::json(201, &published.await?))
}

impl Function {
    /// The published form of the latest version: the newest one when nothing has changed since, else a new one.
    ///
    /// The latest version's own description counts as a change, one that comes with the call does not.
    pub(in crate::local::lambda) fn publish(&mut self, description: Option<String>, now: Timestamp) -> &Configuration {
        let newest = (self.next_version - 1).to_string();
        let unchanged = self.published.iter().position(|known| known.version == newest && self.is_like(known));
        let at = unchanged.unwrap_or_else(|| {
            let mut version = self.latest.clone();
            version.source_description = Some(version.description.clone());
            version.description = description.unwrap_or(version.description);
            version.version = self.next_version.to_string();
            version.touch(now);
            self.next_version += 1;
            self.latest.revision_id = new_id();
            self.published.push(version);
            self.published.len() - 1
        });
        self.published.get(at).unwrap_or(&self.latest)
    }

    /// Whether the latest version is still what this one was published from.
    fn is_like(&self, version: &Configuration) -> bool {
        let same_text = version.source_description.as_ref().is_none_or(|text| *text == self.latest.description);
        let same = Configuration {
            version: version.version.clone(),
            description: version.description.clone(),
            last_modified: version.last_modified,
            revision_id: version.revision_id.clone(),
            generation: version.generation.clone(),
            source_description: version.source_description.clone(),
            ..self.latest.clone()
        };
        same_text && same == *version
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local::lambda::function::tests::function;

    #[test]
    fn publishes_only_what_changed() {
        let mut function = function(0);
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let mut publish = |change: &dyn Fn(&mut Configuration), description: Option<&str>| {
            change(&mut function.latest);
            let published = function.publish(description.map(str::to_owned), now);
            (published.version.clone(), published.description.clone())
        };
        let version = |number: &str, description: &str| (number.to_owned(), description.to_owned());
        let nothing = |_: &mut Configuration| {};
        assert_eq!(publish(&nothing, Some("first")), version("1", "first"));
        assert_eq!(publish(&nothing, Some("again")), version("1", "first"));
        assert_eq!(publish(&|latest| latest.touch(now), None), version("1", "first"));
        assert_eq!(publish(&|latest| latest.timeout_s = 9, Some("second")), version("2", "second"));
        assert_eq!(publish(&|latest| latest.description = "own".to_owned(), None), version("3", "own"));
        assert_eq!(publish(&nothing, None), version("3", "own"));
    }

    #[test]
    fn a_publication_is_a_revision_of_the_latest_version_but_no_new_generation() {
        let mut function = function(0);
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let before = function.latest.clone();
        let published = function.publish(None, now).clone();
        assert_ne!(function.latest.revision_id, before.revision_id);
        assert_eq!(function.latest.generation, before.generation);
        assert_ne!(published.generation, before.generation);
        function.published.clear();
        assert_eq!(function.publish(None, now).version, "2", "numbers are never used twice");
    }
}
