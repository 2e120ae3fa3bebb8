//! Tests of outlines.

use serde_json::{Value, json};

use super::*;
use crate::status::Event;

fn outline(definition: &Value, columns: Option<usize>) -> String {
    let lines = Graph::read(definition).outline(None, columns);
    lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn order() -> Value {
    let flow = |name: &str| json!({"StartAt": name, "States": {name: {"Type": "Pass", "End": true}}});
    json!({"StartAt": "Read the order", "States": {
        "Read the order": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:1:function:readOrder", "Next": "What kind?",
            "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Tell the customer"}, {"ErrorEquals": ["States.ALL"], "Next": "Broken"}]},
        "What kind?": {"Type": "Choice", "Default": "Pack", "Choices": [
            {"Variable": "$.kind", "StringEquals": "gift", "Next": "Wrap"},
            {"Variable": "$.kind", "StringEquals": "again", "Next": "Read the order"}]},
        "Wrap": {"Type": "Wait", "Seconds": 5, "Next": "Pack"},
        "Pack": {"Type": "Parallel", "Branches": [flow("Label"), flow("Box")], "Next": "Each"},
        "Each": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": flow("Ship"), "Next": "Done"},
        "Tell the customer": {"Type": "Pass", "Next": "Done"},
        "Done": {"Type": "Succeed"},
        "Broken": {"Type": "Fail", "Error": "Broken"},
        "Lost": {"Type": "Pass", "End": true}
    }})
}

#[test]
fn ways_come_together_again() {
    insta::assert_snapshot!(outline(&order(), None), @r#"
    ● Read the order        Task · function readOrder
    ├─ catch States.Timeout
    │  ● Tell the customer  Pass
    │  → Done
    └─ catch any error
       ■ Broken             Fail · Broken
    ◇ What kind?            Choice
    ├─ $.kind = "gift"
    │  ● Wrap               Wait · 5 s
    │  → Pack
    ├─ $.kind = "again" → Read the order
    └─ otherwise → Pack
    ● Pack                  Parallel
    ├─ branch 1
    │  ● Label              Pass ■
    └─ branch 2
       ● Box                Pass ■
    ● Each                  Map · each of $.items
    └─ each item
       ● Ship               Pass ■
    ■ Done                  Succeed
    no way leads to:
    ● Lost                  Pass ■
    "#);
}

#[test]
fn an_outline_fits_its_columns() {
    insta::assert_snapshot!(outline(&order(), Some(40)), @r#"
    ● Read the order        Task · function…
    ├─ catch States.Timeout
    │  ● Tell the customer  Pass
    │  → Done
    └─ catch any error
       ■ Broken             Fail · Broken
    ◇ What kind?            Choice
    ├─ $.kind = "gift"
    │  ● Wrap               Wait · 5 s
    │  → Pack
    ├─ $.kind = "again" → Read the order
    └─ otherwise → Pack
    ● Pack                  Parallel
    ├─ branch 1
    │  ● Label              Pass ■
    └─ branch 2
       ● Box                Pass ■
    ● Each                  Map · each of $…
    └─ each item
       ● Ship               Pass ■
    ■ Done                  Succeed
    no way leads to:
    ● Lost                  Pass ■
    "#);
    for columns in 1..100 {
        for line in Graph::read(&order()).outline(Some(&Statuses::default()), Some(columns)) {
            let width: usize = line.pieces.iter().map(|piece| crate::shown::columns(&piece.text)).sum();
            assert!(width <= columns.max(12), "{columns}: {line}");
        }
    }
}

#[test]
fn an_outline_shows_how_states_stand() {
    let event = |id, previous_event_id, kind, state| Event { id, previous_event_id, kind, state };
    let events = [
        event(1, 0, "ExecutionStarted", None),
        event(2, 0, "TaskStateEntered", Some("Read the order")),
        event(3, 2, "LambdaFunctionScheduled", None),
        event(4, 3, "LambdaFunctionSucceeded", None),
        event(5, 4, "TaskStateExited", Some("Read the order")),
        event(6, 5, "ChoiceStateEntered", Some("What kind?")),
        event(7, 6, "ChoiceStateExited", Some("What kind?")),
        event(8, 7, "WaitStateEntered", Some("Wrap")),
    ];
    let statuses = Statuses::of(events);
    let lines = Graph::read(&order()).outline(Some(&statuses), Some(90));
    assert_eq!(Graph::read(&order()).outline(Some(&statuses), None), lines, "there is room for all");
    let text: Vec<String> = lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    ✓ Read the order        Task · function readOrder  succeeded
    ├─ catch States.Timeout
    │  · Tell the customer  Pass
    │  → Done
    └─ catch any error
       · Broken             Fail · Broken
    ✓ What kind?            Choice                     succeeded
    ├─ $.kind = "gift"
    │  ◷ Wrap               Wait · 5 s                 waiting
    │  → Pack
    ├─ $.kind = "again" → Read the order
    └─ otherwise → Pack
    · Pack                  Parallel
    ├─ branch 1
    │  · Label              Pass ■
    └─ branch 2
       · Box                Pass ■
    · Each                  Map · each of $.items
    └─ each item
       · Ship               Pass ■
    · Done                  Succeed
    no way leads to:
    · Lost                  Pass ■
    "#);
}

#[test]
fn a_chain_of_many_decisions_is_not_indented_out_of_sight() {
    let mut states = serde_json::Map::new();
    for number in 0..200 {
        let next = format!("S{}", number + 1);
        states.insert(
            format!("S{number}"),
            json!({"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": number, "Next": next}]}),
        );
    }
    states.insert("S200".to_owned(), json!({"Type": "Succeed"}));
    let lines = Graph::read(&json!({"StartAt": "S0", "States": states})).outline(None, Some(80));
    let rows = lines.iter().filter(|line| line.to_string().contains("Choice")).count();
    assert_eq!(rows, 200);
}
