//! Members and values on their way between a task and an API, by the API's model: tasks write `StateMachineArn`, the API
//! `stateMachineArn`; tasks show moments as text, the API as seconds.

use api_models::{Kind, Operation, Shape, Spelling, Structure};
use cloud_core::Response;
use jiff::Timestamp;
use serde_json::{Map, Value};

/// An answer's JSON; an empty object where there is none.
pub(super) fn read(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|_| Value::Object(Map::new()))
}

/// With its first letter as a capital.
pub(super) fn upper_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// A task's parameters as the API's input. What is null is left out, as the SDK leaves it out, and so is what the API does not
/// have.
pub(super) fn to_api(operation: &Operation<'_>, parameters: Map<String, Value>) -> Map<String, Value> {
    match operation.input().map(|shape| shape.kind) {
        Some(Kind::Structure(structure)) => members_to_api(&structure, parameters),
        _ => Map::new(),
    }
}

fn members_to_api(structure: &Structure<'_>, members: Map<String, Value>) -> Map<String, Value> {
    let given = members.into_iter().filter(|(_, value)| !value.is_null());
    let known = given.filter_map(|(name, value)| {
        let member = structure.members().find(|member| Spelling::Sdk.is_spelt(member.name, &name))?;
        Some((member.name.to_owned(), value_to_api(&member.shape, value)))
    });
    known.collect()
}

fn value_to_api(shape: &Shape<'_>, value: Value) -> Value {
    match (&shape.kind, value) {
        (Kind::Structure(structure), Value::Object(members)) => Value::Object(members_to_api(structure, members)),
        (Kind::List(inner), Value::Array(items)) => {
            let inner = inner.shape();
            items.into_iter().map(|item| value_to_api(&inner, item)).collect()
        }
        (Kind::Map(inner), Value::Object(members)) => {
            let inner = inner.shape();
            Value::Object(members.into_iter().map(|(key, value)| (key, value_to_api(&inner, value))).collect())
        }
        // Where a text is expected, AWS makes one of what is none.
        (Kind::Text | Kind::Enumeration(_), value @ (Value::Object(_) | Value::Array(_))) => {
            Value::from(value.to_string())
        }
        (_, value) => value,
    }
}

/// The API's answer as a task's output. What is null is left out.
pub(super) fn to_task(operation: &Operation<'_>, answer: Value) -> Value {
    match operation.output() {
        Some(shape) => value_to_task(&shape, answer),
        None => answer,
    }
}

fn value_to_task(shape: &Shape<'_>, value: Value) -> Value {
    match (&shape.kind, value) {
        (Kind::Structure(structure), Value::Object(members)) => {
            let given = members.into_iter().filter(|(_, value)| !value.is_null());
            let members = given.map(|(name, value)| {
                let value = match structure.members().find(|member| member.name == name) {
                    Some(member) => value_to_task(&member.shape, value),
                    None => value,
                };
                (Spelling::Sdk.of(&name), value)
            });
            Value::Object(members.collect())
        }
        (Kind::List(inner), Value::Array(items)) => {
            let inner = inner.shape();
            items.into_iter().map(|item| value_to_task(&inner, item)).collect()
        }
        (Kind::Map(inner), Value::Object(members)) => {
            let inner = inner.shape();
            Value::Object(members.into_iter().map(|(key, value)| (key, value_to_task(&inner, value))).collect())
        }
        (Kind::Moment, Value::Number(seconds)) => moment(seconds.as_f64()).map_or(Value::Number(seconds), Value::from),
        (_, value) => value,
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

    fn operation(service: &str, action: &str) -> Operation<'static> {
        api_models::service(service).unwrap().operation(action).unwrap()
    }

    fn sent(service: &str, action: &str, parameters: &Value) -> Value {
        Value::Object(to_api(&operation(service, action), parameters.as_object().cloned().unwrap()))
    }

    #[test]
    fn parameters_become_the_apis() {
        let parameters = json!({"StateMachineArn": "arn", "Input": {"Key": [1, null]}, "Name": null});
        assert_eq!(
            sent("sfn", "startExecution", &parameters),
            json!({"stateMachineArn": "arn", "input": "{\"Key\":[1,null]}"})
        );
        let tags = json!({"ResourceArn": "arn", "Tags": [{"Key": "K", "Value": "V"}]});
        assert_eq!(
            sent("sfn", "tagResource", &tags),
            json!({"resourceArn": "arn", "tags": [{"key": "K", "value": "V"}]})
        );
        let variables = json!({"FunctionName": "f", "KmsKeyArn": "k", "Environment": {"Variables": {"lower": "v"}}});
        assert_eq!(
            sent("lambda", "updateFunctionConfiguration", &variables),
            json!({"FunctionName": "f", "KMSKeyArn": "k", "Environment": {"Variables": {"lower": "v"}}})
        );
    }

    #[test]
    fn answers_become_the_tasks() {
        let answer = json!({"startDate": 1_762_431_637.123, "inputDetails": {"included": true}, "output": null});
        assert_eq!(
            to_task(&operation("sfn", "describeExecution"), answer),
            json!({"StartDate": "2025-11-06T12:20:37.123Z", "InputDetails": {"Included": true}})
        );
        let machine = json!({"variableReferences": {"pass": ["x"]}});
        assert_eq!(
            to_task(&operation("sfn", "describeStateMachine"), machine),
            json!({"VariableReferences": {"pass": ["x"]}})
        );
        let function = json!({"Configuration": {"KMSKeyArn": "k", "LastModified": "2026-01-01T00:00:00.000+0000"}});
        assert_eq!(
            to_task(&operation("lambda", "getFunction"), function),
            json!({"Configuration": {"KmsKeyArn": "k", "LastModified": "2026-01-01T00:00:00.000+0000"}})
        );
    }
}
