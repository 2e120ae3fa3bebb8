//! Why an execution, or a part of it, failed: as one line.

use aws::history::HistoryEvent;
use serde_json::Value;

/// Why something failed, in one line: a function's own message where the cause is a function's error.
pub(crate) fn event_failure(event: &HistoryEvent) -> Option<String> {
    failure_text(event.error.as_deref(), event.cause.as_deref())
}

/// An error and its cause as one line.
pub(crate) fn failure_text(error: Option<&str>, cause: Option<&str>) -> Option<String> {
    let cause = cause.map(|cause| {
        let parsed: Option<Value> = serde_json::from_str(cause).ok();
        let message = parsed.as_ref().and_then(|value| value.get("errorMessage")?.as_str());
        message.unwrap_or(cause).trim().replace('\n', " ")
    });
    match (error.filter(|error| !error.is_empty()), cause.filter(|cause| !cause.is_empty())) {
        (Some(error), Some(cause)) => Some(format!("{error}: {cause}")),
        (Some(error), None) => Some(error.to_owned()),
        (None, cause) => cause,
    }
}
