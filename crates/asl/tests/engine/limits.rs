//! The quotas, and inputs made to break the engine.

use asl::{Execution, MAX_EVENTS, MAX_PAYLOAD_BYTES, Outcome, StartError};

use crate::drive::{Driver, LAMBDA, machine, start};

const LOOP: &str = r#""A":{"Type":"Pass","Next":"B"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$","IsPresent":true,"Next":"A"}],"Default":"C"},"C":{"Type":"Succeed"}"#;

#[test]
fn an_endless_loop_ends_at_the_last_event() {
    let driver = Driver::start(machine(LOOP), "{}");
    assert_eq!(driver.history.len() as u64, MAX_EVENTS);
    insta::assert_snapshot!(driver.short().lines().last().unwrap(), @"    0 25000 24999 ExecutionFailed States.Runtime | The execution reached the maximum number of history events (25000).");
}

#[test]
fn a_payload_that_nests_ever_deeper_ends_the_execution() {
    let deeper = LOOP.replacen(r#""Next":"B""#, r#""Parameters":{"in.$":"$"},"Next":"B""#, 1);
    let driver = Driver::start(machine(&deeper), "{}");
    assert!(
        matches!(&driver.outcome, Some(Outcome::Failed(failure)) if failure.cause.as_deref().unwrap().contains("nests deeper"))
    );
}

#[test]
fn a_result_over_the_quota_is_an_error_of_the_task() {
    let catch = r#""Catch":[{"ErrorEquals":["States.DataLimitExceeded"],"Next":"B"}]"#;
    let states =
        format!(r#""A":{{"Type":"Task","Resource":"{LAMBDA}",{catch},"End":true}},"B":{{"Type":"Pass","End":true}}"#);
    let mut driver = Driver::start(machine(&states), "{}");
    driver.succeed(&format!("\"{}\"", "a".repeat(MAX_PAYLOAD_BYTES)), 0.0);
    assert!(driver.short().contains("LambdaFunctionFailed"));
    assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })));
}

/// AWS's text, quoted by others.
#[test]
fn a_resource_of_another_partition_fails_when_it_is_reached() {
    let function = r#""Resource":"arn:aws-cn:lambda:cn-north-1:000000000000:function:f""#;
    let call = r#""Resource":"arn:aws-cn:states:::states:startExecution","Parameters":{"StateMachineArn":"a"}"#;
    for task in [function, call] {
        let driver = Driver::start(machine(&format!(r#""A":{{"Type":"Task",{task},"End":true}}"#)), "{}");
        let Some(Outcome::Failed(failure)) = &driver.outcome else { panic!("{:?}", driver.outcome) };
        assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
        let cause = "The resource belongs to a different partition from the running execution.";
        assert!(failure.cause.as_deref().unwrap().ends_with(cause), "{failure:?}");
    }
}

#[test]
fn an_input_must_be_json_and_fit() {
    let begin =
        |input: String| Execution::start(&machine(r#""A":{"Type":"Succeed"}"#), start(&input).build()).map(|_| ());
    assert_eq!(begin("\"".to_owned() + &"a".repeat(MAX_PAYLOAD_BYTES - 2) + "\""), Ok(()));
    assert!(matches!(begin("a".repeat(MAX_PAYLOAD_BYTES + 1)), Err(StartError::InputTooLarge { .. })));
    assert!(matches!(begin("{".into()), Err(StartError::InputNotJson { .. })));
    assert!(matches!(begin("[".repeat(10_000)), Err(StartError::InputNotJson { .. })));
}

#[test]
fn a_waiting_execution_is_small() {
    let wait = machine(r#""A":{"Type":"Wait","Seconds":60,"End":true}"#);
    let driver = Driver::start(wait, r#"{"taskName":"taskone","trigger_date":"2026-01-01T00:00:00.000Z"}"#);
    let stored = serde_json::to_vec(&driver.execution).unwrap().len();
    assert!(stored <= 1024, "{stored} bytes");
}

#[test]
fn a_template_that_repeats_its_input_stops_at_the_quota() {
    let fields: Vec<String> = (0..2000).map(|i| format!(r#""f{i}.$":"$""#)).collect();
    let calls = format!(r#""f.$":"States.Array({})""#, vec!["$"; 2000].join(","));
    for parameters in [fields.join(","), calls] {
        let states = format!(r#""A":{{"Type":"Pass","Parameters":{{{parameters}}},"End":true}}"#);
        let input = format!("\"{}\"", "a".repeat(200_000));
        let driver = Driver::start(machine(&states), &input);
        assert!(matches!(driver.outcome, Some(Outcome::Failed(_))));
    }
}
