//! Function URLs as they are called: from a request to the answer of a function ([how AWS does it]).
//!
//! [how AWS does it]: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html

mod access;
mod answer;
mod cors;
mod event;
pub(crate) mod index;
mod target;

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{Account, Request, Response, Scope};
use serde_json::json;

use crate::api::MAX_EVENT_BYTES;
use crate::service::Functions;
use target::UrlTarget;

/// The largest body that a function URL takes: as an event of a synchronous invocation (Lambda quotas).
pub const URL_BODY_BYTES: usize = MAX_EVENT_BYTES;

impl Functions {
    /// Answers one request to the function URL with this id. It runs in the function's account and region, whoever calls it.
    pub async fn answer_url(self: &Arc<Self>, id: &str, request: &Request) -> Response {
        match self.find_url(id) {
            Some(target) => match &target.url.cors {
                None => self.serve(&target, request).await,
                Some(cors) => match cors::preflight(cors, request) {
                    Some(answer) => answer,
                    None => cors::apply(cors, request, self.serve(&target, request).await),
                },
            },
            // AWS tells nobody which ids there are.
            None => Response::json(403, &json!({ "Message": null }))
                .with_header("x-amzn-ErrorType", "AccessDeniedException"),
        }
    }

    /// The region of the function URL with this id.
    #[must_use]
    pub fn url_region(&self, id: &str) -> Option<String> {
        Some(self.find_url(id)?.reference.location.region().to_owned())
    }

    async fn serve(self: &Arc<Self>, target: &UrlTarget, request: &Request) -> Response {
        if let Err(refused) = self.may_call(target, request) {
            return refused;
        }
        if request.body.len() > URL_BODY_BYTES {
            return refusal(413, "RequestEntityTooLargeException", "Request Entity Too Large");
        }
        let caller = request.scope.as_ref().filter(|_| target.is_signed()).map(|scope| (scope, self.identity(scope)));
        let payload = Bytes::from(event::event(target, caller.as_ref(), request).to_string());
        let trace_id = request.header("x-amzn-trace-id");
        match self.run(&target.reference, payload, trace_id, None).await {
            Ok(run) if run.invocation.function_error.is_none() => {
                let content_type = run.content_type.as_deref();
                let answer = answer::interpret(run.invocation.payload, content_type, target.url.invoke_mode);
                answer.unwrap_or_else(|| failed(target, "its result is no answer"))
            }
            Ok(_) => failed(target, "the function failed"),
            Err(error) if error.status == 429 => refusal(429, "TooManyRequestsException", "Rate Exceeded."),
            Err(error) => failed(target, &error.to_string()),
        }
    }

    fn identity(&self, scope: &Scope) -> cloud_core::CallerIdentity {
        self.roles.identify(cloud_core::Actor::Key { id: &scope.access_key, account: scope.location.account() })
    }
}

/// A refusal in the form of function URLs.
pub(crate) fn refusal(status: u16, code: &str, text: &str) -> Response {
    Response::json(status, &json!({ "Message": text })).with_header("x-amzn-ErrorType", code)
}

/// The answer when a function failed; the client is not told why, the trace is.
fn failed(target: &UrlTarget, why: &str) -> Response {
    tracing::warn!(target: "cloud::lambda", why, function = target.reference.arn(), "a function URL answered 502");
    Response::new(502, "application/json", "Internal Server Error")
}

/// The account that a URL's event names.
fn owner(target: &UrlTarget) -> &Account {
    target.reference.location.account()
}

#[cfg(test)]
mod tests;
