//! Parses a Task state with its retriers and catchers.

use serde_json::Value;

use super::fields::Fields;
use super::{Dynamic, LanguageTemplate, QueryLanguage, ResultPath, StateKind, Target, Task};
use crate::finding::Findings;
use crate::quotas::{MAX_RETRY_DELAY_S, MAX_RETRY_VALUE, MAX_SECONDS};
use crate::resource::TaskResource;

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

/// A catcher: the errors that it handles, and where the execution continues.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Catcher {
    pub(crate) error_equals: Vec<String>,
    /// Where JSONPath puts the error.
    pub(crate) result_path: ResultPath,
    pub(crate) route: Route,
}

/// What a state does about errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Recovery {
    pub(crate) retriers: Vec<Retrier>,
    pub(crate) catchers: Vec<Catcher>,
}

/// The route of a rule or a catcher: the next state, and the fields that change payload and variables.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Route {
    pub(crate) next: Target,
    pub(crate) output: Option<jsonata::Template>,
    pub(crate) assign: Option<LanguageTemplate>,
}

pub(super) fn read(fields: &mut Fields<'_, '_>) -> Option<StateKind> {
    fields.require(&["Resource"]);
    let resource = resource(fields);
    if let Some(resource) = &resource {
        check_call(fields, resource);
    }
    let role_arn = fields.object("Credentials", role_arn).flatten();
    let timeout = fields.dynamic_integer("TimeoutSeconds", "TimeoutSecondsPath", (1, MAX_SECONDS));
    let heartbeat = fields.dynamic_integer("HeartbeatSeconds", "HeartbeatSecondsPath", (1, MAX_SECONDS));
    let recovery = recovery(fields);
    let then = fields.transition();
    let partition = fields.string("Resource").and_then(|arn| arn.split(':').nth(1)).unwrap_or_default().to_owned();
    let task = Task { resource: resource?, partition, role_arn, timeout, heartbeat, recovery, then };
    Some(StateKind::Task(Box::new(task)))
}

fn role_arn(credentials: &mut Fields<'_, '_>) -> Option<Dynamic<String>> {
    if !credentials.has("RoleArn") && !credentials.has("RoleArn.$") {
        credentials.report_here("The field 'RoleArn' is required but was missing");
    }
    Some(match credentials.dynamic_string("RoleArn", "RoleArn.$")? {
        Dynamic::Expression { expression, .. } => Dynamic::Expression { field: "Credentials/RoleArn", expression },
        other => other,
    })
}

/// Checks what AWS requires of a call, by its resource.
fn check_call(fields: &mut Fields<'_, '_>, resource: &TaskResource) {
    if matches!(resource, TaskResource::Activity { .. }) && fields.has("Credentials") {
        fields.report("Credentials", "The field 'Credentials' is not supported for activities");
    }
    let TaskResource::Service { .. } = resource else {
        return;
    };
    let arn = fields.string("Resource").unwrap_or_default();
    if !fields.parser.checks_calls {
        return;
    }
    if !resource.is_recognised() {
        // Both sentences were reported by many whom AWS has told them.
        let message = format!(
            "The resource provided {arn} is not recognized. The value is not a valid resource ARN, or the resource is not \
             available in this region."
        );
        fields.report("Resource", message);
    }
    let has_paths = fields.language == QueryLanguage::JsonPath;
    let name = fields.language.arguments();
    match fields.get(name) {
        None => fields.report_here(format!("{name} field is required for resource ARN: {arn}")),
        Some(Value::Object(members)) => {
            for problem in resource.parameter_problems(members, has_paths) {
                fields.report(name, problem);
            }
        }
        Some(_) => {}
    }
}

/// `Retry` and `Catch`.
pub(super) fn recovery(fields: &mut Fields<'_, '_>) -> Recovery {
    Recovery { retriers: list(fields, "Retry", retrier), catchers: list(fields, "Catch", catcher) }
}

pub(super) fn resource(fields: &mut Fields<'_, '_>) -> Option<TaskResource> {
    let text = fields.string("Resource")?;
    let resource = TaskResource::parse(text);
    if resource.is_none() {
        fields.report("Resource", "Value is not a valid resource ARN");
    }
    resource
}

fn list<T>(fields: &mut Fields<'_, '_>, name: &'static str, read: fn(&mut Fields<'_, '_>) -> Option<T>) -> Vec<T> {
    let items = fields.array(name).unwrap_or_default();
    let place = fields.at(name);
    let mut all = Vec::with_capacity(items.len());
    for (i, value) in items.iter().enumerate() {
        let Some(mut entry) = Fields::of(value, format!("{place}[{i}]"), fields.language, fields.parser) else {
            continue;
        };
        entry.string("Comment");
        all.extend(read(&mut entry));
        entry.finish();
        check_states_all(value, &format!("{place}[{i}]"), i + 1 == items.len(), &mut fields.parser.findings);
    }
    all
}

fn retrier(fields: &mut Fields<'_, '_>) -> Option<Retrier> {
    let error_equals = error_equals(fields);
    Some(Retrier {
        interval_s: fields.integer("IntervalSeconds", 0, MAX_RETRY_VALUE).unwrap_or(1),
        max_attempts: fields.integer("MaxAttempts", 0, MAX_RETRY_VALUE).unwrap_or(3),
        backoff_rate: backoff_rate(fields),
        max_delay_s: fields.integer("MaxDelaySeconds", 1, MAX_RETRY_DELAY_S),
        jitter: jitter(fields),
        error_equals,
    })
}

fn catcher(fields: &mut Fields<'_, '_>) -> Option<Catcher> {
    let error_equals = error_equals(fields);
    fields.require(&["Next"]);
    fields.only_in(QueryLanguage::JsonPath, &["ResultPath"]);
    let result_path = match fields.language {
        QueryLanguage::JsonPath => fields.result_path(),
        QueryLanguage::Jsonata => ResultPath::Discard,
    };
    fields.outcome = Some("errorOutput");
    Some(Catcher { error_equals, result_path, route: route(fields)? })
}

/// `Next`, `Output` and `Assign` of a rule or a catcher.
pub(super) fn route(fields: &mut Fields<'_, '_>) -> Option<Route> {
    fields.only_in(QueryLanguage::Jsonata, &["Output"]);
    let next = fields.string("Next").map(Target::named);
    let output = match fields.language {
        QueryLanguage::JsonPath => None,
        QueryLanguage::Jsonata => fields.jsonata_template("Output"),
    };
    let assign = fields.assign();
    Some(Route { next: next?, output, assign })
}

fn backoff_rate(fields: &mut Fields<'_, '_>) -> f64 {
    match fields.get("BackoffRate").map(|value| value.as_f64()) {
        None => 2.0,
        Some(Some(rate)) if rate >= 1.0 => rate,
        Some(None) => {
            fields.report("BackoffRate", "Expected value of type [NUMBER]");
            1.0
        }
        Some(Some(_)) => {
            fields.report("BackoffRate", "Minimum value is 1.0");
            1.0
        }
    }
}

fn jitter(fields: &mut Fields<'_, '_>) -> Jitter {
    fields.one_of("JitterStrategy", &[("NONE", Jitter::None), ("FULL", Jitter::Full)]).unwrap_or(Jitter::None)
}

fn error_equals(fields: &mut Fields<'_, '_>) -> Vec<String> {
    fields.require(&["ErrorEquals"]);
    fields.strings("ErrorEquals").unwrap_or_default()
}

/// `States.ALL` must stand alone, and in the last entry.
fn check_states_all(entry: &Value, location: &str, is_last: bool, findings: &mut Findings) {
    let Some(names) = entry.get("ErrorEquals").and_then(Value::as_array) else {
        return;
    };
    if !names.iter().any(|name| name == ALL) {
        return;
    }
    if names.len() > 1 || !is_last {
        findings.schema(&format!("{location}/ErrorEquals"), format!("{ALL} must appear alone and at end of list"));
    }
}
