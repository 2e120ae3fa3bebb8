//! Waiting, and running out of time.

use asl::{Input, Outcome, StateMachine};

use crate::drive::{Driver, at, machine};

fn wait(field: &str) -> StateMachine {
    machine(&format!(r#""A":{{"Type":"Wait",{field},"End":true}}"#))
}

#[test]
fn a_wait_is_never_early() {
    let mut driver = Driver::start(wait(r#""Timestamp":"2026-01-01T00:00:10Z""#), "{}");
    assert_eq!(driver.execution.next_wake(), Some(at(10.0)));
    for early in [0.5, 9.0, 9.999] {
        driver.wake(early);
        assert_eq!(driver.outcome, None);
    }
    driver.wake(10.0);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: "{}".into() }));
    assert_eq!(driver.execution.next_wake(), None);
}

#[test]
fn all_four_forms_wait() {
    let forms = [
        (r#""Seconds":10"#, "{}"),
        (r#""SecondsPath":"$.s""#, r#"{"s":10}"#),
        (r#""Timestamp":"2026-01-01T00:00:10Z""#, "{}"),
        (r#""TimestampPath":"$.t""#, r#"{"t":"2026-01-01T00:00:10Z"}"#),
        (r#""TimestampPath":"$.t""#, r#"{"t":"2026-01-01T01:00:10.000000000+01:00"}"#),
        (r#""SecondsPath":"$.s""#, r#"{"s":"10"}"#),
        (r#""TimestampPath":"$.t""#, r#"{"t":"2025-12-31t23:00:10-01:00"}"#),
        (r#""TimestampPath":"$$.Execution.Input""#, r#""2026-01-01T00:00:10+00:00""#),
    ];
    for (form, input) in forms {
        let driver = Driver::start(wait(form), input);
        assert_eq!(driver.execution.next_wake(), Some(at(10.0)), "{form} {input}");
        assert_eq!(driver.execution.current_states().collect::<Vec<_>>(), [("A", Some(at(10.0)))]);
    }
}

#[test]
fn a_fraction_of_a_second_is_waited_for() {
    let mut driver = Driver::start(wait(r#""TimestampPath":"$.t""#), r#"{"t":"2026-01-01T00:00:10.250Z"}"#);
    driver.wake(10.249);
    assert_eq!(driver.outcome, None, "no wait is ever early");
    driver.wake(10.25);
    assert!(driver.outcome.is_some());
}

#[test]
fn what_is_past_does_not_wait() {
    for (form, input) in [
        (r#""Seconds":0"#, "{}"),
        (r#""Timestamp":"2017-11-16T14:33:21Z""#, "{}"),
        (r#""TimestampPath":"$.t""#, r#"{"t":"2025-12-31T23:59:59.900Z"}"#),
    ] {
        let driver = Driver::start(wait(form), input);
        assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })), "{form} {input}");
    }
}

#[test]
fn a_wait_says_what_is_wrong_with_its_input() {
    let last = |form: &str, input: &str| Driver::start(wait(form), input).short().lines().last().unwrap().to_owned();
    insta::assert_snapshot!(last(r#""SecondsPath":"$.s""#, "{}"), @"    0  3  2 ExecutionFailed States.Runtime | An error occurred while executing the state 'A' (entered at the event id #2). The SecondsPath parameter does not reference an input value: $.s");
    insta::assert_snapshot!(last(r#""SecondsPath":"$.s""#, r#"{"s":-1}"#), @"    0  3  2 ExecutionFailed States.Runtime | An error occurred while executing the state 'A' (entered at the event id #2). The SecondsPath parameter references a negative value: $.s == -1");
    insta::assert_snapshot!(last(r#""SecondsPath":"$.s""#, r#"{"s":"ten"}"#), @r#"    0  3  2 ExecutionFailed States.Runtime | An error occurred while executing the state 'A' (entered at the event id #2). The SecondsPath parameter cannot be parsed as a long value: $.s == "ten""#);
    insta::assert_snapshot!(last(r#""SecondsPath":"$.s""#, r#"{"s":18446744073709551615}"#), @"    0  3  2 ExecutionFailed States.Runtime | An error occurred while executing the state 'A' (entered at the event id #2). Wait state delay is too long.");
    insta::assert_snapshot!(last(r#""TimestampPath":"$.t""#, r#"{"t":"tomorrow"}"#), @"    0  3  2 ExecutionFailed States.Runtime | An error occurred while executing the state 'A' (entered at the event id #2). The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == tomorrow");
}

#[test]
fn the_execution_runs_out_of_time() {
    let definition = r#"{"StartAt":"A","TimeoutSeconds":3,"States":{"A":{"Type":"Wait","Seconds":25,"End":true}}}"#;
    let mut driver = Driver::start(StateMachine::parse(definition).unwrap(), "{}");
    assert_eq!(driver.execution.next_wake(), Some(at(3.0)));
    driver.wake(3.0);
    assert_eq!(driver.outcome, Some(Outcome::TimedOut));
    insta::assert_snapshot!(driver.short(), @"
        0  1  0 ExecutionStarted
        0  2  0 WaitStateEntered A
        3  3  0 ExecutionTimedOut States.Timeout | -
    ");
}

#[test]
fn without_a_timeout_a_year_is_the_limit() {
    let mut driver = Driver::start(wait(r#""TimestampPath":"$.t""#), r#"{"t":"2036-01-01T00:00:00Z"}"#);
    let year_s = 365.0 * 86_400.0;
    assert_eq!(driver.execution.next_wake(), Some(at(year_s)));
    driver.wake(year_s);
    assert_eq!(driver.outcome, Some(Outcome::TimedOut));
}

#[test]
fn a_late_wake_keeps_the_order_of_the_timers() {
    let definition = r#"{"StartAt":"A","TimeoutSeconds":60,"States":{
        "A":{"Type":"Wait","Seconds":10,"Next":"B"},"B":{"Type":"Wait","Seconds":10,"End":true}}}"#;
    let mut driver = Driver::start(StateMachine::parse(definition).unwrap(), "{}");
    driver.wake(100.0);
    insta::assert_snapshot!(driver.short(), @"
        0  1  0 ExecutionStarted
        0  2  0 WaitStateEntered A
      100  3  2 WaitStateExited {}
      100  4  3 WaitStateEntered B
      100  5  0 ExecutionTimedOut States.Timeout | -
    ");
}

#[test]
fn the_history_never_goes_back_in_time() {
    let mut driver = Driver::start(wait(r#""Seconds":10"#), "{}");
    driver.wake(5.0);
    driver.give(Input::Stop { error: None, cause: None }, 2.0);
    assert!(driver.history.is_sorted_by_key(|event| event.timestamp));
    assert_eq!(driver.history.last().unwrap().timestamp, at(5.0));
}
