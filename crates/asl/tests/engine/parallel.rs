//! Parallel states and inline Map states: order, failure, timers and stopping over the whole tree.

use asl::{Input, Outcome, TaskId};

use crate::drive::{Driver, LAMBDA, at, machine};

fn branch(name: &str, state: &str) -> String {
    format!(r#"{{"StartAt":"{name}","States":{{"{name}":{{{state},"End":true}}}}}}"#)
}

fn parallel(branches: &[String], more: &str) -> Driver {
    let states = format!(
        r#""A":{{"Type":"Parallel","Branches":[{}],{more}"Next":"Z"}},"Z":{{"Type":"Pass","End":true}}"#,
        branches.join(",")
    );
    Driver::start(machine(&states), r#"{"x": 1}"#)
}

fn lambda() -> String {
    format!(r#""Type":"Task","Resource":"{LAMBDA}""#)
}

const WAIT: &str = r#""Type":"Wait","Seconds":5"#;

fn begin(driver: &mut Driver, task: u64, seconds: f64) {
    driver.give(Input::TaskStarted { task: TaskId(task), worker_name: None }, seconds);
}

fn succeed(driver: &mut Driver, task: u64, output: &str, seconds: f64) {
    begin(driver, task, seconds);
    driver.give(Input::TaskSucceeded { task: TaskId(task), output: output.into() }, seconds);
}

fn fail(driver: &mut Driver, task: u64, seconds: f64) {
    begin(driver, task, seconds);
    driver.give(Input::TaskFailed { task: TaskId(task), error: Some("Oops".into()), cause: None }, seconds);
}

#[test]
fn branches_end_in_any_order_and_give_results_in_theirs() {
    let mut driver = parallel(&[branch("B", &lambda()), branch("C", WAIT), branch("D", &lambda())], "");
    succeed(&mut driver, 2, "\"second\"", 1.0);
    assert_eq!(driver.execution.next_wake(), Some(at(5.0)));
    driver.wake(5.0);
    assert_eq!(driver.execution.current_states().count(), 2);
    succeed(&mut driver, 1, "[1,  1]", 6.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 ParallelStateEntered A
    0  3  2 ParallelStateStarted
    0  4  3 TaskStateEntered B
    0  5  4 LambdaFunctionScheduled
    0  6  3 WaitStateEntered C
    0  7  3 TaskStateEntered D
    0  8  7 LambdaFunctionScheduled
    1  9  8 LambdaFunctionStarted
    1 10  9 LambdaFunctionSucceeded
    1 11 10 TaskStateExited "second"
    5 12  6 WaitStateExited {"x": 1}
    6 13  5 LambdaFunctionStarted
    6 14 13 LambdaFunctionSucceeded
    6 15 14 TaskStateExited [1,  1]
    6 16 15 ParallelStateSucceeded
    6 17 15 ParallelStateExited [[1,  1],{"x": 1},"second"]
    6 18 17 PassStateEntered Z
    6 19 18 PassStateExited [[1,  1],{"x": 1},"second"]
    6 20 19 ExecutionSucceeded [[1,  1],{"x": 1},"second"]
    "#);
}

#[test]
fn one_failing_branch_aborts_the_others() {
    let inner = format!(r#""Type":"Parallel","Branches":[{},{}]"#, branch("E", WAIT), branch("F", &lambda()));
    let map = format!(
        r#""Type":"Map","ItemsPath":"$$.Execution.Input.items","ItemProcessor":{}"#,
        branch("H", r#""Type":"Wait","Seconds":9"#)
    );
    let catch = r#""Catch":[{"ErrorEquals":["Oops"],"Next":"Z"}],"#;
    let branches = [branch("B", WAIT), branch("C", &lambda()), branch("D", &inner), branch("G", &map)];
    let states = format!(
        r#""A":{{"Type":"Parallel","Branches":[{}],{catch}"Next":"Z"}},"Z":{{"Type":"Pass","End":true}}"#,
        branches.join(",")
    );
    let mut driver = Driver::start(machine(&states), r#"{"items":[1,2]}"#);
    fail(&mut driver, 1, 1.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 ParallelStateEntered A
    0  3  2 ParallelStateStarted
    0  4  3 WaitStateEntered B
    0  5  3 TaskStateEntered C
    0  6  5 LambdaFunctionScheduled
    0  7  3 ParallelStateEntered D
    0  8  7 ParallelStateStarted
    0  9  8 WaitStateEntered E
    0 10  8 TaskStateEntered F
    0 11 10 LambdaFunctionScheduled
    0 12  3 MapStateEntered G
    0 13 12 MapStateStarted
    0 14 13 MapIterationStarted
    0 15 13 MapIterationStarted
    0 16 14 WaitStateEntered H
    0 17 15 WaitStateEntered H
    1 18  6 LambdaFunctionStarted
    1 19 18 LambdaFunctionFailed
    1 20 19 WaitStateAborted
    1 21 19 TaskStateAborted
    1 22 19 ParallelStateAborted
    1 23 19 WaitStateAborted
    1 24 19 TaskStateAborted
    1 25 19 MapStateAborted
    1 26 19 MapIterationAborted
    1 27 19 WaitStateAborted
    1 28 19 MapIterationAborted
    1 29 19 WaitStateAborted
    1 30 19 ParallelStateFailed
    1 31 30 ParallelStateExited {"Error":"Oops","Cause":null}
    1 32 31 PassStateEntered Z
    1 33 32 PassStateExited {"Error":"Oops","Cause":null}
    1 34 33 ExecutionSucceeded {"Error":"Oops","Cause":null}
    "#);
    assert_eq!(driver.cancelled, [TaskId(2)]);
    assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })));
}

#[test]
fn a_retried_state_begins_all_its_branches_again() {
    let retry = r#""Retry":[{"ErrorEquals":["Oops"],"IntervalSeconds":2,"MaxAttempts":1}],"#;
    let mut driver = parallel(&[branch("B", &lambda()), branch("C", &lambda())], retry);
    succeed(&mut driver, 2, "2", 1.0);
    fail(&mut driver, 1, 1.0);
    assert_eq!(driver.execution.next_wake(), Some(at(3.0)));
    driver.wake(3.0);
    succeed(&mut driver, 3, "3", 4.0);
    succeed(&mut driver, 4, "4", 4.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 ParallelStateEntered A
    0  3  2 ParallelStateStarted
    0  4  3 TaskStateEntered B
    0  5  4 LambdaFunctionScheduled
    0  6  3 TaskStateEntered C
    0  7  6 LambdaFunctionScheduled
    1  8  7 LambdaFunctionStarted
    1  9  8 LambdaFunctionSucceeded
    1 10  9 TaskStateExited 2
    1 11  5 LambdaFunctionStarted
    1 12 11 LambdaFunctionFailed
    1 13 12 TaskStateAborted
    3 14 12 ParallelStateStarted
    3 15 14 TaskStateEntered B
    3 16 15 LambdaFunctionScheduled
    3 17 14 TaskStateEntered C
    3 18 17 LambdaFunctionScheduled
    4 19 16 LambdaFunctionStarted
    4 20 19 LambdaFunctionSucceeded
    4 21 20 TaskStateExited 3
    4 22 18 LambdaFunctionStarted
    4 23 22 LambdaFunctionSucceeded
    4 24 23 TaskStateExited 4
    4 25 24 ParallelStateSucceeded
    4 26 24 ParallelStateExited [3,4]
    4 27 26 PassStateEntered Z
    4 28 27 PassStateExited [3,4]
    4 29 28 ExecutionSucceeded [3,4]
    "#);
}

#[test]
fn an_error_that_nobody_may_take_ends_the_execution_from_inside() {
    let states = format!(
        r#""A":{{"Type":"Parallel","Branches":[{},{}],"Catch":[{{"ErrorEquals":["States.ALL"],"Next":"Z"}}],"End":true}},"Z":{{"Type":"Succeed"}}"#,
        branch("B", &lambda()),
        branch("C", r#""Type":"Pass","InputPath":"$.no""#)
    );
    let driver = Driver::start(machine(&states), "{}");
    assert_eq!(driver.cancelled, [TaskId(1)]);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 ParallelStateEntered A
    0  3  2 ParallelStateStarted
    0  4  3 TaskStateEntered B
    0  5  4 LambdaFunctionScheduled
    0  6  3 PassStateEntered C
    0  7  6 ExecutionFailed States.Runtime | An error occurred while executing the state 'C' (entered at the event id #6). Invalid path '$.no' : No results for path: $['no']
    "#);
}

#[test]
fn stopping_and_time_reach_every_branch() {
    let mut driver = parallel(&[branch("B", &lambda()), branch("C", &lambda())], "");
    driver.give(Input::Stop { error: None, cause: None }, 1.0);
    assert_eq!(driver.cancelled, [TaskId(1), TaskId(2)]);
    assert_eq!(driver.execution.next_wake(), None);

    let timed = branch("B", &format!(r#"{},"TimeoutSeconds":3"#, lambda()));
    let mut driver = parallel(&[branch("C", WAIT), timed], "");
    begin(&mut driver, 1, 0.0);
    assert_eq!(driver.execution.next_wake(), Some(at(3.0)));
    driver.wake(9.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 ParallelStateEntered A
    0  3  2 ParallelStateStarted
    0  4  3 WaitStateEntered C
    0  5  3 TaskStateEntered B
    0  6  5 LambdaFunctionScheduled
    0  7  6 LambdaFunctionStarted
    9  8  7 LambdaFunctionTimedOut
    9  9  8 WaitStateAborted
    9 10  8 TaskStateAborted
    9 11  8 ParallelStateFailed
    9 12 11 ExecutionFailed States.Timeout | -
    "#);
}

fn map(more: &str, state: &str, input: &str) -> Driver {
    let states = format!(r#""A":{{"Type":"Map",{more}"ItemProcessor":{},"End":true}}"#, branch("B", state));
    Driver::start(machine(&states), input)
}

#[test]
fn iterations_run_side_by_side_up_to_a_limit() {
    let mut driver = map(r#""MaxConcurrency":2,"#, &lambda(), r#"["a", [1, 2], "c"]"#);
    assert_eq!(driver.requests.len(), 2);
    succeed(&mut driver, 2, "2", 1.0);
    assert_eq!(driver.requests.len(), 3);
    succeed(&mut driver, 3, "{\"c\": 3}", 2.0);
    succeed(&mut driver, 1, "1", 3.0);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 MapStateEntered A
    0  3  2 MapStateStarted
    0  4  3 MapIterationStarted
    0  5  3 MapIterationStarted
    0  6  4 TaskStateEntered B
    0  7  6 LambdaFunctionScheduled
    0  8  5 TaskStateEntered B
    0  9  8 LambdaFunctionScheduled
    1 10  9 LambdaFunctionStarted
    1 11 10 LambdaFunctionSucceeded
    1 12 11 TaskStateExited 2
    1 13 12 MapIterationSucceeded
    1 14 12 MapIterationStarted
    1 15 14 TaskStateEntered B
    1 16 15 LambdaFunctionScheduled
    2 17 16 LambdaFunctionStarted
    2 18 17 LambdaFunctionSucceeded
    2 19 18 TaskStateExited {"c": 3}
    2 20 19 MapIterationSucceeded
    3 21  7 LambdaFunctionStarted
    3 22 21 LambdaFunctionSucceeded
    3 23 22 TaskStateExited 1
    3 24 23 MapIterationSucceeded
    3 25 24 MapStateSucceeded
    3 26 24 MapStateExited [1,2,{"c": 3}]
    3 27 26 ExecutionSucceeded [1,2,{"c": 3}]
    "#);
    let items: Vec<String> = (0..50).map(|item| item.to_string()).collect();
    let driver = map("", &lambda(), &format!("[{}]", items.join(",")));
    assert_eq!(driver.requests.len(), 40);
}

#[test]
fn a_failed_iteration_aborts_the_others() {
    let mut driver = map("", &lambda(), "[1,2,3]");
    succeed(&mut driver, 1, "1", 1.0);
    fail(&mut driver, 2, 1.0);
    assert_eq!(driver.cancelled, [TaskId(3)]);
    insta::assert_snapshot!(driver.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 MapStateEntered A
    0  3  2 MapStateStarted
    0  4  3 MapIterationStarted
    0  5  3 MapIterationStarted
    0  6  3 MapIterationStarted
    0  7  4 TaskStateEntered B
    0  8  7 LambdaFunctionScheduled
    0  9  5 TaskStateEntered B
    0 10  9 LambdaFunctionScheduled
    0 11  6 TaskStateEntered B
    0 12 11 LambdaFunctionScheduled
    1 13  8 LambdaFunctionStarted
    1 14 13 LambdaFunctionSucceeded
    1 15 14 TaskStateExited 1
    1 16 15 MapIterationSucceeded
    1 17 10 LambdaFunctionStarted
    1 18 17 LambdaFunctionFailed
    1 19 18 MapIterationAborted
    1 20 18 TaskStateAborted
    1 21 18 MapIterationFailed
    1 22 18 MapStateFailed
    1 23 22 ExecutionFailed Oops | -
    "#);
}

#[test]
fn fields_of_distributed_mode_fail_an_inline_map() {
    let reader = r#""Retry":[{"ErrorEquals":["States.ALL"]}],"ItemReader":{"Resource":"arn:aws:states:::s3:getObject","ReaderConfig":{"InputType":"JSON"},"Parameters":{"Bucket":"b","Key":"k"}},"#;
    for more in [
        reader,
        r#""ItemBatcher":{"MaxItemsPerBatch":2},"#,
        r#""ResultWriter":{"WriterConfig":{"OutputType":"JSON"}},"#,
    ] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(map(more, WAIT, "[1]").short(), @"
            0  1  0 ExecutionStarted
            0  2  0 MapStateEntered A
            0  3  2 ExecutionFailed States.Runtime | An error occurred while executing the state 'A' (entered at the event id #2). The ItemReader, ItemBatcher and ResultWriter fields are not supported for INLINE maps
            ");
        }
    }
}

#[test]
fn items_must_be_an_array() {
    for (more, problem) in [
        ("", "Reference path \"$\" must point to array."),
        (r#""ItemsPath":"$.a","#, "Reference path \"$.a\" must point to array."),
        (r#""MaxConcurrencyPath":"$.b","#, "MaxConcurrency cannot be negative."),
        (
            r#""ItemsPath":"$.d","MaxConcurrencyPath":"$.c","#,
            "The MaxConcurrencyPath parameter does not reference an input value: $.c",
        ),
        (
            r#""ItemsPath":"$.d","ToleratedFailurePercentagePath":"$.c","#,
            "The ToleratedFailurePercentagePath parameter does not reference an input value: $.c",
        ),
    ] {
        let driver = map(more, WAIT, r#"{"a": {}, "b": -1, "d": [1]}"#);
        let Some(Outcome::Failed(failure)) = &driver.outcome else { panic!("{more}") };
        assert!(failure.cause.as_deref().unwrap().ends_with(problem), "{failure:?}");
    }
}

#[test]
fn items_that_are_not_there_conflict_with_their_path() {
    let driver = map(r#""ItemsPath":"$.chunks","#, WAIT, r#"{"bucket": "b"}"#);
    let Some(Outcome::Failed(failure)) = &driver.outcome else { panic!("{:?}", driver.outcome) };
    assert_eq!(failure.error.as_deref(), Some("States.ReferencePathConflict"));
    assert!(failure.cause.as_deref().unwrap().contains("Unable to apply step \"chunks\" to input {"), "{failure:?}");
}

#[test]
fn many_iterations_leave_only_their_results() {
    let items = vec!["1"; 300].join(",");
    let mut driver = map(r#""MaxConcurrency":1,"#, r#""Type":"Wait","Seconds":1"#, &format!("[{items}]"));
    let at_first = serde_json::to_vec(&driver.execution).unwrap().len();
    for second in 1..300 {
        driver.wake(f64::from(second));
    }
    let in_the_end = serde_json::to_vec(&driver.execution).unwrap().len();
    assert!(in_the_end <= at_first + 500, "{at_first} bytes have become {in_the_end}");
    driver.wake(300.0);
    assert!(matches!(driver.outcome, Some(Outcome::Succeeded { .. })));
}

#[test]
fn a_map_without_end_stops_at_the_last_event() {
    let items = vec!["1"; 20_000].join(",");
    let driver = map("", r#""Type":"Pass""#, &format!("[{items}]"));
    assert_eq!(driver.history.len() as u64, asl::MAX_EVENTS);
    assert!(matches!(driver.outcome, Some(Outcome::Failed(_))));
}
