//! The page as a whole: what its paths are, who is let in, and what every answer forbids.

use std::sync::{Arc, LazyLock, Mutex};

use cloud_core::{Request, Response};
use hyper::Method;
use serde_json::json;

use crate::access::Access;
use crate::api;
use crate::assets;
use crate::cloud::{Cloud, Handles};

/// What all of its paths begin with.
pub const PREFIX: &str = "/_workshop/console/";
/// A header that a page of another origin can't send without asking first, which is never granted.
pub const CHANGE_HEADER: &str = "x-workshop";

/// Nothing but the page's own files, and nobody around it.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let style = assets::style_hash();
    format!(
        "default-src 'none'; script-src 'self'; style-src '{style}'; img-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

/// The embedded cloud's page.
pub struct Console {
    access: Access,
    cloud: Arc<Cloud>,
}

impl std::fmt::Debug for Console {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Console").field("access", &self.access).finish_non_exhaustive()
    }
}

/// Whether a path is the page's.
#[must_use]
pub fn is_path(path: &str) -> bool {
    path.starts_with(PREFIX) || path == PREFIX.trim_end_matches('/')
}

impl Console {
    /// The page of a cloud that these handles reach.
    #[must_use]
    pub fn new(access: Access, handles: Handles) -> Self {
        let run = handles.random.uuid().simple().to_string();
        Self { access, cloud: Arc::new(Cloud { handles, run, histories: Mutex::default() }) }
    }

    /// Decides on the headers of a request to one of its paths.
    ///
    /// # Errors
    /// The answer to one that is not let in.
    pub fn admit(&self, head: &Request) -> Result<(), Response> {
        let has_token = head.query_value("token").is_some_and(|token| self.access.is_token(&token));
        let is_exchange = head.method == Method::GET && head.path == PREFIX && has_token;
        if !is_exchange && !self.access.has_session(head) {
            let text = "This page needs the address that `workshop open --local` prints.";
            let refused = match head.path.strip_prefix(PREFIX) {
                Some(path) if path.starts_with("api/") => Response::json(403, &json!({ "message": text })),
                _ => Response::new(403, "text/plain; charset=utf-8", text),
            };
            return Err(guarded(refused));
        }
        match head.method {
            Method::GET => Ok(()),
            Method::POST if head.header(CHANGE_HEADER).is_some() && head.header("origin").is_some() => Ok(()),
            _ => {
                let message =
                    format!("What changes something is a POST of the page itself with the header {CHANGE_HEADER}.");
                Err(guarded(Response::json(403, &json!({ "message": message }))))
            }
        }
    }

    /// Answers a request that was let in.
    pub async fn answer(&self, request: &Request) -> Response {
        guarded(self.answer_plainly(request).await)
    }

    async fn answer_plainly(&self, request: &Request) -> Response {
        let Some(path) = request.path.strip_prefix(PREFIX) else { return moved() };
        if path.is_empty() && request.query_value("token").is_some() {
            // The token leaves the address, and with it the browser's history.
            return moved().with_header("set-cookie", self.access.set_cookie(PREFIX));
        }
        if let Some(path) = path.strip_prefix("api/") {
            return api::answer(&self.cloud, path, request).await;
        }
        assets::file(path)
            .unwrap_or_else(|| Response::json(404, &json!({ "message": "The console has no such path." })))
    }
}

fn moved() -> Response {
    Response::empty(303).with_header("location", PREFIX)
}

/// What every answer says to the browser.
fn guarded(response: Response) -> Response {
    response
        .with_header("content-security-policy", POLICY.as_str())
        .with_header("x-content-type-options", "nosniff")
        .with_header("referrer-policy", "no-referrer")
        .with_header("cross-origin-opener-policy", "same-origin")
        .with_header("cross-origin-resource-policy", "same-origin")
        .with_header("cache-control", "no-store")
}

#[cfg(test)]
mod tests;
