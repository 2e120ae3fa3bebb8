//! What is counted as taken, and lcov.

use super::*;
use asl::{Decisions, Execution, Start, StateMachine};
use model::document::Document;
use model::source::Source;

const DEFINITION: &str = r#"{
  "StartAt": "Big",
  "States": {
    "Big": { "Type": "Choice",
      "Choices": [
        { "Variable": "$.n", "NumericGreaterThan": 5, "Next": "Call" }
      ],
      "Default": "Done" },
    "Call": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f",
      "Retry": [{ "ErrorEquals": ["E"] }],
      "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Done" }],
      "Next": "Done" },
    "Done": { "Type": "Succeed" }
  }
}"#;

fn covered(input: &str) -> Coverage {
    let machine = StateMachine::parse(DEFINITION).unwrap();
    let decisions = Decisions::default();
    let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";
    let start = Start::builder("e", arn, "2026-01-01T00:00:00Z".parse().unwrap()).input(input).build();
    Execution::start_noting(&machine, start, &decisions).unwrap();
    let mut coverage = Coverage::of(&Subject::parse(DEFINITION, arn, false).unwrap());
    coverage.add_decisions(&decisions.take(), &decisions.take_conditions());
    coverage
}

#[test]
fn what_no_case_took_is_named() {
    let coverage = covered(r#"{"n": 1}"#);
    let missed: Vec<String> =
        coverage.missed().into_iter().map(|it| format!("{} {} -> {}", it.state, it.what, it.leads_to)).collect();
    assert_eq!(
        missed,
        [
            "Big Choices[0] -> Call",
            "Call state -> Call",
            "Call Next -> Done",
            "Call Retry[0] -> Call",
            "Call Catch[0] -> Done"
        ]
    );
    let total = coverage.summary().total();
    assert_eq!((total.taken, total.all), (3, 8));
    assert_eq!(Count::default().percent(), 100.0);
}

#[test]
fn lcov_has_a_line_for_each_state_and_a_branch_for_each_way() {
    let source = Source::new("m.asl.json", DEFINITION);
    let document = Document::parse(&source).unwrap();
    insta::assert_snapshot!(lcov(&source, &document.root, &covered(r#"{"n": 6}"#)), @r"
    TN:
    SF:m.asl.json
    BRDA:6,0,0,1
    BRDA:8,0,0,0
    BRDA:10,0,0,0
    BRDA:11,0,0,0
    BRDA:12,0,0,0
    BRF:5
    BRH:1
    DA:4,1
    DA:9,1
    DA:13,0
    LF:3
    LH:2
    end_of_record
    ");
}
