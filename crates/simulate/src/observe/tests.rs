//! What was observed is held against expectations as a run is, and against the engine.

use super::*;
use crate::judge::judge;
use crate::run::run;
use crate::run::tests::{case, subject};
use serde_json::json;

const TASK: &str = "arn:aws:lambda:eu-west-1:123456789012:function:f";

/// A run as somebody who sees its history would tell it.
fn observed(run: &Run) -> Observed {
    Observed {
        outcome: run.outcome.clone().unwrap(),
        started_at: run.started_at,
        ended_at: run.ended_at,
        input: run.input.clone(),
        events: crate::record::tests::events(&run.history),
        children: Vec::new(),
    }
}

fn retried() -> (crate::run::Subject, crate::case::Case) {
    let subject = subject(json!({
        "A": {"Type": "Pass", "Assign": {"x": 5}, "Next": "Each"},
        "Each": {"Type": "Map", "Next": "T", "ItemsPath": "$.items", "ResultPath": "$.each",
            "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Task", "Resource": TASK, "End": true}}}},
        "T": {"Type": "Task", "Resource": TASK, "End": true, "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 9}]},
    }));
    let case = case(
        "input = { items = [1, 2] }\nmocks.I = { return = 7 }\nmocks.T = [{ throw = \"Busy\" }, { return = \"done\" }]\n\
         [cases.expect]\noutput = \"done\"\npath = [\"A\", \"Each\", \"I\", \"I\", \"T\"]\nretries.T = 1\ncalls.I = [1, 2]\n\
         variables = { x = 5 }\nduration = \"9s\"\n",
    );
    (subject, case)
}

#[test]
fn an_observed_run_is_judged_as_the_engines_own() {
    let (subject, case) = retried();
    let engine = run(&subject, &case, 0);
    assert_eq!(judge(&subject, &case, &engine), []);
    let other = observed(&engine).run();
    assert_eq!(judge(&subject, &case, &other), []);
    assert_eq!(other.event_types(), engine.event_types());
    assert_eq!(compare(&engine, &other, "AWS"), []);
}

#[test]
fn what_another_judge_sees_otherwise_is_told() {
    let (subject, case) = retried();
    let engine = run(&subject, &case, 0);
    let mut seen = observed(&engine);
    seen.outcome = Outcome::Succeeded { output: "\"other\"".into() };
    seen.events.retain(|event| event.state.as_deref() != Some("A"));
    let told = |seen: &Observed| {
        let failures = compare(&engine, &seen.run(), "AWS").into_iter();
        failures.map(|it| format!("{}: {} {:?}", it.about, it.message, it.differences)).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told(&seen), @r#"
    difference: The output is another one on AWS than in the engine. [Difference { path: "$", expected: Some("\"done\""), actual: Some("\"other\"") }]
    difference: It goes through Each, I, I, T on AWS, and through A, Each, I, I, T in the engine. []
    "#);
    seen.outcome = Outcome::TimedOut;
    insta::assert_snapshot!(told(&seen).lines().next().unwrap(), @"difference: It ends TIMED_OUT on AWS, and SUCCEEDED in the engine. []");
}

#[test]
fn what_a_state_called_or_had_inside_stands_in_for_it() {
    let (subject, case) = retried();
    let engine = run(&subject, &case, 0);
    let task = json!({"Type": "Task"});
    let busy = Some(Stand::Error { error: Some("Busy".into()), cause: None });
    assert_eq!(stand(&engine, "T", &task, 0, 0), busy);
    assert_eq!(stand(&engine, "T", &task, 0, 1), Some(Stand::Result("\"done\"".into())));
    assert_eq!(stand(&engine, "T", &task, 0, 2), None);
    assert_eq!(stand(&engine, "T", &task, 1, 0), None);
    assert_eq!(stand(&engine, "Each", &json!({"Type": "Map"}), 0, 0), Some(Stand::Result("[7,7]".into())));
}
