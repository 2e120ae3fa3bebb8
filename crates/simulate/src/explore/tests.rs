//! What exploring finds, and that it is bounded.

use super::*;
use serde_json::json;

const LAMBDA: &str = "arn:aws:lambda:eu-west-1:123456789012:function:f";

fn explored(states: Value, max_runs: usize) -> Exploration {
    let start_at = states.as_object().unwrap().keys().next().unwrap().clone();
    let definition = json!({"StartAt": start_at, "States": states});
    let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";
    let subject = Subject::parse(&definition.to_string(), arn, false).unwrap();
    explore(&subject, &definition, &[], max_runs)
}

fn shown(exploration: &Exploration) -> String {
    exploration.findings.iter().map(|it| format!("{}: {}\n", it.kind.name(), it.message)).collect()
}

#[test]
fn errors_that_nothing_catches_are_found_with_a_case_that_shows_them() {
    let exploration = explored(
        json!({
            "Big": {"Type": "Choice", "Choices": [{"Variable": "$.order.n", "NumericGreaterThan": 9, "Next": "Call"}], "Default": "Small"},
            "Call": {"Type": "Task", "Resource": LAMBDA, "Catch": [{"ErrorEquals": ["Declined"], "Next": "No"}], "End": true},
            "Small": {"Type": "Succeed"},
            "No": {"Type": "Fail", "Error": "No"},
        }),
        500,
    );
    insta::assert_snapshot!(shown(&exploration), @r"
    uncaught: `Lambda.ServiceException` of `Call` ends the execution: nothing catches it.
    uncaught: `SomeError` of `Call` ends the execution: nothing catches it.
    ");
    insta::assert_snapshot!(exploration.findings[1].case, @r#"
    # of the state machine m
    [[cases]]
    name = "`SomeError` of `Call` ends the execution: nothing catches it."
    input = { order = { n = 10 } }
    mocks.Call = { throw = "SomeError" }
    expect = { status = "FAILED", error = "SomeError" }
    "#);
    assert_eq!(exploration.unreached, []);
    assert!(!exploration.is_cut);
}

#[test]
fn what_never_ends_is_found() {
    let callback = json!({"Ask": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
        "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token"}},
        "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Done"}]}, "Done": {"Type": "Succeed"}});
    insta::assert_snapshot!(shown(&explored(callback, 500)), @"endless: `Ask` waits for as long as an execution may, when nobody answers: it has no timeout.");
    let ring = json!({"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Choice",
        "Choices": [{"Variable": "$.done", "IsPresent": true, "Next": "C"}], "Default": "A"}, "C": {"Type": "Succeed"}});
    let exploration = explored(ring, 500);
    assert_eq!(exploration.findings[0].kind, FindingKind::Endless);
    assert_eq!(exploration.unreached, []);
}

#[test]
fn the_number_of_runs_is_bounded() {
    let exploration = explored(json!({"A": {"Type": "Task", "Resource": LAMBDA, "End": true}}), 2);
    assert_eq!((exploration.runs, exploration.is_cut), (2, true));
}
