//! The rules that follow payloads and variables through the states.

use serde_json::{Value, json};

use super::{definition, lines};
use crate::lint::LintRule;

/// The rules that are tried out here.
const DATA: [LintRule; 4] = [
    LintRule::PathNeverProduced,
    LintRule::UnknownContextMember,
    LintRule::VariableNeverAssigned,
    LintRule::VariableNotAlwaysAssigned,
];

fn machine(states: &Value) -> String {
    lines(&definition("JSONPath", states), |rule| DATA.contains(&rule))
}

fn jsonata(states: &Value) -> String {
    lines(&definition("JSONata", states), |rule| DATA.contains(&rule))
}

#[test]
fn what_is_started_with_and_what_a_task_answers_is_never_guessed() {
    assert_eq!(
        machine(&json!({
            "A": {"Type": "Pass", "Parameters": {"x.$": "$.anything.at[0].all"}, "ResultPath": "$.made", "Next": "B"},
            "B": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "InputPath": "$.more", "ResultSelector": {"id.$": "$.Id"}, "Next": "C"},
            "C": {"Type": "Wait", "SecondsPath": "$.id.x", "Next": "D"},
            "D": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "OutputPath": "$.x.y", "End": true},
        })),
        ""
    );
}

#[test]
fn what_the_states_before_have_built_is_known() {
    insta::assert_snapshot!(machine(&json!({
        "A": {"Type": "Pass", "Result": {"user": {"id": 1}, "list": []}, "Next": "B"},
        "B": {"Type": "Pass", "Parameters": {"a.$": "$.user.name", "b.$": "States.Format('{} $.no', $.total)", "c.$": "$.list[0].x"}, "ResultPath": "$.made", "Next": "C"},
        "C": {"Type": "Wait", "SecondsPath": "$.made.d", "OutputPath": "$.made.a.z", "Next": "D"},
        "D": {"Type": "Succeed", "InputPath": "$.q"},
    })), @r"
    path-never-produced /States/B/Parameters/a.$: `$.user.name` is never there: in what reaches the state, `$.user` can only have id.
    path-never-produced /States/B/Parameters/b.$: `$.total` is never there: in what reaches the state, `$` can only have list, user.
    path-never-produced /States/C/SecondsPath: `$.made.d` is never there: in what reaches the state, `$.made` can only have a, b, c.
    ");
}

#[test]
fn ways_that_meet_bring_what_either_has() {
    let states = |rule: Value| {
        json!({
            "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Next": "B"}], "Default": "C"},
            "B": {"Type": "Pass", "Result": {"b": 1}, "Next": "D"},
            "C": {"Type": "Pass", "Result": {"c": 1}, "Next": "D"},
            "D": {"Type": "Choice", "Choices": [rule], "Default": "E"},
            "E": {"Type": "Succeed"},
        })
    };
    assert_eq!(machine(&states(json!({"Variable": "$.b", "NumericEquals": 1, "Next": "E"}))), "");
    insta::assert_snapshot!(machine(&states(json!({"Not": {"Variable": "$.d", "NumericEquals": 1}, "Next": "E"}))), @"path-never-produced /States/D/Choices[0]/Not/Variable: `$.d` is never there: in what reaches the state, `$` can only have b, c.");
    let asked =
        json!({"And": [{"Variable": "$.d", "IsPresent": true}, {"Variable": "$.d", "NumericEquals": 1}], "Next": "E"});
    assert_eq!(machine(&states(asked)), "");
}

#[test]
fn a_caught_error_has_a_name_and_a_text() {
    insta::assert_snapshot!(machine(&json!({
        "A": {"Type": "Pass", "Result": {"x": 1}, "Next": "T"},
        "T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Catch": [
            {"ErrorEquals": ["Mine"], "Next": "M"}, {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "N"}], "Next": "Z"},
        "M": {"Type": "Pass", "Parameters": {"m.$": "$.Cause.text", "x.$": "$.x"}, "Next": "Z"},
        "N": {"Type": "Pass", "Parameters": {"m.$": "$.error.Error", "x.$": "$.x", "y.$": "$.Cause"}, "Next": "Z"},
        "Z": {"Type": "Succeed"},
    })), @r"
    path-never-produced /States/M/Parameters/m.$: `$.Cause.text` is never there: in what reaches the state, `$.Cause` has no members.
    path-never-produced /States/M/Parameters/x.$: `$.x` is never there: in what reaches the state, `$` can only have Cause, Error.
    path-never-produced /States/N/Parameters/y.$: `$.Cause` is never there: in what reaches the state, `$` can only have error, x.
    ");
}

#[test]
fn flows_inside_states_begin_with_what_they_are_given() {
    let inner =
        |path: &str| json!({"StartAt": "X", "States": {"X": {"Type": "Wait", "SecondsPath": path, "End": true}}});
    insta::assert_snapshot!(machine(&json!({
        "P": {"Type": "Parallel", "Parameters": {"a": 1}, "Branches": [inner("$.a"), inner("$.b")], "Next": "M"},
        "M": {"Type": "Map", "ItemsPath": "$", "ItemSelector": {"item.$": "$$.Map.Item.Value"}, "ItemProcessor": inner("$.value"), "Next": "N"},
        "N": {"Type": "Map", "ItemProcessor": inner("$.value"), "End": true},
    })), @r"
    path-never-produced /States/P/Branches[1]/States/X/SecondsPath: `$.b` is never there: in what reaches the state, `$` can only have a.
    path-never-produced /States/M/ItemProcessor/States/X/SecondsPath: `$.value` is never there: in what reaches the state, `$` can only have item.
    ");
    insta::assert_snapshot!(machine(&json!({"A": {"Type": "Pass", "Parameters": {"t.$": "$$.Tasks.Token"}, "End": true}})), @"unknown-context-member /States/A/Parameters/t.$: The Context Object has no `Tasks`; it has Execution, Map, State, StateMachine, Task.");
}

#[test]
fn variables_are_assigned_before_they_are_read() {
    insta::assert_snapshot!(machine(&json!({
        "A": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": true, "Assign": {"x.$": "$.x"}, "Next": "B"}], "Default": "B", "Assign": {"d": 1}},
        "B": {"Type": "Pass", "Assign": {"b.$": "$b", "y": 1}, "Parameters": {"x.$": "$x.y", "f.$": "States.Format('{}', $z)"}, "Next": "C"},
        "C": {"Type": "Pass", "Parameters": {"y.$": "$y", "d.$": "$d"}, "End": true},
    })), @r#"
    variable-never-assigned /States/B/Assign/b.$: No state before "B" assigns `$b`.
    variable-not-always-assigned /States/B/Parameters/x.$: `$x` is assigned on some of the ways to "B" and not on all.
    variable-never-assigned /States/B/Parameters/f.$: No state before "B" assigns `$z`.
    variable-not-always-assigned /States/C/Parameters/d.$: `$d` is assigned on some of the ways to "C" and not on all.
    "#);
}

#[test]
fn a_loop_that_counts_assigns_before_it_reads() {
    assert_eq!(
        jsonata(&json!({
            "Begin": {"Type": "Pass", "Assign": {"n": 0}, "Next": "Count"},
            "Count": {"Type": "Pass", "Assign": {"n": "{% $n + 1 %}"}, "Next": "Done"},
            "Done": {"Type": "Choice", "Choices": [{"Condition": "{% $n < 3 %}", "Next": "Count"}], "Default": "End"},
            "End": {"Type": "Succeed", "Output": "{% ($m := $n; $sum([$m, $states.input.x])) %}"},
        })),
        ""
    );
}

#[test]
fn flows_inside_states_read_the_variables_around_them() {
    let inner = |mode: &str| {
        json!({"ProcessorConfig": {"Mode": mode}, "StartAt": mode, "States": {
            mode: {"Type": "Pass", "Assign": {"own": 1}, "Output": "{% $outer %}", "End": true}}})
    };
    insta::assert_snapshot!(jsonata(&json!({
        "A": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "I"},
        "I": {"Type": "Map", "ItemProcessor": inner("INLINE"), "Next": "D"},
        "D": {"Type": "Map", "ItemProcessor": inner("DISTRIBUTED"), "Next": "Z"},
        "Z": {"Type": "Pass", "Output": "{% $own %}", "End": true},
    })), @r#"
    variable-never-assigned /States/Z/Output: No state before "Z" assigns `$own`.
    variable-never-assigned /States/D/ItemProcessor/States/DISTRIBUTED/Output: No state before "DISTRIBUTED" assigns `$outer`.
    "#);
    let caught = json!([{"ErrorEquals": ["States.ALL"], "Assign": {"e": "{% $states.errorOutput %}"}, "Next": "Z"}]);
    insta::assert_snapshot!(jsonata(&json!({
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Assign": {"r": 1}, "Catch": caught, "Next": "Z"},
        "Z": {"Type": "Succeed", "Output": {"e": "{% $e %}", "r": "{% $r %}"}},
    })), @r#"
    variable-not-always-assigned /States/Z/Output/e: `$e` is assigned on some of the ways to "Z" and not on all.
    variable-not-always-assigned /States/Z/Output/r: `$r` is assigned on some of the ways to "Z" and not on all.
    "#);
}
