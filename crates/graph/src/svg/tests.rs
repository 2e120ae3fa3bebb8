//! Tests of the drawing.

use serde_json::json;

use super::*;
use crate::status::Event;

#[test]
fn a_small_picture_is_drawn() {
    let definition = json!({"StartAt": "Wait", "States": {
        "Wait": {"Type": "Wait", "Seconds": 10, "Next": "Send"},
        "Send": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}
    }});
    let graph = Graph::read(&definition);
    let events = [
        Event { id: 1, previous_event_id: 0, kind: "ExecutionStarted", state: None },
        Event { id: 2, previous_event_id: 0, kind: "WaitStateEntered", state: Some("Wait") },
    ];
    let svg = graph.layout().svg(&graph, Some(&Statuses::of(events)), SvgStyle::Page);
    insta::assert_snapshot!(svg, @r#"
    <svg xmlns="http://www.w3.org/2000/svg" class="graph" role="group" aria-label="State machine with 2 states" viewBox="0 0 202 256" width="202" height="256">
    <path class="line ordinary" d="M101 113V137M101 190V214"/>
    <path class="head ordinary" d="M101 143l-4-7h8ZM101 220l-4-7h8Z"/>
    <path class="line ordinary taken" d="M101 36V60"/>
    <path class="head ordinary taken" d="M101 66l-4-7h8Z"/>
    <circle class="mark" cx="101" cy="28" r="6"/>
    <circle class="mark ring" cx="101" cy="228" r="7"/><circle class="mark" cx="101" cy="228" r="4"/>
    <g class="state wait waiting" data-state="0"><title>Wait, Wait (10 s): waiting</title><rect class="box" x="41" y="66" width="120" height="47" rx="8"/><text class="caption" x="101" y="83">Wait · 10 s</text> <text class="name" x="101" y="100">Wait</text><g class="sign" transform="translate(155 70)"><circle r="8.5"/><path d="M0-4.5V0L3 2.5"/></g></g>
    <g class="state task not-reached" data-state="1"><title>Send, Task (lambda:invoke): not reached</title><rect class="box" x="20" y="143" width="162" height="47" rx="8"/><text class="caption" x="101" y="160">Task · lambda:invoke</text> <text class="name" x="101" y="177">Send</text></g>
    </svg>
    "#);
}

#[test]
fn texts_are_never_markup() {
    let name = "</text><script>alert(1)</script>\" onload=\"x\u{202e}\u{1}";
    let definition = json!({"StartAt": name, "States": {
        name: {"Type": "Choice", "Choices": [{"Variable": name, "StringEquals": name, "Next": name}], "Default": name},
    }});
    let graph = Graph::read(&definition);
    for style in [SvgStyle::Page, SvgStyle::Embedded] {
        let svg = graph.layout().svg(&graph, Some(&Statuses::default()), style);
        assert!(
            !svg.contains("<script") && !svg.contains("onload=\"x") && !svg.contains(['\u{202e}', '\u{1}']),
            "{svg}"
        );
    }
}

#[test]
fn the_style_has_a_rule_for_every_status() {
    for status in crate::Status::ALL {
        assert!(Layout::style().contains(&format!(".state.{}{{", status.class())), "{status:?}");
    }
}

#[test]
fn transitions_that_were_taken_are_told_from_others() {
    let definition = json!({"StartAt": "Each", "States": {
        "Each": {"Type": "Map", "Next": "Done", "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Sorry"}],
            "ItemProcessor": {"StartAt": "Two", "States": {
                "Two": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "Bad"}], "Default": "Good"},
                "Bad": {"Type": "Fail"},
                "Good": {"Type": "Pass", "End": true}}}},
        "Done": {"Type": "Succeed"},
        "Sorry": {"Type": "Pass", "End": true}
    }});
    let graph = Graph::read(&definition);
    let events = [
        (0, "ExecutionStarted", None),
        (0, "MapStateEntered", Some("Each")),
        (2, "MapStateStarted", None),
        (3, "MapIterationStarted", None),
        (4, "ChoiceStateEntered", Some("Two")),
        (5, "ChoiceStateExited", Some("Two")),
        (6, "FailStateEntered", Some("Bad")),
        (7, "MapIterationFailed", None),
        (8, "MapStateFailed", None),
        (9, "MapStateExited", Some("Each")),
        (10, "PassStateEntered", Some("Sorry")),
    ];
    let events = events.into_iter().zip(1..).map(|((previous_event_id, kind, state), id)| Event {
        id,
        previous_event_id,
        kind,
        state,
    });
    let statuses = Statuses::of(events);
    let taken = |from: &str, to: &str, is_caught| {
        let name = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        statuses.has_taken(name(from).as_deref(), name(to).as_deref(), is_caught)
    };
    assert!(taken("", "Each", false) && taken("", "Two", false), "flows begin");
    assert!(taken("Two", "Bad", false) && taken("Each", "Sorry", true));
    assert!(!taken("Two", "Good", false) && !taken("Each", "Done", false) && !taken("Each", "Sorry", false));
    assert!(!taken("Sorry", "", false) && !taken("Good", "", false), "nothing has ended");
    let svg = graph.layout().svg(&graph, Some(&statuses), SvgStyle::Page);
    for class in ["ordinary", "ordinary taken", "default", "caught taken"] {
        assert!(svg.contains(&format!("<path class=\"line {class}\"")), "{class}: {svg}");
    }
    for class in ["default taken", "caught"] {
        assert!(!svg.contains(&format!("<path class=\"line {class}\"")), "{class}: {svg}");
    }
}
