//! Tests of reading definitions.

use serde_json::json;

use super::*;

fn flows(definition: &serde_json::Value) -> String {
    let graph = Graph::read(definition);
    let name = |state: &usize| graph.states[*state].name.clone();
    let lines = graph.flows.iter().map(|flow| {
        let transitions = flow
            .transitions
            .iter()
            .map(|it| format!("{} -{:?}-> {} {:?}", name(&it.from), it.kind, name(&it.to), it.conditions));
        let outer = flow.outer.as_ref().map(name);
        let states: Vec<String> = flow.states.iter().map(name).collect();
        format!("in {outer:?}: {states:?}\n  {}", transitions.collect::<Vec<_>>().join("\n  "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn transitions_of_one_kind_between_two_states_are_one() {
    let rule = |value, next| json!({"Variable": "$.a", "NumericEquals": value, "Next": next});
    let definition = json!({"StartAt": "C", "States": {
        "C": {"Type": "Choice", "Choices": [rule(1, "A"), rule(2, "B"), rule(3, "A")], "Default": "A"},
        "A": {"Type": "Task", "Resource": "x", "Next": "B",
            "Catch": [{"ErrorEquals": ["States.Timeout", "E"], "Next": "B"}, {"ErrorEquals": ["States.ALL"], "Next": "B"}]},
        "B": {"Type": "Succeed"}
    }});
    insta::assert_snapshot!(flows(&definition), @r#"
    in None: ["C", "A", "B"]
      C -Rule-> A ["$.a = 1", "$.a = 3"]
      C -Rule-> B ["$.a = 2"]
      C -Default-> A ["otherwise"]
      A -Next-> B []
      A -Caught-> B ["States.Timeout, E", "any error"]
    "#);
}

#[test]
fn flows_inside_states_are_read() {
    let flow = |name: &str| json!({"StartAt": name, "States": {name: {"Type": "Pass", "End": true}}});
    let definition = json!({"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "Branches": [flow("A"), flow("B")], "Next": "M"},
        "M": {"Type": "Map", "ItemProcessor": flow("I"), "End": true}
    }});
    insta::assert_snapshot!(flows(&definition), @r#"
    in None: ["P", "M"]
      P -Next-> M []
    in Some("P"): ["A"]
      
    in Some("P"): ["B"]
      
    in Some("M"): ["I"]
    "#);
}

#[test]
fn any_json_is_read() {
    for definition in
        [json!(null), json!([]), json!({"States": 1}), json!({"StartAt": 1, "States": {"A": 1, "B": {"Type": 1}}})]
    {
        Graph::read(&definition);
    }
    let graph =
        Graph::read(&json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Gone"}, "B": {"Type": "Odd"}}}));
    let types: Vec<&str> = graph.states.iter().map(State::type_name).collect();
    assert_eq!(types, ["Pass", "no such type", "no such state"]);
}
