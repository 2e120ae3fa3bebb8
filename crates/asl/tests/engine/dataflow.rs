//! What paths make of payloads that are no objects, and the text of a payload that was changed.

use asl::Outcome;

use crate::drive::{Driver, machine};

fn outcome(fields: &str, input: &str) -> Outcome {
    Driver::start(machine(&format!(r#""A":{{"Type":"Pass",{fields}"End":true}}"#)), input).outcome.unwrap()
}

fn output(fields: &str, input: &str) -> String {
    match outcome(fields, input) {
        Outcome::Succeeded { output } => output.to_string(),
        other => panic!("{fields} on {input} did not succeed: {other:?}"),
    }
}

fn problem(fields: &str, input: &str) -> String {
    match outcome(fields, input) {
        Outcome::Failed(failure) => {
            assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
            let cause = failure.cause.unwrap();
            cause.split_once("). ").unwrap().1.to_owned()
        }
        other => panic!("{fields} on {input} did not fail: {other:?}"),
    }
}

#[test]
fn no_path_can_be_read_from_null() {
    let nothing = "Unable to apply Path transformation to null or empty input.";
    for fields in [
        r#""InputPath":"$.x","#,
        r#""OutputPath":"$.x","#,
        r#""Parameters":{"a.$":"$"},"#,
        r#""Parameters":{"a":[{"b.$":"$.x"}]},"#,
    ] {
        assert_eq!(problem(fields, "null"), nothing, "{fields}");
        assert_ne!(problem(&fields.replace("\"$\"", "\"$.x\""), "1"), nothing, "{fields}");
    }
}

#[test]
fn null_goes_through_a_state_that_reads_nothing_from_it() {
    assert_eq!(output("", "null"), "null");
    assert_eq!(output(r#""InputPath":"$","OutputPath":"$","#, "null"), "null");
    assert_eq!(output(r#""Parameters":{"a":1},"#, "null"), r#"{"a":1}"#);
    assert_eq!(output(r#""Parameters":{"a.$":"$$.State.Name"},"#, "null"), r#"{"a":"A"}"#);
    assert_eq!(output(r#""Parameters":{"a.$":"$.x"},"#, r#"{"x":null}"#), r#"{"a":null}"#);
}

#[test]
fn numbers_keep_their_text_until_the_payload_changes() {
    let input = r#"[1e10, 2.50, {"n": 1E-5}]"#;
    assert_eq!(output("", input), input);
    assert_eq!(output(r#""Parameters":{"a.$":"$"},"OutputPath":"$.a","#, input), r#"[1.0E10,2.5,{"n":1.0E-5}]"#);
}
