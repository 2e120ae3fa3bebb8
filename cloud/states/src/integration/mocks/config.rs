//! The mock configuration of Step Functions Local, `MockConfigFile.json`: its test cases by state machine.
//!
//! <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html>: the file that `SFN_MOCK_CONFIG` names, and
//! `arn:...:stateMachine:NAME#CASE` in `StartExecution` and `StartSyncExecution`. Responses are counted by the calls of a state.

use std::collections::BTreeMap;
use std::path::Path;

use asl::mock::{MockAnswer, MockedResponse};
use cloud_core::ServiceError;
use serde::Deserialize;
use serde_json::Value;

use super::MocksByState;
use crate::wire::errors::validation;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Config {
    state_machines: BTreeMap<String, Machine>,
    #[serde(default)]
    mocked_responses: BTreeMap<String, BTreeMap<String, Response>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Machine {
    #[serde(default)]
    test_cases: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Response {
    #[serde(default, rename = "Return", deserialize_with = "some")]
    returned: Option<Value>,
    throw: Option<Thrown>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Thrown {
    error: Option<String>,
    cause: Option<String>,
}

/// `"Return": null` is a result, too.
fn some<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// An ARN without the test case that it names, and the case.
pub(crate) fn split(arn: &str) -> (&str, Option<&str>) {
    match arn.split_once('#') {
        Some((arn, case)) => (arn, Some(case)),
        None => (arn, None),
    }
}

/// The mocks of a test case, read from the file as it is now.
///
/// # Errors
/// The file can't be read, or has no such case. The texts are ours.
pub(crate) fn read(file: &Path, machine: &str, case: &str) -> Result<MocksByState, ServiceError> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| validation(format!("The mock configuration {shown} can't be read: {error}")))?;
    of_text(&text, machine, case).map_err(|why| validation(format!("The mock configuration {shown} {why}")))
}

fn of_text(text: &str, machine: &str, case: &str) -> Result<MocksByState, String> {
    let config: Config = serde_json::from_str(text).map_err(|error| format!("is not valid: {error}"))?;
    let machine_cases = config.state_machines.get(machine).ok_or(format!("has no state machine '{machine}'"))?;
    let states = machine_cases.test_cases.get(case).ok_or(format!("has no test case '{case}' of '{machine}'"))?;
    let mut mocks = MocksByState::new();
    for (state, name) in states {
        let responses = config.mocked_responses.get(name).ok_or(format!("has no mocked response '{name}'"))?;
        mocks.insert(state.clone(), numbered(name, responses)?);
    }
    Ok(mocks)
}

/// The responses of one name in the order of the calls that they are for.
fn numbered(name: &str, responses: &BTreeMap<String, Response>) -> Result<Vec<MockedResponse>, String> {
    let mut ranges = Vec::new();
    for (key, response) in responses {
        let (first, last) = range(key).ok_or(format!("has no number of a call: '{key}' of '{name}'"))?;
        let answer = match (&response.returned, &response.throw) {
            (Some(value), None) => MockAnswer::Return(value.clone()),
            (None, Some(thrown)) => MockAnswer::Throw { error: thrown.error.clone(), cause: thrown.cause.clone() },
            _ => return Err(format!("has not one of Return and Throw in '{key}' of '{name}'")),
        };
        ranges.push((first, last, answer));
    }
    ranges.sort_by_key(|(first, ..)| *first);
    let mut expected = 0;
    let mut mocks = Vec::new();
    for (first, last, answer) in ranges {
        if first != expected {
            return Err(format!("has no response, or several, for call {expected} of '{name}'"));
        }
        expected = last + 1;
        mocks.push(MockedResponse { times: Some(last - first + 1), ..MockedResponse::of(answer) });
    }
    Ok(mocks)
}

/// The first and the last call that a response is for.
fn range(text: &str) -> Option<(u64, u64)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let first: u64 = first.trim().parse().ok()?;
    let last: u64 = last.trim().parse().ok()?;
    (first <= last && last < u64::from(u32::MAX)).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config() -> Value {
        json!({
            "StateMachines": {"Shop": {"TestCases": {"Retry": {"Call": "Later"}, "Lost": {"Call": "Nothing"}}}},
            "MockedResponses": {"Later": {
                "2": {"Return": null}, "0-1": {"Throw": {"Error": "Busy", "Cause": "c"}},
            }},
        })
    }

    #[test]
    fn responses_are_in_the_order_of_their_calls() {
        let mocks = of_text(&config().to_string(), "Shop", "Retry").unwrap();
        let busy = MockAnswer::Throw { error: Some("Busy".into()), cause: Some("c".into()) };
        let expected = vec![
            MockedResponse { times: Some(2), ..MockedResponse::of(busy) },
            MockedResponse { times: Some(1), ..MockedResponse::of(MockAnswer::Return(Value::Null)) },
        ];
        assert_eq!(mocks, MocksByState::from([("Call".to_owned(), expected)]));
    }

    #[test]
    fn what_is_missing_is_told() {
        let mut wrong = config();
        wrong["MockedResponses"]["Later"] = json!({"1": {"Return": 1}});
        let why = |config: &Value, machine: &str, case: &str| of_text(&config.to_string(), machine, case).unwrap_err();
        let told = [
            why(&config(), "Shop", "Happy"),
            why(&config(), "Store", "Retry"),
            why(&config(), "Shop", "Lost"),
            why(&wrong, "Shop", "Retry"),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        has no test case 'Happy' of 'Shop'
        has no state machine 'Store'
        has no mocked response 'Nothing'
        has no response, or several, for call 0 of 'Later'
        ");
        assert_eq!(split("arn:m#Happy"), ("arn:m", Some("Happy")));
    }
}
