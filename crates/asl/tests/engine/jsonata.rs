//! States in JSONata: what their expressions read, and what becomes of those that fail.

use asl::{EventDetails, Outcome, StateMachine};

use crate::drive::{Driver, LAMBDA, at};

fn machine(states: &str) -> StateMachine {
    let definition = format!(r#"{{"QueryLanguage":"JSONata","StartAt":"A","States":{{{states}}}}}"#);
    StateMachine::parse(&definition).unwrap()
}

fn start(states: &str, input: &str) -> Driver {
    Driver::start(machine(states), input)
}

/// The ends of evaluations and of the execution: id, previous id, location, error and the last sentence of the cause.
fn evaluations(driver: &Driver) -> String {
    let short =
        |cause: &Option<String>| cause.as_deref().and_then(|text| text.split("). ").nth(1)).unwrap_or("-").to_owned();
    let lines = driver.history.iter().filter_map(|event| {
        let (what, failure) = match &event.details {
            EventDetails::EvaluationFailed { failure, location, .. } => {
                (location.as_deref().unwrap_or("no location"), failure)
            }
            EventDetails::ExecutionFailed(failure) => ("failed", failure),
            _ => return None,
        };
        let error = failure.error.as_deref().unwrap_or("-");
        Some(format!("{} {} {what} {error}: {}\n", event.id, event.previous_event_id, short(&failure.cause)))
    });
    lines.collect()
}

fn output(driver: &Driver) -> &str {
    match &driver.outcome {
        Some(Outcome::Succeeded { output }) => output,
        other => panic!("not succeeded: {other:?}"),
    }
}

#[test]
fn a_task_reads_its_input_and_its_result() {
    let states = format!(
        r#""A":{{"Type":"Task","Resource":"{LAMBDA}","Arguments":{{"n":"{{% $states.input.n + 1 %}}","r":"{{% $states.context.State.RetryCount %}}"}},
             "TimeoutSeconds":"{{% $states.input.n * 10 %}}","Assign":{{"both":"{{% [$states.input.n, $states.result] %}}"}},
             "Output":"{{% $states.result.x %}}","Next":"B"}},
           "B":{{"Type":"Pass","Output":{{"x":"{{% $states.input %}}","both":"{{% $both %}}","no":"{{% $exists(($states).result) %}}"}},"End":true}}"#
    );
    let mut driver = start(&states, r#"{"n": 1}"#);
    assert_eq!(&*driver.requests[0].input, r#"{"n":2,"r":0}"#);
    assert_eq!(driver.requests[0].timeout_s, Some(10));
    driver.succeed(r#"{"x": 5}"#, 1.0);
    assert_eq!(output(&driver), r#"{"x":5,"both":[1,{"x":5}],"no":false}"#);
}

#[test]
fn without_output_a_result_goes_on_as_it_was_written() {
    let states = format!(
        r#""A":{{"Type":"Task","Resource":"{LAMBDA}","Next":"B"}},"B":{{"Type":"Choice","Default":"C","Choices":[{{"Condition":false,"Next":"C"}}]}},"C":{{"Type":"Succeed"}}"#
    );
    let mut driver = start(&states, "{ }");
    assert_eq!(&*driver.requests[0].input, "{ }");
    driver.succeed("[1, 2.0]", 0.0);
    assert_eq!(output(&driver), "[1, 2.0]");
}

#[test]
fn a_failed_evaluation_is_an_error_like_others() {
    let states = format!(
        r#""A":{{"Type":"Task","Resource":"{LAMBDA}","Arguments":"{{% $nothing %}}","Next":"B",
             "Retry":[{{"ErrorEquals":["States.QueryEvaluationError"],"MaxAttempts":1}}],
             "Catch":[{{"ErrorEquals":["Other"],"Next":"B"}},
               {{"ErrorEquals":["States.ALL"],"Assign":{{"e":"{{% $states.errorOutput.Error %}}"}},"Output":"{{% $states.input %}}","Next":"B"}}]}},
           "B":{{"Type":"Pass","Output":"{{% [$states.input, $e] %}}","End":true}}"#
    );
    let mut driver = start(&states, "7");
    assert_eq!(driver.execution.next_wake(), Some(at(1.0)), "it is tried again");
    driver.wake(1.0);
    assert_eq!(output(&driver), r#"[7,"States.QueryEvaluationError"]"#);
    insta::assert_snapshot!(evaluations(&driver), @"
    3 0 Arguments States.QueryEvaluationError: The JSONata expression '$nothing' specified for the field 'Arguments' returned nothing (undefined).
    4 3 Arguments States.QueryEvaluationError: The JSONata expression '$nothing' specified for the field 'Arguments' returned nothing (undefined).
    ");
}

#[test]
fn a_catcher_does_not_catch_its_own_evaluation() {
    let states = format!(
        r#""A":{{"Type":"Task","Resource":"{LAMBDA}","Next":"B",
             "Catch":[{{"ErrorEquals":["States.ALL"],"Output":{{"x":"{{% $nothing %}}"}},"Next":"B"}}]}},"B":{{"Type":"Succeed"}}"#
    );
    let mut driver = start(&states, "{}");
    driver.fail("Oops", 0.0);
    insta::assert_snapshot!(evaluations(&driver), @"
    6 5 Catch[0]/Output/x States.QueryEvaluationError: The JSONata expression '$nothing' specified for the field 'Catch[0]/Output/x' returned nothing (undefined).
    7 6 failed States.QueryEvaluationError: The JSONata expression '$nothing' specified for the field 'Catch[0]/Output/x' returned nothing (undefined).
    ");
}

#[test]
fn every_field_says_what_it_needs() {
    let choice = |rule: &str| {
        let rule = format!(r#"{{"Condition":false,"Next":"B"}},{{{rule},"Next":"B"}}"#);
        start(&format!(r#""A":{{"Type":"Choice","Choices":[{rule}]}},"B":{{"Type":"Succeed"}}"#), "{}")
    };
    let wait = |until: &str| start(&format!(r#""A":{{"Type":"Wait",{until},"End":true}}"#), "{}");
    let task = |field: &str| {
        let states = format!(r#""A":{{"Type":"Task","Resource":"{LAMBDA}",{field},"End":true}}"#);
        start(&states, "{}")
    };
    let drivers = [
        choice(r#""Condition":"{% 1 %}""#),
        choice(r#""Condition":true,"Assign":{"a":["{% $b %}"]}"#),
        wait(r#""Seconds":"{% 'soon' %}""#),
        wait(r#""Seconds":"{% -1 %}""#),
        wait(r#""Seconds":"{% 1.5 %}""#),
        wait(r#""Timestamp":"{% 'soon' %}""#),
        task(r#""TimeoutSeconds":"{% null %}""#),
        task(r#""HeartbeatSeconds":"{% 1e9 %}""#),
        task(r#""Credentials":{"RoleArn":"{% {} %}"}"#),
        start(r#""A":{"Type":"Fail","Error":"{% 5 %}"}"#, "{}"),
    ];
    let said: String =
        drivers.iter().map(|driver| evaluations(driver).lines().next().unwrap().to_owned() + "\n").collect();
    insta::assert_snapshot!(said, @r#"
    3 0 Choices[1]/Condition States.QueryEvaluationError: The JSONata expression '1' specified for the field 'Choices[1]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1
    3 0 Choices[1]/Assign/a[0] States.QueryEvaluationError: The JSONata expression '$b' specified for the field 'Choices[1]/Assign/a[0]' returned nothing (undefined).
    3 0 Seconds States.QueryEvaluationError: The JSONata expression ''soon'' specified for the field 'Seconds' returned an unexpected result type. Expected 'number', but was 'string' for value: "soon"
    3 0 Seconds States.QueryEvaluationError: Seconds must be between 0 and 99999999 but was: -1
    3 0 Seconds States.QueryEvaluationError: The Seconds field cannot be parsed as an integer: 1.5
    3 0 Timestamp States.QueryEvaluationError: The JSONata expression ''soon'' specified for the field 'Timestamp' returned an unexpected result type. Expected 'timestamp', but was 'string' for value: "soon"
    3 0 TimeoutSeconds States.QueryEvaluationError: The JSONata expression 'null' specified for the field 'TimeoutSeconds' returned an unexpected result type. Expected 'number', but was 'null' for value: null
    3 0 HeartbeatSeconds States.QueryEvaluationError: HeartbeatSeconds must be between 1 and 99999999 but was: 1000000000
    3 0 Credentials/RoleArn States.QueryEvaluationError: The JSONata expression '{}' specified for the field 'Credentials/RoleArn' returned an unexpected result type. Expected 'string', but was 'object' for value: {}
    3 0 Error States.QueryEvaluationError: The JSONata expression '5' specified for the field 'Error' returned an unexpected result type. Expected 'string', but was 'number' for value: 5
    "#);
}

#[test]
fn a_fail_state_and_a_wait_compute() {
    let states = r#""A":{"Type":"Wait","Seconds":"{% $states.input.s %}","Output":"{% $states.input.e %}","Next":"B"},
        "B":{"Type":"Fail","Error":"{% $states.input %}","Cause":"{% 'it was ' & $states.input %}"}"#;
    let mut driver = start(states, r#"{"s":3,"e":"Oops"}"#);
    driver.wake(3.0);
    assert!(driver.short().ends_with(" 3  5  4 ExecutionFailed Oops | it was Oops\n"), "{}", driver.short());
}

#[test]
fn a_choice_without_a_way_on_fails() {
    let states = r#""A":{"Type":"Choice","Choices":[{"Condition":"{% false %}","Next":"B"}]},"B":{"Type":"Succeed"}"#;
    insta::assert_snapshot!(evaluations(&start(states, "{}")), @"3 2 failed States.Runtime: Failed to transition out of the state. The state does not point to a next state.");
}

#[test]
fn a_computed_time_is_bounded_like_one_that_is_written() {
    for (field, value, cause) in [
        ("TimeoutSeconds", "0", "TimeoutSeconds must be between 1 and 99999999 but was: 0"),
        ("HeartbeatSeconds", "-1", "HeartbeatSeconds must be between 1 and 99999999 but was: -1"),
        ("TimeoutSeconds", "1e8", "TimeoutSeconds must be between 1 and 99999999 but was: 100000000"),
        ("TimeoutSeconds", "1.5", "The TimeoutSeconds field cannot be parsed as an integer: 1.5"),
    ] {
        let states = format!(r#""A":{{"Type":"Task","Resource":"{LAMBDA}","{field}":"{{% {value} %}}","End":true}}"#);
        let driver = Driver::start(machine(&states), "{}");
        let Some(asl::Outcome::Failed(failure)) = driver.outcome else { panic!("{field} {value}") };
        assert!(failure.cause.unwrap().ends_with(cause), "{field} {value}");
    }
}
