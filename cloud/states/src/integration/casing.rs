//! Member names and values on their way between a task and an API: tasks write `StateMachineArn`, the API
//! `stateMachineArn`; tasks show moments as text, the API as seconds.

use cloud_core::Response;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// Members of requests that hold structures; everywhere else AWS expects a text, and makes one of what is no text.
const STRUCTURES: [&str; 13] = [
    "loggingConfiguration",
    "tracingConfiguration",
    "encryptionConfiguration",
    "inspectionData",
    "tags",
    "tagKeys",
    "routingConfiguration",
    "logEvents",
    "logGroupNames",
    "logStreamNames",
    "logGroupIdentifiers",
    "logGroupArnList",
    "entity",
];

/// Members of answers that hold maps, whose keys are nobody's names.
const MAPS: [&str; 2] = ["variableReferences", "assignedVariables"];

/// An answer's JSON; an empty object where there is none.
pub(super) fn read(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|_| Value::Object(Map::new()))
}

/// With its first letter as a capital.
pub(super) fn upper_first(name: &str) -> String {
    change_first(name, |first| first.to_ascii_uppercase())
}

/// With its first letter small.
pub(super) fn lower_first(name: &str) -> String {
    change_first(name, |first| first.to_ascii_lowercase())
}

fn change_first(name: &str, change: impl FnOnce(char) -> char) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(change);
    first.into_iter().chain(letters).collect()
}

/// A task's parameters as the API's input. What is null is left out, as the SDK leaves it out.
pub(super) fn to_api(parameters: Map<String, Value>) -> Map<String, Value> {
    let given = parameters.into_iter().filter(|(_, value)| !value.is_null());
    given
        .map(|(name, value)| {
            let name = lower_first(&name);
            let value = match value {
                Value::Object(_) | Value::Array(_) if !STRUCTURES.contains(&name.as_str()) => {
                    Value::from(value.to_string())
                }
                other => lower(other),
            };
            (name, value)
        })
        .collect()
}

fn lower(value: Value) -> Value {
    match value {
        Value::Object(members) => members.into_iter().map(|(name, value)| (lower_first(&name), lower(value))).collect(),
        Value::Array(items) => items.into_iter().map(lower).collect(),
        other => other,
    }
}

/// The members of Step Functions' answers that hold moments.
pub(super) const SFN_MOMENTS: [&str; 6] =
    ["creationDate", "startDate", "stopDate", "updateDate", "redriveDate", "timestamp"];

/// The API's answer as a task's output; `moments` are the members that hold moments. What is null is left out.
pub(super) fn to_task(answer: Value, moments: &[&str]) -> Value {
    match answer {
        Value::Object(members) => {
            let given = members.into_iter().filter(|(_, value)| !value.is_null());
            given.map(|(name, value)| (upper_first(&name), member(&name, value, moments))).collect()
        }
        Value::Array(items) => items.into_iter().map(|item| to_task(item, moments)).collect(),
        other => other,
    }
}

fn member(name: &str, value: Value, moments: &[&str]) -> Value {
    match value {
        Value::Number(seconds) if moments.contains(&name) => {
            moment(seconds.as_f64()).map_or(Value::Number(seconds), Value::from)
        }
        Value::Object(map) if MAPS.contains(&name) => Value::Object(map),
        other => to_task(other, moments),
    }
}

/// `2026-01-02T03:04:05.678Z`; the SDK writes as many places of a second as there are.
#[allow(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^63")]
fn moment(seconds: Option<f64>) -> Option<String> {
    let moment = Timestamp::from_millisecond((seconds? * 1000.0).round() as i64).ok()?;
    Some(moment.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(parameters: &Value) -> Value {
        Value::Object(to_api(parameters.as_object().cloned().unwrap()))
    }

    #[test]
    fn parameters_become_the_apis() {
        let parameters = json!({"StateMachineArn": "arn", "Input": {"Key": [1, null]}, "Name": null, "Tags": [{"Key": "K", "Value": "V"}]});
        assert_eq!(
            sent(&parameters),
            json!({"stateMachineArn": "arn", "input": "{\"Key\":[1,null]}", "tags": [{"key": "K", "value": "V"}]})
        );
    }

    #[test]
    fn answers_become_the_tasks() {
        let answer = json!({"startDate": 1_762_431_637.123, "inputDetails": {"included": true}, "taskToken": null, "variableReferences": {"pass": ["x"]}});
        assert_eq!(
            to_task(answer, &SFN_MOMENTS),
            json!({"StartDate": "2025-11-06T12:20:37.123Z", "InputDetails": {"Included": true}, "VariableReferences": {"pass": ["x"]}})
        );
    }
}
