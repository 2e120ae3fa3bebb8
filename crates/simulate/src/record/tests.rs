//! Executions that become cases, and secrets that are masked.

use super::*;
use crate::run::Run;
use serde_json::{Value, json};

const ARN: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";

fn subject(definition: &Value) -> Subject {
    Subject::parse(&definition.to_string(), ARN, false).unwrap()
}

/// A history as the API would tell of it.
pub(crate) fn events(history: &[asl::HistoryEvent]) -> Vec<RecordedEvent> {
    let events = history.iter().map(|event| {
        let api = event.to_api_json(Value::Null);
        let details = api.as_object().unwrap().iter().find(|(name, _)| name.ends_with("EventDetails"));
        let details = details.map(|(_, details)| details.clone()).unwrap_or_default();
        let text = |name: &str| details[name].as_str().map(str::to_owned);
        let json = |name: &str| details[name].as_str().and_then(|text| serde_json::from_str(text).ok());
        RecordedEvent {
            id: event.id,
            previous: event.previous_event_id,
            at: event.timestamp,
            kind: event.type_name(),
            state: text("name"),
            iteration: details["index"].as_u64(),
            input: json("input").or_else(|| json("parameters")),
            output: json("output"),
            assigned: details["assignedVariables"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, text)| (name.clone(), serde_json::from_str(text.as_str().unwrap()).unwrap()))
                .collect(),
            error: text("error"),
            cause: text("cause"),
        }
    });
    events.collect()
}

/// The execution of a run with the children of its Map Runs.
fn recorded(run: &Run) -> Recorded {
    let children = run.children.iter().map(|child| {
        let (map_state, index) = child.place[0].clone();
        RecordedChild { map_state: map_state.to_string(), index, events: events(&child.history) }
    });
    Recorded {
        name: "recorded".to_owned(),
        machine: "m".to_owned(),
        events: events(&run.history),
        children: children.collect(),
    }
}

fn ran(subject: &Subject, case: &str) -> Run {
    let text = format!("[[cases]]\nname = \"c\"\n{case}");
    let file = TestFile::parse(Source::new("a.test.toml", text), &|_| Err(String::new())).unwrap();
    run(subject, &file.cases[0], 0)
}

#[test]
fn an_execution_becomes_a_case_that_passes() {
    let lambda = "arn:aws:lambda:eu-west-1:123456789012:function:f";
    let subject = subject(&json!({"StartAt": "Each", "States": {
        "Each": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": {"StartAt": "T", "States": {"T": {
            "Type": "Task", "Resource": lambda, "Retry": [{"ErrorEquals": ["Busy"]}], "End": true}}}, "Next": "Ask"},
        "Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
            "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}}}
    }}));
    let first = ran(
        &subject,
        "input = { items = [1, 2], password = \"hunter2\" }\n\
        mocks.T = [{ index = 1, attempt = 0, throw = { error = \"Busy\", cause = \"later\" } }, { index = 1, return = 20, after = 2 }, { return = 10 }]\n\
        mocks.Ask = { return = { said = \"yes\" }, submitted = { MessageId = \"m\" }, after = \"3h\" }\n",
    );
    let case = record(&subject, &recorded(&first), &Masking::default()).unwrap();
    assert_eq!(case.failures, []);
    insta::assert_snapshot!(case.text, @r##"
    machine = "m"

    [[cases]]
    name = "recorded"
    start = "2026-01-01T00:00:00Z"
    input = { items = [1, 2], password = "masked-1" }
    mocks.Ask = [{ return = { said = "yes" }, after = "3h", submitted = { MessageId = "m" }, times = 1 }]
    mocks.T = [
      { index = 0, return = 10, times = 1 },
      { index = 1, throw = { error = "Busy", cause = "later" }, times = 1 },
      { index = 1, return = 20, after = "2s", times = 1 },
    ]

    [cases.expect]
    calls = { Ask = 1, T = 3 }
    output = { said = "yes" }
    status = "SUCCEEDED"
    visits = ["Ask", "Each", "T"]
    "##);
}

#[test]
fn what_is_not_the_same_again_is_left_out_and_said() {
    let subject = subject(
        &json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "Parameters": {"id.$": "$$.Execution.Name"}, "End": true}}}),
    );
    let mut history = recorded(&ran(&subject, ""));
    history.events.last_mut().unwrap().output = Some(json!({"id": "another"}));
    let case = record(&subject, &history, &Masking::default()).unwrap();
    assert_eq!(case.left_out.iter().map(|it| it.about.as_str()).collect::<Vec<_>>(), ["output"]);
    assert!(
        case.failures.is_empty() && case.text.contains("# Not expected, because a test gives another value: output.")
    );
}

#[test]
fn an_execution_that_still_runs_is_no_case() {
    let subject = subject(&json!({"StartAt": "P", "States": {"P": {"Type": "Succeed"}}}));
    let mut history = recorded(&ran(&subject, ""));
    history.events.pop();
    assert_eq!(record(&subject, &history, &Masking::default()).unwrap_err(), "it has not ended");
}

#[test]
fn an_execution_that_was_redriven_is_no_case() {
    let subject = subject(&json!({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}));
    let mut history = recorded(&ran(&subject, ""));
    history.events.push(RecordedEvent { id: 4, kind: "ExecutionRedriven".to_owned(), ..RecordedEvent::default() });
    let refused = record(&subject, &history, &Masking::default()).unwrap_err();
    assert_eq!(refused, "it was redriven, and a case runs once");
}

#[test]
fn secrets_are_masked_alike_wherever_they_stand() {
    let event = |value: Value| RecordedEvent { input: Some(value), ..RecordedEvent::default() };
    let key = "AKIAIOSFODNN7EXAMPLE";
    let body = json!({"api_key": "k"}).to_string();
    let mut recorded = Recorded {
        name: String::new(),
        machine: String::new(),
        events: vec![
            event(json!({"user": {"Pass-Word": "abc"}, "maxTokens": "5", "x": key, "body": body, "own": "mine"})),
            event(json!([format!("key {key} used"), "abc", "abcd", "k"])),
        ],
        children: Vec::new(),
    };
    let masking = Masking { names: vec!["own".to_owned()] };
    assert_eq!(masking.mask(&mut recorded), 4);
    let shown = serde_json::to_string(&recorded.events.iter().map(|it| it.input.clone()).collect::<Vec<_>>()).unwrap();
    insta::assert_snapshot!(shown, @r#"[{"user":{"Pass-Word":"masked-1"},"maxTokens":"5","x":"masked-2","body":"{\"api_key\":\"masked-3\"}","own":"masked-4"},["key masked-2 used","masked-1","abcd","masked-3"]]"#);
}

#[test]
fn what_the_children_of_a_map_run_called_is_mocked_by_their_items() {
    let subject =
        subject(&json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
            "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f"}}}}}}));
    let first = ran(&subject, "input = [1, 2]\nmocks.T = [{ index = 1, return = 20 }, { return = 10, times = 2 }]\n");
    let case = record(&subject, &recorded(&first), &Masking::default()).unwrap();
    assert_eq!((case.failures.as_slice(), case.left_out.as_slice()), ([].as_slice(), [].as_slice()), "{}", case.text);
    assert!(case.text.contains("{ index = 1, return = 20, times = 1 }"), "{}", case.text);
    assert!(case.text.contains("visits = [\"Each\", \"T\"]"), "{}", case.text);
}

#[test]
fn a_stopped_execution_becomes_a_case_that_is_stopped() {
    let subject = subject(&json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 60, "End": true}}}));
    let first = ran(&subject, "stop = { after = \"5s\", error = \"Enough\", cause = \"it is late\" }\n");
    let case = record(&subject, &recorded(&first), &Masking::default()).unwrap();
    assert_eq!(case.failures, [], "{}", case.text);
    assert!(
        case.text.contains("stop = { after = \"5s\", error = \"Enough\", cause = \"it is late\" }"),
        "{}",
        case.text
    );
}
