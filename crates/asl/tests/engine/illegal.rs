//! Inputs that cannot be: each is an error, and changes nothing.

use asl::{IllegalInput, Input, Status, TaskId, TaskPhase};

use crate::drive::{Driver, LAMBDA, at, machine};

fn task() -> Driver {
    Driver::start(machine(&format!(r#""A":{{"Type":"Task","Resource":"{LAMBDA}","End":true}}"#)), "{}")
}

fn refused(driver: &mut Driver, input: Input) -> IllegalInput {
    let before = driver.execution.clone();
    let problem = driver.execution.handle(&driver.machine, input, at(1.0)).unwrap_err();
    assert_eq!(driver.execution, before, "a refused input changes nothing");
    problem
}

fn succeeded(task: u64, output: &str) -> Input {
    Input::TaskSucceeded { task: TaskId(task), output: output.into() }
}

#[test]
fn a_task_ends_only_once_and_after_its_beginning() {
    let mut driver = task();
    let phase = |phase, what| IllegalInput::WrongPhase { task: TaskId(1), phase, what };
    assert_eq!(refused(&mut driver, succeeded(1, "{}")), phase(TaskPhase::Scheduled, "succeeded"));
    assert_eq!(refused(&mut driver, succeeded(2, "{}")), IllegalInput::UnknownTask(TaskId(2)));
    let id = driver.begin(0.0);
    let again = Input::TaskStarted { task: id, worker_name: None };
    assert_eq!(refused(&mut driver, again), phase(TaskPhase::Started, "started"));
    let submitted = Input::TaskSubmitted { task: id, output: "{}".into() };
    assert_eq!(refused(&mut driver, submitted), phase(TaskPhase::Started, "submitted"));
    assert!(matches!(refused(&mut driver, succeeded(1, "not json")), IllegalInput::OutputNotJson { .. }));
    driver.give(succeeded(1, "{}"), 1.0);
    assert_eq!(refused(&mut driver, succeeded(1, "{}")), IllegalInput::Ended(Status::Succeeded));
    assert_eq!(refused(&mut driver, Input::Stop { error: None, cause: None }), IllegalInput::Ended(Status::Succeeded));
    assert_eq!(refused(&mut driver, Input::Wake), IllegalInput::Ended(Status::Succeeded));
}

#[test]
fn a_task_that_timed_out_takes_no_result() {
    let retry = r#""TimeoutSeconds":1,"Retry":[{"ErrorEquals":["States.Timeout"]}]"#;
    let states = format!(r#""A":{{"Type":"Task","Resource":"{LAMBDA}",{retry},"End":true}}"#);
    let mut driver = Driver::start(machine(&states), "{}");
    driver.begin(0.0);
    driver.wake(1.0);
    assert_eq!(refused(&mut driver, succeeded(1, "{}")), IllegalInput::UnknownTask(TaskId(1)));
}

#[test]
fn another_machine_is_refused() {
    let mut driver = task();
    driver.machine = machine(r#""A":{"Type":"Pass","End":true}"#);
    assert_eq!(refused(&mut driver, Input::Wake), IllegalInput::WrongMachine { state: "A".into() });
}
