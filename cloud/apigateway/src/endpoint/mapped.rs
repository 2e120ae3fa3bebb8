//! What a mapping gives for a request.

use cloud_core::Response;
use serde_json::Value;

use super::event::Call;
use crate::model::{Mapping, Part, Source, Step};

/// The value; none where a part of it is not there.
pub(super) fn value(call: &Call<'_>, mapping: &Mapping) -> Option<String> {
    mapping
        .0
        .iter()
        .map(|part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::From(source) => selected(call, source),
        })
        .collect()
}

/// The value that a mapping over an integration's answer gives.
pub(super) fn value_of_response(call: &Call<'_>, response: &Response, mapping: &Mapping) -> Option<String> {
    mapping
        .0
        .iter()
        .map(|part| match part {
            Part::Text(text) => Some(text.clone()),
            Part::From(Source::Header(name)) => {
                let named = response.headers.iter().filter(|(given, _)| given.eq_ignore_ascii_case(name));
                joined(named.map(|(_, value)| value.clone()))
            }
            Part::From(Source::Body) => {
                (!response.body.is_empty()).then(|| String::from_utf8_lossy(&response.body).into_owned())
            }
            Part::From(Source::BodyMember(steps)) => {
                let body: Value = serde_json::from_slice(&response.body).ok()?;
                found(&body, steps)
            }
            Part::From(other) => selected(call, other),
        })
        .collect()
}

fn selected(call: &Call<'_>, source: &Source) -> Option<String> {
    let request = call.request;
    match source {
        Source::Header(name) => joined(
            request
                .headers
                .get_all(name.as_str())
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        ),
        Source::Query(name) => {
            joined(request.query().into_iter().filter(|(given, _)| given == name).map(|(_, value)| value))
        }
        Source::PathParameter(name) => call.path_parameters.get(name).cloned(),
        Source::Path => Some(call.path.to_owned()),
        Source::Body => (!request.body.is_empty()).then(|| String::from_utf8_lossy(&request.body).into_owned()),
        Source::BodyMember(steps) => {
            let body: Value = serde_json::from_slice(&request.body).ok()?;
            found(&body, steps)
        }
        Source::Context(name) => found(&call.context(), &context_steps(name)),
        Source::StageVariable(name) => call.stage.stage_variables.get(name).cloned(),
    }
}

/// Several values of one name are one, joined by commas.
fn joined(values: impl Iterator<Item = String>) -> Option<String> {
    values.reduce(|joined, value| format!("{joined},{value}"))
}

/// A text as it is; anything else as JSON.
fn found(value: &Value, steps: &[Step]) -> Option<String> {
    let found = steps.iter().try_fold(value, |value, step| match step {
        Step::Member(name) => value.get(name),
        Step::Item(index) => value.get(index),
    })?;
    match found {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Where a context variable stands in the context of an event.
fn context_steps(name: &str) -> Vec<Step> {
    let of_authorizer = name.strip_prefix("authorizer.");
    if let Some(property) = of_authorizer {
        let path: Vec<&str> = match property.strip_prefix("claims.") {
            Some(claim) => vec!["authorizer", "jwt", "claims", claim],
            None => vec!["authorizer", "lambda", property],
        };
        return members(&path);
    }
    let path: &[&str] = match name {
        "httpMethod" => &["http", "method"],
        "path" => &["http", "path"],
        "protocol" => &["http", "protocol"],
        "identity.sourceIp" => &["http", "sourceIp"],
        "identity.userAgent" => &["http", "userAgent"],
        "identity.accountId" => &["authorizer", "iam", "accountId"],
        "identity.caller" => &["authorizer", "iam", "callerId"],
        "identity.user" => &["authorizer", "iam", "userId"],
        "identity.userArn" => &["authorizer", "iam", "userArn"],
        "requestTime" => &["time"],
        "requestTimeEpoch" => &["timeEpoch"],
        other => &[other],
    };
    members(path)
}

fn members(path: &[&str]) -> Vec<Step> {
    path.iter().map(|name| Step::Member((*name).to_owned())).collect()
}
