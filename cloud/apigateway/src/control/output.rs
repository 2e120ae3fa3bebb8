//! Resources and lists of them as answers.

use cloud_core::{Page, Request, Response, ServiceError};
use serde::Serialize;
use serde_json::{Value, json};

use crate::errors::bad_request;

/// A resource that was asked for by its id.
pub(super) fn one(
    found: Option<&impl Serialize>,
    missing: impl FnOnce() -> ServiceError,
) -> Result<Response, ServiceError> {
    Ok(Response::json(200, found.ok_or_else(missing)?))
}

/// One page of a list whose items are in the order of their keys. The token is the key of the last item given.
pub(super) fn page<K: AsRef<str>, T: Serialize>(
    request: &Request,
    items: impl IntoIterator<Item = (K, T)>,
) -> Result<Response, ServiceError> {
    let limit = match request.query_value("maxResults") {
        None => usize::MAX,
        Some(text) => {
            text.parse().ok().filter(|limit| *limit > 0).ok_or_else(|| bad_request("Invalid maxResults value"))?
        }
    };
    let after = request.query_value("nextToken");
    let follows = |key: &K| after.as_deref().is_none_or(|after| key.as_ref() > after);
    let page = Page::take(items.into_iter().filter(|(key, _)| follows(key)), limit);
    let found: Vec<Value> = page.items.iter().map(|(_, value)| item(value)).collect();
    let mut answer = json!({ "items": found });
    if let Some((last, _)) = page.last_before_more() {
        answer["nextToken"] = Value::from(last.as_ref());
    }
    Ok(Response::json(200, &answer))
}

/// A resource as JSON, for a list.
pub(super) fn item(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
