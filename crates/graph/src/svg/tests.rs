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
    <path class="line ordinary" d="M101 36V60M101 113V137M101 190V214"/>
    <path class="head ordinary" d="M101 66l-4-7h8ZM101 143l-4-7h8ZM101 220l-4-7h8Z"/>
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
