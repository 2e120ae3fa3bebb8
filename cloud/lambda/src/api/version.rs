//! PublishVersion.

use std::sync::Arc;

use cloud_core::{Request, Response, ServiceError};
use serde::Deserialize;

use super::access::named_latest;
use super::checks::limits::invalid;
use super::update::expect_revision;
use crate::service::Functions;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Publish {
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
}

/// Publishes the latest version; nothing new is made when it has not changed since the last one.
pub(crate) async fn publish(functions: &Arc<Functions>, request: &Request) -> Result<Response, ServiceError> {
    // AWS names no form of a function with a qualifier for this operation; that it refuses one as it does for updates is a guess.
    let reference = named_latest(request)?;
    functions.refuse_update(&reference)?;
    let input: Publish = request.json()?;
    let published = functions.update(&reference, |function| {
        expect_revision(&function.latest, input.revision_id.as_deref())?;
        let actual = function.latest.code.base64();
        if input.code_sha256.as_ref().is_some_and(|expected| *expected != actual) {
            return Err(invalid(format!(
                "CodeSHA256 ({}) is different from current CodeSHA256 in $LATEST ({actual}). Please try again with the \
                 CodeSHA256 in $LATEST.",
                input.code_sha256.unwrap_or_default()
            )));
        }
        Ok(function.publish(input.description, request.received_at, &functions.random).to_json(true))
    });
    Ok(functions.show_progress(201, published.await?))
}
