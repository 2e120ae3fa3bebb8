//! Retry and Catch.

use asl::Outcome;

use crate::drive::{Driver, LAMBDA, at, machine};

fn task(more: &str) -> Driver {
    let caught = if more.contains("Catch") { r#","B":{"Type":"Pass","End":true}"# } else { "" };
    let states = format!(r#""A":{{"Type":"Task","Resource":"{LAMBDA}",{more},"End":true}}{caught}"#);
    Driver::start(machine(&states), r#"{"x": 1}"#)
}

const CATCH: &str = r#""Catch":[{"ErrorEquals":["States.ALL"],"ResultPath":"$.e","Next":"B"}]"#;

#[test]
fn attempts_are_spaced_and_counted() {
    let retry = r#""Retry":[{"ErrorEquals":["Oops"],"IntervalSeconds":2,"MaxAttempts":2,"BackoffRate":3}]"#;
    let mut driver = task(&format!("{retry},{CATCH}"));
    driver.fail("Oops", 1.0);
    assert_eq!(driver.execution.next_wake(), Some(at(3.0)));
    driver.wake(3.0);
    driver.fail("Oops", 4.0);
    assert_eq!(driver.execution.next_wake(), Some(at(10.0)));
    driver.wake(10.0);
    driver.fail("Oops", 11.0);
    let attempts: Vec<_> = driver.requests.iter().map(|request| (request.task.0, request.attempt)).collect();
    assert_eq!(attempts, [(1, 0), (2, 1), (3, 2)]);
    insta::assert_snapshot!(driver.short(), @r#"
        0  1  0 ExecutionStarted
        0  2  0 TaskStateEntered A
        0  3  2 LambdaFunctionScheduled
        1  4  3 LambdaFunctionStarted
        1  5  4 LambdaFunctionFailed
        3  6  5 LambdaFunctionScheduled
        4  7  6 LambdaFunctionStarted
        4  8  7 LambdaFunctionFailed
       10  9  8 LambdaFunctionScheduled
       11 10  9 LambdaFunctionStarted
       11 11 10 LambdaFunctionFailed
       11 12 11 TaskStateExited {"x":1,"e":{"Error":"Oops","Cause":"because"}}
       11 13 12 PassStateEntered B
       11 14 13 PassStateExited {"x":1,"e":{"Error":"Oops","Cause":"because"}}
       11 15 14 ExecutionSucceeded {"x":1,"e":{"Error":"Oops","Cause":"because"}}
    "#);
}

#[test]
fn every_retrier_counts_for_itself() {
    let retry = r#""Retry":[{"ErrorEquals":["One"],"MaxAttempts":1},{"ErrorEquals":["States.ALL"],"MaxAttempts":1}]"#;
    let mut driver = task(retry);
    driver.fail("One", 0.0);
    driver.wake(10.0);
    driver.fail("Two", 10.0);
    driver.wake(20.0);
    assert_eq!(driver.requests.last().unwrap().attempt, 2);
    driver.fail("One", 20.0);
    assert!(matches!(&driver.outcome, Some(Outcome::Failed(failure)) if failure.error.as_deref() == Some("One")));
}

#[test]
fn jitter_comes_from_the_seed() {
    let retry = r#""Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":100,"JitterStrategy":"FULL"}]"#;
    let due = || {
        let mut driver = task(retry);
        driver.fail("Oops", 0.0);
        driver.execution.next_wake().unwrap()
    };
    assert_eq!(due(), due());
    assert!(due() <= at(100.0) && due() >= at(0.0));
}

#[test]
fn a_runtime_error_is_not_caught() {
    let mut driver = task(&format!(r#""OutputPath":"$.nowhere",{CATCH}"#));
    driver.succeed("{}", 0.0);
    assert!(
        matches!(&driver.outcome, Some(Outcome::Failed(failure)) if failure.error.as_deref() == Some("States.Runtime"))
    );
}

#[test]
fn a_runtime_error_that_a_task_reports_is_neither_retried_nor_caught() {
    let retry = r#""Retry":[{"ErrorEquals":["States.ALL"]}]"#;
    let catch = r#""Catch":[{"ErrorEquals":["States.Runtime"],"Next":"B"},{"ErrorEquals":["States.ALL"],"Next":"B"}]"#;
    let mut driver = task(&format!("{retry},{catch}"));
    driver.fail("States.Runtime", 0.0);
    assert!(
        matches!(&driver.outcome, Some(Outcome::Failed(failure)) if failure.error.as_deref() == Some("States.Runtime"))
    );
}

#[test]
fn a_result_path_that_does_not_fit_is_caught() {
    let mut driver =
        task(r#""ResultPath":"$.x.y","Catch":[{"ErrorEquals":["States.ReferencePathConflict"],"Next":"B"}]"#);
    driver.succeed("{}", 0.0);
    insta::assert_snapshot!(driver.short().lines().last().unwrap(), @r#"    0  9  8 ExecutionSucceeded {"Error":"States.ReferencePathConflict","Cause":"Unable to apply step \"x\" to input {\"x\": 1}"}"#);
}
