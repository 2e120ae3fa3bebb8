//! The event that a function gets of a request to its URL: payload format 2.0.

use cloud_core::http_endpoint::{self, CalledRoute};
use cloud_core::{CallerIdentity, Request, Scope};
use serde_json::Value;

use super::owner;
use super::target::UrlTarget;

/// The one route of a URL, and its one stage.
const DEFAULT: &str = "$default";

/// The event; `caller` is who signed it, where that is asked for.
pub(super) fn event(target: &UrlTarget, caller: Option<&(&Scope, CallerIdentity)>, request: &Request) -> Value {
    // What anybody may call is called by nobody in particular (seen in events of real URLs).
    let account_id = if target.is_signed() { owner(target).as_str() } else { "anonymous" };
    let path = request.path.as_str();
    let route = CalledRoute { account_id, api_id: &target.url.id, route_key: DEFAULT, stage: DEFAULT, path };
    let authorizer = caller.map(|(scope, identity)| identity.authorizer(&scope.access_key));
    let context = http_endpoint::context(request, route, authorizer);
    http_endpoint::event(request, route, context, Vec::new())
}
