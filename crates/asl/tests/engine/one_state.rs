//! One state that runs alone: what it gives, and what each step of its data flow gave.

use asl::{Failure, StateOutcome, StateProgress, StateStatus, StateTest, StateTestSetup, TestedState};
use serde_json::{Value, json};

use crate::drive::{at, start};

fn alone(state: &Value) -> TestedState {
    TestedState::on_its_own(&state.to_string()).unwrap()
}

fn begin(tested: TestedState, input: &str, setup: StateTestSetup) -> (StateTest, StateProgress) {
    tested.begin(start(input).redrive_count(None).build(), setup).unwrap()
}

fn outcome(progress: StateProgress) -> StateOutcome {
    match progress {
        StateProgress::Ended(outcome) => *outcome,
        other => panic!("{other:?}"),
    }
}

fn ended(state: &Value, input: &str) -> StateOutcome {
    outcome(begin(alone(state), input, StateTestSetup::default()).1)
}

fn failure(error: &str) -> Failure {
    Failure { error: Some(error.to_owned()), cause: Some("why".to_owned()) }
}

fn task(more: &Value) -> Value {
    let mut task = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f"}, "Next": "B"});
    task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task
}

fn map(more: &Value) -> Value {
    let processor = json!({"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}});
    let mut map = json!({"Type": "Map", "ItemsPath": "$.v", "ItemProcessor": processor, "End": true});
    map.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    map
}

#[test]
fn a_pass_state_shows_every_step() {
    let state = json!({"Type": "Pass", "InputPath": "$.a", "Parameters": {"x.$": "$.b"}, "ResultPath": "$.r", "OutputPath": "$.r", "Next": "Elsewhere"});
    let ended = ended(&state, r#"{"a": {"b": 1}}"#);
    assert_eq!((ended.status, ended.output.as_deref()), (StateStatus::Succeeded, Some(r#"{"x":1}"#)));
    assert_eq!(ended.next_state.as_deref(), Some("Elsewhere"));
    let found = ended.inspection;
    assert_eq!(found.input.as_deref(), Some(r#"{"a": {"b": 1}}"#));
    assert_eq!(found.after_input_path.as_deref(), Some(r#"{"b":1}"#));
    assert_eq!(found.after_parameters.as_deref(), Some(r#"{"x":1}"#));
    assert_eq!(found.after_result_selector, found.after_parameters);
    assert_eq!(found.after_result_path.as_deref(), Some(r#"{"a":{"b":1},"r":{"x":1}}"#));
    assert_eq!((found.result, found.after_arguments, found.max_concurrency), (None, None, None));
}

#[test]
fn a_fixed_result_is_not_worked_out_from_the_input() {
    let found = ended(&json!({"Type": "Pass", "Result": [1], "End": true}), "{}").inspection;
    assert_eq!((found.result.as_deref(), found.after_input_path, found.after_parameters), (Some("[1]"), None, None));
}

#[test]
fn a_choice_says_where_it_leads_and_a_fail_how() {
    let rule = json!({"Variable": "$.n", "NumericEquals": 1, "Next": "One"});
    let state = json!({"Type": "Choice", "Choices": [rule], "Default": "Other"});
    assert_eq!(ended(&state, r#"{"n":1}"#).next_state.as_deref(), Some("One"));
    assert_eq!(ended(&state, r#"{"n":2}"#).next_state.as_deref(), Some("Other"));
    let failed = ended(&state, "{}");
    assert_eq!(failed.status, StateStatus::Failed);
    let cause = failed.failure.unwrap().cause.unwrap();
    assert_eq!(cause, "Invalid path '$.n': The choice state's condition path references an invalid value.");
    let failed = ended(&json!({"Type": "Fail", "Error": "E", "Cause": "why"}), "{}");
    assert_eq!((failed.status, failed.failure), (StateStatus::Failed, Some(failure("E"))));
}

#[test]
fn a_task_is_called_and_its_result_goes_on() {
    let state = task(&json!({"ResultSelector": {"p.$": "$.Payload"}, "ResultPath": "$.r"}));
    let (mut test, progress) = begin(alone(&state), r#"{"f":"g"}"#, StateTestSetup::default());
    let StateProgress::Calls(request) = progress else { panic!("{progress:?}") };
    assert_eq!(&*request.input, r#"{"FunctionName":"g"}"#);
    let ended = outcome(test.succeed(r#"{"Payload": 7}"#, at(1.0)));
    assert_eq!(ended.output.as_deref(), Some(r#"{"f":"g","r":{"p":7}}"#));
    assert_eq!(ended.inspection.result.as_deref(), Some(r#"{"Payload": 7}"#));
    assert_eq!(ended.inspection.after_result_selector.as_deref(), Some(r#"{"p":7}"#));
}

#[test]
fn a_retrier_tries_again_until_its_attempts_are_used_up() {
    let state = task(&json!({"Retry": [{"ErrorEquals": ["X"]}, {"ErrorEquals": ["E"], "MaxAttempts": 5}]}));
    for (retries, status, backoff) in [(4, StateStatus::Retriable, Some(16)), (5, StateStatus::Failed, None)] {
        let setup = StateTestSetup { retries, ..StateTestSetup::default() };
        let ended = outcome(begin(alone(&state), r#"{"f":"g"}"#, setup).0.fail(failure("E"), at(1.0)));
        assert_eq!((ended.status, ended.failure), (status, Some(failure("E"))));
        let details = ended.inspection.error_details;
        assert_eq!((details.retry_index, details.retry_backoff_interval_s), (Some(1), backoff));
    }
}

#[test]
fn a_catcher_leads_on_with_the_error() {
    let catchers = json!({"Catch": [{"ErrorEquals": ["X"], "Next": "C"}, {"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "D"}]});
    let (mut test, _) = begin(alone(&task(&catchers)), r#"{"f":"g"}"#, StateTestSetup::default());
    let ended = outcome(test.fail(failure("E"), at(1.0)));
    assert_eq!((ended.status, ended.next_state.as_deref()), (StateStatus::CaughtError, Some("D")));
    assert_eq!(ended.output.as_deref(), Some(r#"{"f":"g","e":{"Error":"E","Cause":"why"}}"#));
    assert_eq!(ended.inspection.error_details.catch_index, Some(1));
}

#[test]
fn a_task_times_out_and_a_wait_ends() {
    let state = task(&json!({"TimeoutSeconds": 3}));
    let (mut test, _) = begin(alone(&state), r#"{"f":"g"}"#, StateTestSetup::default());
    assert_eq!(test.times_out_at(), Some(at(3.0)));
    let ended = outcome(test.wake(at(3.0)));
    assert_eq!(ended.failure, Some(Failure { error: Some("States.Timeout".to_owned()), cause: None }));
    let (mut test, progress) =
        begin(alone(&json!({"Type": "Wait", "Seconds": 5, "End": true})), "7", StateTestSetup::default());
    assert_eq!(progress, StateProgress::Waits(at(5.0)));
    assert_eq!(outcome(test.wake(at(5.0))).output.as_deref(), Some("7"));
    assert_eq!(test.give_up().failure.and_then(|failure| failure.error).as_deref(), Some("States.Timeout"));
}

#[test]
fn a_map_shows_what_its_iterations_would_get() {
    let selector =
        json!({"ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"}, "MaxConcurrency": 2});
    let (mut test, progress) = begin(alone(&map(&selector)), r#"{"v": [1, 2]}"#, StateTestSetup::default());
    assert_eq!(progress, StateProgress::WaitsForInside);
    let ended = outcome(test.succeed("[3, 4]", at(1.0)));
    assert_eq!(ended.output.as_deref(), Some("[3, 4]"));
    let found = ended.inspection;
    assert_eq!(found.after_items_path.as_deref(), Some("[1, 2]"));
    assert_eq!(found.after_item_selector.as_deref(), Some(r#"[{"i":0,"v":1},{"i":1,"v":2}]"#));
    assert_eq!((found.max_concurrency, found.result), (Some(2), None));
}

#[test]
fn failed_iterations_are_tolerated_as_far_as_the_state_says() {
    let distributed = json!({"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}});
    for (limit, failed, status) in [
        (json!({}), 0, StateStatus::Succeeded),
        // TestState has no limit where the state has none (recorded); a Map Run has one of 0 then.
        (json!({}), 1, StateStatus::Succeeded),
        (json!({"ToleratedFailureCount": 0, "ToleratedFailurePercentage": 50}), 1, StateStatus::Succeeded),
        (json!({"ToleratedFailureCount": 1}), 1, StateStatus::Succeeded),
        (json!({"ToleratedFailureCount": 1}), 2, StateStatus::Failed),
        (json!({"ToleratedFailurePercentage": 50}), 2, StateStatus::Failed),
    ] {
        let mut state = map(&limit);
        state["ItemProcessor"] = distributed.clone();
        let setup = StateTestSetup { failed_iterations: Some(failed), ..StateTestSetup::default() };
        let ended = outcome(begin(alone(&state), r#"{"v":[1,2,3]}"#, setup).0.succeed("[]", at(1.0)));
        assert_eq!(ended.status, status, "{limit} {failed}");
    }
}

#[test]
fn items_come_from_what_a_reader_is_said_to_have_read() {
    let mut state = map(&json!({
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/a"}},
        "ItemBatcher": {"MaxItemsPerBatch": 2},
    }));
    state["ItemProcessor"]["ProcessorConfig"] = json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"});
    state.as_object_mut().unwrap().remove("ItemsPath");
    let setup = StateTestSetup { item_reader_data: Some(r#"{"a":[1,2,3]}"#.to_owned()), ..StateTestSetup::default() };
    let found = outcome(begin(alone(&state), "{}", setup).0.succeed("[]", at(1.0))).inspection;
    assert_eq!(found.after_items_pointer.as_deref(), Some("[1,2,3]"));
    assert_eq!(found.after_item_batcher.as_deref(), Some(r#"[{"Items":[1,2]},{"Items":[3]}]"#));
}

#[test]
fn a_state_of_a_machine_reads_variables_and_the_context() {
    let inner = json!({"StartAt": "In", "States": {"In": {"Type": "Pass", "QueryLanguage": "JSONata", "Assign": {"w": 2}, "Output": "{% [$v, $states.context.Map.Item.Index, $states.context.State.Name] %}", "End": true}}});
    let machine = json!({"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": inner, "End": true}}});
    let tested = TestedState::in_machine(&machine.to_string(), "In").unwrap().unwrap();
    let variables = json!({"v": 1}).as_object().cloned().unwrap();
    let setup = StateTestSetup { variables, ..StateTestSetup::default() };
    let ended = outcome(begin(tested, "{}", setup).1);
    assert_eq!(ended.output.as_deref(), Some(r#"[1,0,"StateName"]"#));
    assert_eq!(ended.inspection.variables.as_deref(), Some(r#"{"v":1,"w":2}"#));
    assert!(TestedState::in_machine(&machine.to_string(), "Out").unwrap().is_none());
}

#[test]
fn a_given_context_takes_the_place_of_the_other() {
    let state = json!({"Type": "Pass", "Parameters": {"c.$": "$$"}, "End": true});
    let setup = StateTestSetup { context: Some(json!({"State": {}})), ..StateTestSetup::default() };
    assert_eq!(outcome(begin(alone(&state), "{}", setup).1).output.as_deref(), Some(r#"{"c":{"State":{}}}"#));
}

#[test]
fn what_is_wrong_with_a_state_is_told_in_its_place() {
    let problem = |state: Value| TestedState::on_its_own(&state.to_string()).unwrap_err().aws_text();
    let empty = problem(json!({"Type": "Parallel", "Branches": [], "End": true}));
    assert_eq!(empty, "SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/StateName/Branches");
    let branch = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Z"}}});
    let dangling = problem(json!({"Type": "Parallel", "Branches": [branch], "Next": "Anything"}));
    assert_eq!(
        dangling,
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z at /States/StateName/Branches[0]/States/A/Next"
    );
}
