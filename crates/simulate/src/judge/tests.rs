//! What passes, and what is said of what does not.

use super::*;
use crate::run::{Subject, run};
use serde_json::json;

fn subject() -> Subject {
    let definition = json!({
        "StartAt": "Count",
        "States": {
            "Count": {"Type": "Pass", "Assign": {"n.$": "$.n"}, "Next": "Big"},
            "Big": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 5, "Next": "No"}], "Default": "Call"},
            "No": {"Type": "Fail", "Error": "TooBig", "Cause": "the number is too big"},
            "Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "End": true},
        }
    });
    Subject::parse(&definition.to_string(), "arn:aws:states:eu-west-1:123456789012:stateMachine:m", false).unwrap()
}

/// What is wrong with a run of the machine, line by line.
fn failures(text: &str) -> String {
    let text = format!("[[cases]]\nname = \"c\"\n{text}");
    let source = model::source::Source::new("a.test.toml", text);
    let file = crate::TestFile::parse(source, &|_| Err(String::new())).unwrap();
    let subject = subject();
    let case = &file.cases[0];
    let mut shown = String::new();
    for failure in judge(&subject, case, &run(&subject, case, 0)) {
        shown.push_str(&format!("{}: {}\n", failure.about, failure.message));
        for it in failure.differences {
            shown.push_str(&format!("  {} {:?} {:?}\n", it.path, it.expected, it.actual));
        }
    }
    shown
}

#[test]
fn what_is_as_expected_passes() {
    let small =
        "input = { n = 1 }\nmocks.Call = { return = { sum = 3, more = [1] }, after = \"2s\" }\n[cases.expect]\n";
    assert_eq!(failures(small), "");
    let all = "output = { sum = 3, more = [1] }\noutput_contains = { sum = 3.0 }\n\
        output_matches = [\"{% $output.sum > 2 and $input.n = 1 %}\", \"{% $variables.n = 1 %}\"]\n\
        path = [\"Count\", \"Big\", \"Call\"]\nvisits = [\"Call\"]\navoids = [\"No\"]\ncalls.Call = [{ n = 1 }]\n\
        retries.Call = 0\nduration = \"2s\"\nduration_at_most = 2\nvariables.n = 1\n";
    assert_eq!(failures(&format!("{small}{all}")), "");
    assert_eq!(failures("input.n = 9\nexpect = { error = \"TooBig\", cause_contains = \"too big\" }"), "");
}

#[test]
fn what_is_not_is_told() {
    let case = "input = { n = 1 }\nmocks.Call = { return = { sum = 3 }, after = \"2s\" }\n[cases.expect]\n\
        status = \"FAILED\"\noutput = { sum = 4 }\noutput_matches = \"{% $output.sum = 4 %}\"\npath = [\"Count\", \"Call\"]\n\
        visits = [\"No\"]\navoids = [\"Call\"]\ncalls.Call = 2\nretries.Call = 1\nduration_at_least = \"1h\"\nvariables.n = 2\n";
    insta::assert_snapshot!(failures(case), @r#"
    status: It should end FAILED, and ends SUCCEEDED with {"sum":3}.
    output: The output is not as expected.
      $.sum Some("4") Some("3")
    output_matches: `$output.sum = 4` should be true, and is false.
    path: After `Count` (number 1) `Call` should come, and `Big` does. It is Count, Big, Call.
    visits: `No` should be entered, and is not.
    avoids: `Call` should not be entered, and is.
    retries: `Call` should be tried again once, and is never.
    calls: `Call` should call its task 2 times, and does once.
    duration_at_least: It should take at least 1h of virtual time, and takes 2s.
    variables: The variables at the end are not as expected.
      $.n Some("2") Some("1")
    "#);
    insta::assert_snapshot!(failures("input.n = 9\nexpect = { error = \"Other\" }"), @"error: The error should be `Other`, and is `TooBig`.");
    insta::assert_snapshot!(failures("input.n = 9"), @"status: It should end SUCCEEDED, and ends FAILED with TooBig: the number is too big.");
    insta::assert_snapshot!(failures("input.n = 1"), @"run: `Call` calls the function f, and no mock answers it: it is called with {\"n\":1}.");
}

#[test]
fn a_rule_of_a_choice_state_decides_over_the_output() {
    let subject = crate::run::tests::subject(json!({"P": {"Type": "Pass", "End": true}}));
    let judged = |rule: &str| -> Vec<String> {
        let text = format!("input = {{ total = 12, names = [\"a\"] }}\nexpect.output_matches = {rule}");
        let case = crate::run::tests::case(&text);
        judge(&subject, &case, &crate::run::run(&subject, &case, 0)).into_iter().map(|it| it.message).collect()
    };
    assert_eq!(judged(r#"{ Variable = "$.total", NumericGreaterThan = 10 }"#), [""; 0]);
    assert_eq!(judged(r#"[{ Variable = "$.names[0]", StringEquals = "a" }, "{% $output.total = 12 %}"]"#), [""; 0]);
    insta::assert_snapshot!(judged(r#"{ Not = { Variable = "$.total", IsPresent = true } }"#).join(""), @r#"`{"Not":{"Variable":"$.total","IsPresent":true}}` should be true, and is not."#);
    insta::assert_snapshot!(judged(r#"{ Variable = "$.sum", NumericEquals = 1 }"#).join(""), @r#"`{"Variable":"$.sum","NumericEquals":1}` can't be decided: An error occurred while executing the state 'decides' (entered at the event id #2). Invalid path '$.sum': The choice state's condition path references an invalid value."#);
}
