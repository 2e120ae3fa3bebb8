//! Redrive: what had not finished runs again, and nothing else.

use asl::{Input, Outcome, TaskId};

use crate::drive::{Driver, LAMBDA, at, machine};

fn task(name: &str, more: &str) -> String {
    format!(r#""{name}":{{"Type":"Task","Resource":"{LAMBDA}",{more}}}"#)
}

fn flow(name: &str, state: &str) -> String {
    format!(r#"{{"StartAt":"{name}","States":{{{state}}}}}"#)
}

fn begin(driver: &mut Driver, task: u64, seconds: f64) -> TaskId {
    let task = TaskId(task);
    driver.give(Input::TaskStarted { task, worker_name: None }, seconds);
    task
}

fn succeed(driver: &mut Driver, task: u64, output: &str, seconds: f64) {
    let task = begin(driver, task, seconds);
    driver.give(Input::TaskSucceeded { task, output: output.into() }, seconds);
}

fn fail(driver: &mut Driver, task: u64, seconds: f64) {
    let task = begin(driver, task, seconds);
    driver.give(Input::TaskFailed { task, error: Some("Oops".into()), cause: None }, seconds);
}

fn output(driver: &Driver) -> &str {
    match &driver.outcome {
        Some(Outcome::Succeeded { output }) => output,
        other => panic!("{other:?}"),
    }
}

/// The lines of a history from the redrive on.
fn from_redrive(driver: &Driver) -> String {
    let short = driver.short();
    short[short.find("ExecutionRedriven").and_then(|at| short[..at].rfind('\n')).unwrap() + 1..].to_owned()
}

#[test]
fn a_task_that_failed_is_scheduled_again_and_what_came_before_is_not() {
    let pass = r#""A":{"Type":"Pass","Result":{"n":1},"Assign":{"x":5},"Next":"B"},"#;
    let definition = format!("{pass}{}", task("B", r#""End":true,"Parameters":{"x.$":"$x","n.$":"$.n"}"#));
    let mut driver = Driver::start(machine(&definition), "{}");
    driver.fail("Oops", 1.0);
    driver.redrive(60.0);
    assert_eq!(&*driver.requests[1].input, r#"{"x":5,"n":1}"#);
    driver.succeed("7", 61.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 PassStateEntered A
    0  3  2 PassStateExited {"n":1}
    0  4  3 TaskStateEntered B
    0  5  4 LambdaFunctionScheduled
    1  6  5 LambdaFunctionStarted
    1  7  6 LambdaFunctionFailed
    1  8  7 ExecutionFailed Oops | because
   60  9  8 ExecutionRedriven
   60 10  4 LambdaFunctionScheduled
   61 11 10 LambdaFunctionStarted
   61 12 11 LambdaFunctionSucceeded
   61 13 12 TaskStateExited 7
   61 14 13 ExecutionSucceeded 7
    "#);
}

#[test]
fn the_context_says_how_often_and_when() {
    let context = r#""Parameters":{"count.$":"$$.Execution.RedriveCount","all.$":"$$.Execution"},"#;
    let definition = task("A", &format!(r#"{context}"End":true"#));
    let mut driver = Driver::start(machine(&definition), "{}");
    assert!(!driver.requests[0].input.contains("RedriveTime"));
    for redrive in 1..3_i32 {
        driver.fail("Oops", f64::from(redrive) * 10.0);
        driver.redrive(f64::from(redrive) * 10.0 + 1.0);
    }
    assert!(driver.requests[2].input.starts_with(r#"{"count":2,"#), "{}", driver.requests[2].input);
    let time = r#""RedriveCount":2,"RedriveTime":"2026-01-01T00:00:21.000Z"}"#;
    assert!(driver.requests[2].input.contains(time), "{}", driver.requests[2].input);
    let context = driver.execution.context();
    assert_eq!((context.redrive_count, context.redrive_time), (Some(2), Some(at(21.0))));
}

#[test]
fn attempts_and_time_limits_count_from_the_beginning() {
    let retry = r#""TimeoutSeconds":9,"Retry":[{"ErrorEquals":["States.ALL"],"MaxAttempts":1}],"End":true"#;
    let definition = format!(r#"{{"StartAt":"A","TimeoutSeconds":30,"States":{{{}}}}}"#, task("A", retry));
    let mut driver = Driver::start(asl::StateMachine::parse(&definition).unwrap(), "{}");
    driver.fail("Oops", 1.0);
    driver.wake(2.0);
    driver.fail("Oops", 3.0);
    driver.redrive(100.0);
    assert_eq!((driver.requests.len(), driver.requests[2].attempt), (3, 0));
    driver.fail("Oops", 101.0);
    driver.wake(102.0);
    assert_eq!(driver.requests.len(), 4, "the retrier has an attempt again");
    driver.begin(102.0);
    assert_eq!(driver.execution.next_wake(), Some(at(111.0)), "the task's own time");
    driver.wake(111.0);
    assert_eq!(driver.outcome.as_ref().map(Outcome::status), Some(asl::Status::Failed));
    driver.redrive(200.0);
    driver.wake(209.0);
    driver.wake(210.0);
    driver.wake(219.0);
    driver.redrive(300.0);
    driver.begin(300.0);
    driver.give(Input::TaskHeartbeat { task: driver.requests.last().unwrap().task }, 301.0);
    assert_eq!(driver.execution.next_wake(), Some(at(309.0)), "before the execution's, at 330");
}

#[test]
fn only_the_branches_that_had_not_ended_run_again() {
    let wait = flow("C", r#""C":{"Type":"Wait","Seconds":5,"End":true}"#);
    let two = format!("{},{}", task("D", r#""Next":"E""#), task("E", r#""End":true"#));
    let branches = [flow("B", &task("B", r#""End":true"#)), wait, flow("D", &two)];
    let definition = format!(
        r#""A":{{"Type":"Parallel","Branches":[{}],"Next":"Z"}},"Z":{{"Type":"Pass","End":true}}"#,
        branches.join(",")
    );
    let mut driver = Driver::start(machine(&definition), "{}");
    succeed(&mut driver, 1, "1", 1.0);
    succeed(&mut driver, 2, "2", 1.0);
    fail(&mut driver, 3, 2.0);
    driver.redrive(10.0);
    succeed(&mut driver, 4, "3", 11.0);
    driver.wake(15.0);
    assert_eq!(output(&driver), r#"[1,{},3]"#);
    insta::assert_snapshot!(from_redrive(&driver), @r#"
   10 23 22 ExecutionRedriven
   10 24 15 LambdaFunctionScheduled
   11 25 24 LambdaFunctionStarted
   11 26 25 LambdaFunctionSucceeded
   11 27 26 TaskStateExited 3
   15 28  6 WaitStateExited {}
   15 29 28 ParallelStateSucceeded
   15 30 28 ParallelStateExited [1,{},3]
   15 31 30 PassStateEntered Z
   15 32 31 PassStateExited [1,{},3]
   15 33 32 ExecutionSucceeded [1,{},3]
    "#);
}

#[test]
fn a_failure_that_was_handled_leaves_nothing_to_run_again() {
    let catch = r#""Catch":[{"ErrorEquals":["Oops"],"Next":"Z"}],"End":true"#;
    let branches = [flow("B", &task("B", r#""End":true"#)), flow("C", &task("C", r#""End":true"#))];
    let definition = format!(
        r#""A":{{"Type":"Parallel","Branches":[{}],{catch}}},{}"#,
        branches.join(","),
        task("Z", r#""End":true"#)
    );
    let mut driver = Driver::start(machine(&definition), "{}");
    fail(&mut driver, 1, 1.0);
    fail(&mut driver, 3, 2.0);
    driver.redrive(3.0);
    assert_eq!(driver.requests.len(), 4);
    assert_eq!(&*driver.requests[3].state, "Z");
    driver.succeed("1", 4.0);
    assert_eq!(output(&driver), "1");
}

fn map(more: &str) -> String {
    let processor = flow("I", &task("I", r#""End":true"#));
    format!(r#""A":{{"Type":"Map","ItemProcessor":{processor},{more}"End":true}}"#)
}

#[test]
fn only_the_iterations_that_had_not_ended_run_again() {
    let mut driver = Driver::start(machine(&map(r#""MaxConcurrency":2,"#)), "[10,20,30,40]");
    succeed(&mut driver, 1, "1", 1.0);
    fail(&mut driver, 2, 2.0);
    driver.redrive(10.0);
    let inputs =
        |driver: &Driver| driver.requests[3..].iter().map(|request| request.input.to_string()).collect::<Vec<_>>();
    assert_eq!(inputs(&driver), ["20", "30"]);
    succeed(&mut driver, 4, "2", 11.0);
    assert_eq!(inputs(&driver), ["20", "30", "40"]);
    succeed(&mut driver, 5, "3", 12.0);
    succeed(&mut driver, 6, "4", 13.0);
    assert_eq!(output(&driver), "[1,2,3,4]");
    insta::assert_snapshot!(from_redrive(&driver), @r#"
   10 24 23 ExecutionRedriven
   10 25  8 LambdaFunctionScheduled
   10 26 15 LambdaFunctionScheduled
   11 27 25 LambdaFunctionStarted
   11 28 27 LambdaFunctionSucceeded
   11 29 28 TaskStateExited 2
   11 30 29 MapIterationSucceeded
   11 31 29 MapIterationStarted
   11 32 31 TaskStateEntered I
   11 33 32 LambdaFunctionScheduled
   12 34 26 LambdaFunctionStarted
   12 35 34 LambdaFunctionSucceeded
   12 36 35 TaskStateExited 3
   12 37 36 MapIterationSucceeded
   13 38 33 LambdaFunctionStarted
   13 39 38 LambdaFunctionSucceeded
   13 40 39 TaskStateExited 4
   13 41 40 MapIterationSucceeded
   13 42 41 MapStateSucceeded
   13 43 41 MapStateExited [1,2,3,4]
   13 44 43 ExecutionSucceeded [1,2,3,4]
    "#);
}

#[test]
fn an_item_that_could_not_be_selected_is_selected_again() {
    let selector = r#""MaxConcurrency":1,"ItemSelector":{"v.$":"$$.Map.Item.Value.v"},"#;
    let mut driver = Driver::start(machine(&map(selector)), r#"[{"v":1},{"w":2}]"#);
    succeed(&mut driver, 1, "1", 1.0);
    assert!(driver.outcome.is_some());
    driver.redrive(2.0);
    assert_eq!(driver.requests.len(), 1, "what has succeeded does not run again");
    assert_eq!(driver.outcome.as_ref().map(Outcome::status), Some(asl::Status::Failed));
}

#[test]
fn a_fail_state_is_entered_again_and_a_choice_is_made_again() {
    let mut driver = Driver::start(machine(r#""A":{"Type":"Fail","Error":"No"}"#), "{}");
    driver.redrive(1.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 FailStateEntered A
    0  3  2 ExecutionFailed No | -
    1  4  3 ExecutionRedriven
    1  5  0 FailStateEntered A
    1  6  5 ExecutionFailed No | -
    "#);
    let choice = r#""A":{"Type":"Choice","Choices":[{"Variable":"$$.Execution.RedriveCount","NumericEquals":1,"Next":"B"}]},
        "B":{"Type":"Succeed"}"#;
    let mut driver = Driver::start(machine(choice), "{}");
    driver.redrive(1.0);
    insta::assert_snapshot!(from_redrive(&driver), @r#"
    1  4  3 ExecutionRedriven
    1  5  2 ChoiceStateExited {}
    1  6  5 SucceedStateEntered B
    1  7  6 SucceedStateExited {}
    1  8  7 ExecutionSucceeded {}
    "#);
}

#[test]
fn a_wait_that_was_stopped_goes_on_until_its_moment() {
    let until = r#""A":{"Type":"Wait","TimestampPath":"$.t","End":true}"#;
    let mut driver = Driver::start(machine(until), r#"{"t":"2026-01-01T00:01:00Z"}"#);
    driver.give(Input::Stop { error: None, cause: None }, 1.0);
    driver.redrive(2.0);
    assert_eq!(driver.execution.next_wake(), Some(at(60.0)));
    driver.give(Input::Stop { error: None, cause: None }, 3.0);
    driver.redrive(61.0);
    assert!(driver.outcome.is_some(), "its moment has passed");
    insta::assert_snapshot!(from_redrive(&driver), @r#"
    2  4  3 ExecutionRedriven
    3  5  0 ExecutionAborted - | -
   61  6  5 ExecutionRedriven
   61  7  2 WaitStateExited {"t":"2026-01-01T00:01:00Z"}
   61  8  7 ExecutionSucceeded {"t":"2026-01-01T00:01:00Z"}
    "#);
}

#[test]
fn what_can_not_be_redriven_says_why() {
    let mut driver = Driver::start(machine(&task("A", r#""End":true"#)), "{}");
    let refused = |driver: &mut Driver, seconds: f64| {
        let before = driver.execution.clone();
        let refused = driver.execution.redrive(&driver.machine, at(seconds)).unwrap_err();
        assert_eq!(driver.execution, before);
        refused.to_string()
    };
    insta::assert_snapshot!(refused(&mut driver, 1.0), @"Execution is RUNNING and cannot be redriven");
    driver.fail("Oops", 1.0);
    assert_eq!(driver.execution.check_redrivable(at(2.0)), Ok(()));
    insta::assert_snapshot!(refused(&mut driver, 365.0 * 86_400.0), @"Execution has exceeded the max execution time");
    let other = flow("X", r#""X":{"Type":"Succeed"}"#);
    let other = asl::StateMachine::parse(&other).unwrap();
    let wrong = driver.execution.clone().redrive(&other, at(2.0)).unwrap_err();
    insta::assert_snapshot!(wrong, @"the execution was in state 'A', which the given state machine does not have in this form");
    driver.redrive(2.0);
    driver.succeed("1", 3.0);
    insta::assert_snapshot!(refused(&mut driver, 4.0), @"Execution is SUCCEEDED and cannot be redriven");
}

#[test]
fn a_history_without_room_for_two_more_events_is_not_redriven() {
    let choice = r#"{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"C"}],"Default":"A"}"#;
    let definition = format!(r#""A":{{"Type":"Pass","Next":"B"}},"B":{choice},"C":{{"Type":"Succeed"}}"#);
    let mut driver = Driver::start(machine(&definition), "{}");
    assert!(driver.outcome.is_some());
    let refused = driver.execution.redrive(&driver.machine, at(1.0)).unwrap_err();
    insta::assert_snapshot!(refused, @"Execution history event limit exceeded");
}
