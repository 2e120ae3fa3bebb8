//! Reading a Task state with its retriers and catchers.

use serde_json::Value;

use super::fields::Fields;
use super::state::{seconds, template};
use super::{Findings, ResultPath, StateKind, Task};
use crate::resource::TaskResource;

/// The longest `IntervalSeconds` and `MaxAttempts`.
const MAX_RETRY_VALUE: u64 = 99_999_999;
/// The longest `MaxDelaySeconds`: a year.
const MAX_DELAY_S: u64 = 31_622_400;
const ALL: &str = "States.ALL";

/// Which errors to try again after, and how.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Retrier {
    pub(crate) error_equals: Vec<String>,
    pub(crate) interval_s: u64,
    pub(crate) max_attempts: u64,
    pub(crate) backoff_rate: f64,
    pub(crate) max_delay_s: Option<u64>,
    pub(crate) jitter: Jitter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Jitter {
    None,
    Full,
}

/// Which errors to go on from, and where.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Catcher {
    pub(crate) error_equals: Vec<String>,
    pub(crate) result_path: ResultPath,
    pub(crate) next: String,
}

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    fields.require(&["Resource"]);
    fields.not_implemented(&["Arguments", "Credentials"]);
    let resource = resource(fields);
    let timeout = seconds(fields, "TimeoutSeconds", "TimeoutSecondsPath");
    let heartbeat = seconds(fields, "HeartbeatSeconds", "HeartbeatSecondsPath");
    let parameters = template(fields, "Parameters");
    let result_selector = template(fields, "ResultSelector");
    let result_path = fields.result_path();
    let retriers = list(fields, "Retry", retrier);
    let catchers = list(fields, "Catch", catcher);
    let then = fields.transition();
    let task = Task {
        resource: resource?,
        parameters,
        result_selector,
        result_path,
        timeout,
        heartbeat,
        retriers,
        catchers,
        then,
    };
    Some(StateKind::Task(Box::new(task)))
}

fn resource(fields: &mut Fields<'_, '_>) -> Option<TaskResource> {
    let text = fields.string("Resource")?;
    let resource = TaskResource::parse(text);
    if resource.is_none() {
        fields.wrong("Resource", "Value is not a valid resource ARN");
    }
    resource
}

fn list<T>(fields: &mut Fields<'_, '_>, name: &'static str, read: fn(&mut Fields<'_, '_>) -> Option<T>) -> Vec<T> {
    let items = fields.array(name).unwrap_or_default();
    let place = fields.at(name);
    let mut all = Vec::with_capacity(items.len());
    for (i, value) in items.iter().enumerate() {
        let Some(mut entry) = Fields::of(value, format!("{place}[{i}]"), fields.findings) else {
            continue;
        };
        entry.string("Comment");
        all.extend(read(&mut entry));
        entry.finish();
        check_states_all(value, &format!("{place}[{i}]"), i + 1 == items.len(), fields.findings);
    }
    all
}

fn retrier(fields: &mut Fields<'_, '_>) -> Option<Retrier> {
    let error_equals = error_equals(fields);
    Some(Retrier {
        interval_s: fields.integer("IntervalSeconds", 1, MAX_RETRY_VALUE).unwrap_or(1),
        max_attempts: fields.integer("MaxAttempts", 0, MAX_RETRY_VALUE).unwrap_or(3),
        backoff_rate: backoff_rate(fields),
        max_delay_s: fields.integer("MaxDelaySeconds", 1, MAX_DELAY_S),
        jitter: jitter(fields),
        error_equals,
    })
}

fn catcher(fields: &mut Fields<'_, '_>) -> Option<Catcher> {
    let error_equals = error_equals(fields);
    fields.require(&["Next"]);
    fields.not_implemented(&["Assign", "Output"]);
    let result_path = fields.result_path();
    let next = fields.string("Next")?.to_owned();
    Some(Catcher { error_equals, result_path, next })
}

fn backoff_rate(fields: &mut Fields<'_, '_>) -> f64 {
    match fields.get("BackoffRate").map(|value| value.as_f64()) {
        None => 2.0,
        Some(Some(rate)) if rate >= 1.0 => rate,
        Some(_) => {
            fields.wrong("BackoffRate", "Value must be a number greater than or equal to 1.0");
            1.0
        }
    }
}

fn jitter(fields: &mut Fields<'_, '_>) -> Jitter {
    match fields.string("JitterStrategy") {
        Some("FULL") => Jitter::Full,
        None | Some("NONE") => Jitter::None,
        Some(_) => {
            fields.wrong("JitterStrategy", "The field 'JitterStrategy' should have one of these values: [FULL, NONE]");
            Jitter::None
        }
    }
}

fn error_equals(fields: &mut Fields<'_, '_>) -> Vec<String> {
    fields.require(&["ErrorEquals"]);
    let given = fields.array("ErrorEquals").unwrap_or_default();
    if given.is_empty() && fields.has("ErrorEquals") {
        fields.wrong("ErrorEquals", "Value cannot be empty");
    }
    let names: Vec<_> = given.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect();
    if names.len() != given.len() {
        fields.wrong("ErrorEquals", "Expected values of type String");
    }
    names
}

/// `States.ALL` must stand alone, and in the last entry.
fn check_states_all(entry: &Value, location: &str, is_last: bool, findings: &mut Findings) {
    let Some(names) = entry.get("ErrorEquals").and_then(Value::as_array) else {
        return;
    };
    if !names.iter().any(|name| name == ALL) {
        return;
    }
    let location = format!("{location}/ErrorEquals");
    if names.len() > 1 {
        findings.schema(&location, format!("{ALL} must appear alone"));
    }
    if !is_last {
        findings.schema(&location, format!("{ALL} must appear in the last entry"));
    }
}
