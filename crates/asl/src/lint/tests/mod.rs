//! Each rule: what it reports and where it reports nothing.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

mod data;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

/// A definition that begins with the first of its states.
pub(super) fn definition(language: &str, states: &Value) -> Value {
    let first = states.as_object().unwrap().keys().next().unwrap();
    json!({"StartAt": first, "QueryLanguage": language, "States": states})
}

/// A line for each lint of the selected rules.
pub(super) fn lines(definition: &Value, asked: impl Fn(LintRule) -> bool) -> String {
    let found = lint(definition, MachineType::Standard, now()).into_iter().filter(|lint| asked(lint.rule));
    found.map(|lint| format!("{} {}: {}", lint.rule.code(), lint.location, lint.message)).collect::<Vec<_>>().join("\n")
}

fn lints(definition: &Value) -> String {
    lines(definition, |_| true)
}

fn machine(states: &Value) -> String {
    lints(&definition("JSONPath", states))
}

fn jsonata(states: &Value) -> String {
    lints(&definition("JSONata", states))
}

/// A Task without any other lint.
fn task(fields: Value) -> Value {
    let mut task = json!({"Type": "Task", "Resource": FUNCTION, "Retry": [{"ErrorEquals": ["States.ALL"]}]});
    for (name, value) in fields.as_object().unwrap() {
        task[name] = value.clone();
    }
    task
}

#[test]
fn states_that_only_lead_to_each_other_are_never_reached() {
    let found = machine(&json!({
        "A": {"Type": "Pass", "Next": "Z"},
        "B": task(json!({"Next": "C"})), "C": task(json!({"Next": "B"})),
        "Z": {"Type": "Succeed"},
    }));
    insta::assert_snapshot!(found, @r#"
    unreachable-state /States/B: No way from "A", where it starts, leads to "B".
    unreachable-state /States/C: No way from "A", where it starts, leads to "C".
    "#);
    let inner = json!({"StartAt": "X", "States": {"X": {"Type": "Succeed"}, "Y": {"Type": "Succeed"}}});
    let found = machine(&json!({"P": {"Type": "Parallel", "Branches": [inner], "End": true}}));
    insta::assert_snapshot!(found, @r#"unreachable-state /States/P/Branches[0]/States/Y: No way from "X", where it starts, leads to "Y"."#);
}

#[test]
fn ways_lead_to_states_of_the_same_flow() {
    let branch = json!({"StartAt": "X", "States": {"Y": task(json!({"Next": "Z"}))}});
    insta::assert_snapshot!(machine(&json!({
        "A": {"Type": "Parallel", "Branches": [branch], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Q"}], "Next": "Z"},
        "Z": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsNull": true, "Next": "Y"}], "Default": "Y"},
    })), @r"
    missing-target /States/A/Catch[0]/Next: Missing 'Next' target: Q
    missing-target /States/Z/Choices[0]/Next: Missing 'Next' target: Y
    missing-target /States/Z/Default: Missing 'Next' target: Y
    missing-target /States/A/Branches[0]/StartAt: Missing 'Next' target: X
    missing-target /States/A/Branches[0]/States/Y/Next: Missing 'Next' target: Z
    ");
}

#[test]
fn a_loop_needs_a_way_out_and_something_that_changes() {
    let test = json!([{"Variable": "$.done", "BooleanEquals": true, "Next": "Z"}]);
    let states = |pass: Value| {
        let mut first = json!({"Type": "Pass", "Next": "Again"});
        first.as_object_mut().unwrap().extend(pass.as_object().unwrap().clone());
        json!({"A": first, "Again": {"Type": "Choice", "Choices": test, "Default": "A"}, "Z": {"Type": "Succeed"}})
    };
    insta::assert_snapshot!(machine(&states(json!({}))), @r#"busy-loop /States/A: The loop of "A", "Again" neither waits nor calls anything, and changes nothing that its Choice states ask for: it runs into the limit of 25,000 events."#);
    assert_eq!(machine(&states(json!({"Result": true, "ResultPath": "$.done"}))), "");
    let endless = json!({
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "Z"},
        "B": {"Type": "Pass", "Result": 1, "ResultPath": "$.n", "Next": "B"}, "Z": {"Type": "Succeed"},
    });
    insta::assert_snapshot!(machine(&endless), @r#"busy-loop /States/B: The loop of "B" neither waits nor calls anything, and has no way out: it runs into the limit of 25,000 events."#);
    assert_eq!(machine(&json!({"A": {"Type": "Wait", "Seconds": 1, "Next": "A"}})), "");
}

#[test]
fn a_choice_without_default_must_have_a_rule_for_everything() {
    let choice = |rules: Value| json!({"A": {"Type": "Choice", "Choices": rules}, "Z": {"Type": "Succeed"}});
    let open = choice(json!([{"Variable": "$.x", "NumericEquals": 1, "Next": "Z"}]));
    insta::assert_snapshot!(machine(&open), @r#"choice-without-default /States/A: "A" has no Default: when no rule matches, the execution fails with States.Runtime."#);
    assert_eq!(
        machine(&choice(json!([
            {"Variable": "$.x", "IsPresent": true, "Next": "Z"}, {"IsPresent": false, "Variable": "$.x", "Next": "Z"},
        ]))),
        ""
    );
    assert_eq!(jsonata(&choice(json!([{"Condition": "{% true %}", "Next": "Z"}]))), "");
}

#[test]
fn errors_that_cannot_occur_are_named() {
    let catch = |resource: &str, errors: Value| {
        let catch = json!([{"ErrorEquals": errors, "Next": "Z"}]);
        json!({"A": task(json!({"Resource": resource, "Catch": catch, "Next": "Z"})), "Z": {"Type": "Succeed"}})
    };
    let dynamo = "arn:aws:states:::dynamodb:putItem";
    let errors = json!(["Lambda.Unknown", "States.HeartbeatTimeout", "States.BranchFailed", "States.TaskFaild"]);
    insta::assert_snapshot!(machine(&catch(dynamo, errors)), @r"
    impossible-error /States/A/Catch[0]/ErrorEquals[0]: `Lambda.Unknown` cannot occur here: the task calls `dynamodb`, not Lambda.
    impossible-error /States/A/Catch[0]/ErrorEquals[1]: `States.HeartbeatTimeout` cannot occur here: the task has no HeartbeatSeconds.
    impossible-error /States/A/Catch[0]/ErrorEquals[2]: `States.BranchFailed` cannot occur here: only a Parallel state has branches.
    unknown-reserved-error /States/A/Catch[0]/ErrorEquals[3]: There is no reserved error name `States.TaskFaild`.
    ");
    assert_eq!(machine(&catch("arn:aws:states:::sqs:sendMessage.waitForTaskToken", json!(["Lambda.Unknown"]))), "");
    assert_eq!(
        machine(&catch("arn:aws:states:::aws-sdk:lambda:getFunction", json!(["Lambda.ResourceNotFoundException"]))),
        ""
    );
    insta::assert_snapshot!(jsonata(&catch(FUNCTION, json!(["States.ParameterPathFailure"]))), @"impossible-error /States/A/Catch[0]/ErrorEquals[0]: `States.ParameterPathFailure` cannot occur here: it belongs to JSONPath, and the state uses JSONata.");
    insta::assert_snapshot!(machine(&catch(FUNCTION, json!(["States.QueryEvaluationError"]))), @"impossible-error /States/A/Catch[0]/ErrorEquals[0]: `States.QueryEvaluationError` cannot occur here: it belongs to JSONata, and the state uses JSONPath.");
}

#[test]
fn an_error_is_taken_by_the_first_entry_that_names_it() {
    let retry = json!([
        {"ErrorEquals": ["Mine", "States.TaskFailed"]}, {"ErrorEquals": ["Other", "States.Timeout"]},
        {"ErrorEquals": ["Mine"]}, {"ErrorEquals": ["States.Runtime"]},
    ]);
    insta::assert_snapshot!(machine(&json!({"A": task(json!({"Retry": retry, "End": true}))})), @r"
    shadowed-error /States/A/Retry[1]/ErrorEquals[0]: `Other` never comes this far: the earlier `States.TaskFailed` takes it.
    shadowed-error /States/A/Retry[2]/ErrorEquals[0]: `Mine` never comes this far: the earlier `Mine` takes it.
    impossible-error /States/A/Retry[3]/ErrorEquals[0]: `States.Runtime` cannot occur here: a States.Runtime error always ends the execution.
    ");
}

#[test]
fn lambda_tasks_are_retried_on_what_passes_by_itself() {
    let found = |retry: Value| machine(&json!({"A": task(json!({"Retry": retry, "End": true}))}));
    insta::assert_snapshot!(found(json!([])), @r#"lambda-without-retry /States/A: "A" invokes a function and is not retried on the transient errors of Lambda."#);
    let old = ["Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"];
    insta::assert_snapshot!(found(json!([{"ErrorEquals": old}])), @r#"lambda-without-retry /States/A: "A" invokes a function and is not retried on Lambda.ClientExecutionTimeoutException, Lambda.TooManyRequestsException."#);
    assert_eq!(found(json!([{"ErrorEquals": ["States.TaskFailed"]}])), "");
    assert_ne!(found(json!([{"ErrorEquals": ["States.ALL"], "MaxAttempts": 0}])), "");
    let branch = json!({"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": FUNCTION, "End": true}}});
    let around = json!({"P": {"Type": "Parallel", "Branches": [branch], "End": true, "Retry": [{"ErrorEquals": ["States.ALL"]}]}});
    assert_eq!(machine(&around), "");
    let invoke =
        json!({"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true}});
    assert!(machine(&invoke).contains("lambda-without-retry"));
}

#[test]
fn a_wait_ends_and_not_before_it_begins() {
    let wait = |fields: Value| {
        let mut wait = json!({"Type": "Wait", "End": true});
        wait.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({"StartAt": "W", "States": {"W": wait}})
    };
    let found = |definition: &Value, machine_type| {
        lint(definition, machine_type, now()).into_iter().map(|lint| lint.message).collect::<String>()
    };
    use MachineType::{Express, Standard};
    let seconds = wait(json!({"Seconds": 301}));
    assert_eq!(found(&seconds, Standard), "");
    insta::assert_snapshot!(found(&seconds, Express), @r#""W" never comes to its end: an express execution is ended after five minutes."#);
    insta::assert_snapshot!(found(&wait(json!({"Seconds": 31_536_001})), Standard), @r#""W" never comes to its end: a standard execution is ended after a year."#);
    insta::assert_snapshot!(found(&wait(json!({"Timestamp": "2027-01-01T00:00:01Z"})), Standard), @r#""W" never comes to its end: a standard execution is ended after a year."#);
    insta::assert_snapshot!(found(&wait(json!({"Timestamp": "2025-12-31T23:59:59Z"})), Standard), @r#""W" does not wait: its moment has passed."#);
    assert_eq!(found(&wait(json!({"Timestamp": "2026-12-31T00:00:00Z"})), Standard), "");
    let mut timed = wait(json!({"Seconds": 60}));
    timed["TimeoutSeconds"] = json!(60);
    insta::assert_snapshot!(found(&timed, Standard), @r#""W" never comes to its end: a standard execution is ended after its TimeoutSeconds, 60 seconds."#);
}

#[test]
fn text_that_looks_evaluated_and_is_not() {
    insta::assert_snapshot!(jsonata(&json!({
        "A": {"Type": "Pass", "Output": {"a": "$states.input.x", "b": " {% 1 %}", "c": "{% $states.input %}"}, "End": true},
    })), @r"
    expression-not-evaluated /States/A/Output/a: This is taken as plain text: an expression begins with `{%` and ends with `%}`.
    expression-not-evaluated /States/A/Output/b: This is taken as plain text: an expression begins with `{%` and ends with `%}`.
    ");
}

#[test]
fn malformed_definitions_are_passed_over() {
    for definition in [
        json!(null),
        json!([]),
        json!({"States": []}),
        json!({"StartAt": 1, "States": {"A": 1, "B": {}}}),
        json!({"StartAt": "B", "States": {"B": {"Type": 1, "Choices": {}, "Catch": [1], "Retry": 2, "Branches": [3]}}}),
        json!({"StartAt": "B", "States": {"B": {"Type": "Choice", "Choices": [1, {"And": 2, "Not": []}], "Assign": 4}}}),
    ] {
        lint(&definition, MachineType::Express, now());
    }
}

#[test]
fn codes_are_told_apart_and_explained() {
    let codes: std::collections::BTreeSet<_> = LintRule::ALL.into_iter().map(LintRule::code).collect();
    assert_eq!(codes.len(), LintRule::ALL.len());
    assert!(LintRule::ALL.into_iter().all(|rule| rule.help().ends_with('.')));
}

/// Values made of the language's own words, well formed or not.
fn any_value() -> impl Strategy<Value = Value> {
    const WORDS: &[&str] = &[
        "A",
        "B",
        "Pass",
        "Choice",
        "Task",
        "Map",
        "Parallel",
        "Wait",
        "JSONata",
        "$",
        "$.a.b",
        "$x",
        "$$.Task",
        "{% $x %}",
        "States.Format('{}', $.a)",
        "States.ALL",
        "States.Timout",
        "2020-01-01T00:00:00Z",
        FUNCTION,
    ];
    const KEYS: &[&str] = &[
        "StartAt",
        "States",
        "A",
        "B",
        "Type",
        "Next",
        "Default",
        "Choices",
        "Variable",
        "IsPresent",
        "Not",
        "And",
        "Assign",
        "x",
        "a.$",
        "Parameters",
        "Result",
        "ResultPath",
        "InputPath",
        "OutputPath",
        "Catch",
        "Retry",
        "ErrorEquals",
        "Branches",
        "ItemProcessor",
        "QueryLanguage",
        "Output",
        "Seconds",
        "Timestamp",
        "Resource",
        "Condition",
    ];
    let leaf = prop_oneof![
        prop::sample::select(WORDS).prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(6, 80, 8, |inner| {
        let member = (prop::sample::select(KEYS).prop_map(str::to_owned), inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            prop::collection::vec(member, 0..8).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_definition_is_looked_over(states in any_value(), inner in any_value(), jsonata in any::<bool>()) {
        let language = if jsonata { "JSONata" } else { "JSONPath" };
        let branches = json!([{"StartAt": "A", "States": states.clone()}, inner]);
        let outer = json!({"A": {"Type": "Parallel", "Branches": branches, "Next": "B", "Catch": inner}, "B": inner});
        for states in [states, outer] {
            let definition = json!({"StartAt": "A", "QueryLanguage": language, "States": states});
            let found = lint(&definition, MachineType::Express, now());
            prop_assert_eq!(found, lint(&definition, MachineType::Express, now()));
        }
    }
}

#[test]
fn fields_of_distributed_mode_are_told_in_inline_mode() {
    let map = |config: Value| {
        let mut processor = json!({"StartAt": "I", "States": {"I": {"Type": "Succeed"}}});
        if config.is_object() {
            processor["ProcessorConfig"] = config;
        }
        machine(
            &json!({"A": {"Type": "Map", "End": true, "ItemBatcher": {"MaxItemsPerBatch": 2}, "ItemProcessor": processor}}),
        )
    };
    let told =
        "distributed-field-inline /States/A/ItemBatcher: \"A\" fails: it is in inline mode, which has no ItemBatcher.";
    assert_eq!(map(Value::Null), told);
    assert_eq!(map(json!({"Mode": "INLINE"})), told);
    assert_eq!(map(json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"})), "");
}
