//! Fork: a new execution begins where another one was, by the other's history.

use asl::{Execution, ForkError, ForkPoint, HistoryEvent, Input, Outcome, PastEvent, StateMachine, TaskId};

use crate::drive::{Driver, LAMBDA, at, machine, start};

fn task(name: &str, more: &str) -> String {
    format!(r#""{name}":{{"Type":"Task","Resource":"{LAMBDA}",{more}}}"#)
}

fn flow(name: &str, state: &str) -> String {
    format!(r#"{{"StartAt":"{name}","States":{{{state}}}}}"#)
}

fn past(history: &[HistoryEvent]) -> Vec<PastEvent> {
    history.iter().map(|event| PastEvent::of_api_json(&event.to_api_json(0.into())).unwrap()).collect()
}

/// An execution of `machine` that is forked from another one's history.
struct Forked {
    point: ForkPoint,
    driver: Driver,
}

fn fork_with(
    driver: &Driver,
    machine: StateMachine,
    event: Option<u64>,
    input: Option<&str>,
) -> Result<Forked, ForkError> {
    let point = ForkPoint::find(&driver.machine, &past(&driver.history), event, input)?;
    let (execution, effects) = Execution::fork(&machine, start(driver.execution.input()).seed(7).build(), &point)?;
    let mut forked = Driver::start(machine, "{}");
    forked.execution = execution;
    forked.history.clear();
    forked.requests.clear();
    forked.children.clear();
    forked.outcome = None;
    forked.now = at(0.0);
    forked.take(effects);
    Ok(Forked { point, driver: forked })
}

fn fork(driver: &Driver, event: Option<u64>) -> Forked {
    fork_with(driver, driver.machine.clone(), event, None).unwrap()
}

/// Ends the tasks of a list, each with its own output.
fn end(driver: &mut Driver, tasks: &[(u64, &str)]) {
    for (task, output) in tasks {
        let task = TaskId(*task);
        driver.give(Input::TaskStarted { task, worker_name: None }, 1.0);
        driver.give(Input::TaskSucceeded { task, output: (*output).to_owned() }, 1.0);
    }
}

fn fail(driver: &mut Driver, task: u64) {
    let task = TaskId(task);
    driver.give(Input::TaskStarted { task, worker_name: None }, 1.0);
    driver.give(Input::TaskFailed { task, error: Some("Oops".into()), cause: None }, 1.0);
}

fn output(driver: &Driver) -> &str {
    match &driver.outcome {
        Some(Outcome::Succeeded { output }) => output,
        other => panic!("{other:?}"),
    }
}

fn inputs(driver: &Driver) -> Vec<&str> {
    driver.requests.iter().map(|request| &*request.input).collect()
}

fn chain() -> Driver {
    let pass = r#""A":{"Type":"Pass","Result":{"n":1},"Assign":{"x":5},"Next":"B"},"#;
    let fields = r#""Parameters":{"x.$":"$x","n.$":"$.n","all.$":"$$.Execution.Input"}"#;
    let definition = format!("{pass}{},{}", task("B", &format!(r#""Next":"C",{fields}"#)), task("C", r#""End":true"#));
    Driver::start(machine(&definition), r#"{"in":1}"#)
}

#[test]
fn a_state_that_failed_begins_anew_with_its_input_and_the_variables() {
    let mut driver = chain();
    driver.fail("Oops", 1.0);
    let Forked { point, driver: mut forked } = fork(&driver, None);
    assert_eq!(inputs(&forked), [r#"{"x":5,"n":1,"all":{"in":1}}"#]);
    forked.succeed("7", 2.0);
    forked.succeed("8", 3.0);
    assert_eq!(output(&forked), "8");
    insta::assert_snapshot!(forked.short(), @r"
    0  1  0 ExecutionStarted
    0  2  0 TaskStateEntered B
    0  3  2 LambdaFunctionScheduled
    2  4  3 LambdaFunctionStarted
    2  5  4 LambdaFunctionSucceeded
    2  6  5 TaskStateExited 7
    2  7  6 TaskStateEntered C
    2  8  7 LambdaFunctionScheduled
    3  9  8 LambdaFunctionStarted
    3 10  9 LambdaFunctionSucceeded
    3 11 10 TaskStateExited 8
    3 12 11 ExecutionSucceeded 8
    ");
    insta::assert_snapshot!(serde_json::to_string(point.taken_over()).unwrap(), @r#"{"begins":[{"state":"B","inside":[],"enteredEventId":4,"wasOpen":true,"runsChildrenAgain":false}],"results":[],"variables":["x"]}"#);
}

#[test]
fn any_event_of_a_state_means_that_state() {
    let mut driver = chain();
    driver.succeed(r#"{"n":2}"#, 1.0);
    driver.succeed("8", 2.0);
    let mut states = Vec::new();
    for event in &driver.history {
        let begins = fork(&driver, Some(event.id)).point.taken_over().begins.clone();
        states.push(format!("{} {} {}", event.id, event.type_name(), begins[0].state));
        assert_eq!(begins.len(), 1);
    }
    insta::assert_snapshot!(states.join("\n"), @r"
    1 ExecutionStarted A
    2 PassStateEntered A
    3 PassStateExited A
    4 TaskStateEntered B
    5 LambdaFunctionScheduled B
    6 LambdaFunctionStarted B
    7 LambdaFunctionSucceeded B
    8 TaskStateExited B
    9 TaskStateEntered C
    10 LambdaFunctionScheduled C
    11 LambdaFunctionStarted C
    12 LambdaFunctionSucceeded C
    13 TaskStateExited C
    14 ExecutionSucceeded C
    ");
}

#[test]
fn another_input_and_another_definition_are_tried() {
    let mut driver = chain();
    driver.fail("Oops", 1.0);
    let fixed = machine(&format!(
        "{},{}",
        r#""A":{"Type":"Pass","Next":"B"}"#,
        task("B", r#""Parameters":{"fixed.$":"$.n","x.$":"$x"},"End":true"#)
    ));
    let forked = fork_with(&driver, fixed, None, Some(r#"{"n":3}"#)).unwrap();
    assert_eq!(inputs(&forked.driver), [r#"{"fixed":3,"x":5}"#]);
    let without = machine(r#""A":{"Type":"Pass","End":true}"#);
    let refused = fork_with(&driver, without, None, None).map(drop).unwrap_err();
    assert_eq!(refused.to_string(), "the definition has no state 'B' to begin with");
}

#[test]
fn branches_that_had_ended_keep_their_results() {
    let branches = [flow("L", &task("L", r#""End":true"#)), flow("R", &task("R", r#""End":true"#))].join(",");
    let parallel = format!(r#""A":{{"Type":"Parallel","Branches":[{branches}],"Next":"Z"}},"Z":{{"Type":"Succeed"}}"#);
    let mut driver = Driver::start(machine(&parallel), r#"{"in":1}"#);
    end(&mut driver, &[(1, r#""left""#)]);
    fail(&mut driver, 2);
    let Forked { point, driver: mut forked } = fork(&driver, None);
    assert_eq!(inputs(&forked), [r#"{"in":1}"#]);
    insta::assert_snapshot!(serde_json::to_string(point.taken_over()).unwrap(), @r#"{"begins":[{"state":"R","inside":["A[1]"],"enteredEventId":6,"wasOpen":true,"runsChildrenAgain":false}],"results":[{"state":"A","count":1}],"variables":[]}"#);
    end(&mut forked, &[(1, r#""right""#)]);
    assert_eq!(output(&forked), r#"["left","right"]"#);
    insta::assert_snapshot!(forked.short(), @r#"
    0  1  0 ExecutionStarted
    0  2  0 ParallelStateEntered A
    0  3  2 ParallelStateStarted
    0  4  3 TaskStateEntered R
    0  5  4 LambdaFunctionScheduled
    1  6  5 LambdaFunctionStarted
    1  7  6 LambdaFunctionSucceeded
    1  8  7 TaskStateExited "right"
    1  9  8 ParallelStateSucceeded
    1 10  8 ParallelStateExited ["left","right"]
    1 11 10 SucceedStateEntered Z
    1 12 11 SucceedStateExited ["left","right"]
    1 13 12 ExecutionSucceeded ["left","right"]
    "#);
    // Before the left one had ended.
    let mut early = fork(&driver, Some(6)).driver;
    assert_eq!(early.requests.len(), 2);
    end(&mut early, &[(1, "1"), (2, "2")]);
    assert_eq!(output(&early), "[1,2]");
}

fn each(more: &str) -> Driver {
    let processor = flow("T", &task("T", r#""End":true"#));
    let map = format!(r#""A":{{"Type":"Map",{more}"ItemProcessor":{processor},"End":true}}"#);
    Driver::start(machine(&map), "[10,20,30,40]")
}

#[test]
fn iterations_that_had_ended_keep_their_results_and_others_begin() {
    let mut driver = each(r#""MaxConcurrency":2,"#);
    end(&mut driver, &[(2, "200"), (3, "300")]);
    fail(&mut driver, 1);
    let Forked { point, driver: mut forked } = fork(&driver, None);
    assert_eq!(inputs(&forked), ["10", "40"]);
    insta::assert_snapshot!(serde_json::to_string(point.taken_over()).unwrap(), @r#"{"begins":[{"state":"T","inside":["A[0]"],"enteredEventId":6,"wasOpen":true,"runsChildrenAgain":false},{"state":"T","inside":["A[3]"],"enteredEventId":22,"wasOpen":true,"runsChildrenAgain":false}],"results":[{"state":"A","count":2}],"variables":[]}"#);
    end(&mut forked, &[(1, "100"), (2, "400")]);
    assert_eq!(output(&forked), "[100,200,300,400]");
}

#[test]
fn a_map_state_whose_attempt_failed_has_forgotten_the_iterations_of_that_attempt() {
    let mut driver = each(r#""Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":1}],"#);
    end(&mut driver, &[(2, "200")]);
    fail(&mut driver, 1);
    driver.wake(2.0);
    let Forked { driver: mut forked, .. } = fork(&driver, None);
    assert_eq!(inputs(&forked), ["10", "20", "30", "40"]);
    end(&mut forked, &[(1, "1"), (2, "2"), (3, "3"), (4, "4")]);
    assert_eq!(output(&forked), "[1,2,3,4]");
}

#[test]
fn an_input_is_for_one_state() {
    let mut driver = each("");
    end(&mut driver, &[(2, "200")]);
    fail(&mut driver, 1);
    let several = fork_with(&driver, driver.machine.clone(), None, Some("1")).map(drop).unwrap_err();
    assert_eq!(several, ForkError::SeveralStates { event: driver.history.last().unwrap().id, count: 3 });
    let entered = driver.history.iter().find(|event| event.type_name() == "TaskStateEntered").unwrap();
    let forked = fork_with(&driver, driver.machine.clone(), Some(entered.id), Some("11")).unwrap();
    assert!(inputs(&forked.driver).contains(&"11"), "{:?}", inputs(&forked.driver));
}

#[test]
fn a_shorter_list_of_items_and_a_missing_state_are_refused() {
    let mut driver = each("");
    fail(&mut driver, 4);
    let shorter = format!(
        r#""A":{{"Type":"Map","ItemsPath":"$[0:2]","ItemProcessor":{},"End":true}}"#,
        flow("T", &task("T", r#""End":true"#))
    );
    let refused = fork_with(&driver, machine(&shorter), None, None).map(drop).unwrap_err();
    assert_eq!(refused, ForkError::NoItem { state: "A".into(), index: 2 });
}

#[test]
fn a_history_without_data_says_what_is_missing() {
    let mut driver = chain();
    driver.fail("Oops", 1.0);
    let mut events: Vec<serde_json::Value> = driver.history.iter().map(|event| event.to_api_json(0.into())).collect();
    events[3]["stateEnteredEventDetails"]["inputDetails"]["truncated"] = true.into();
    let events: Vec<PastEvent> = events.iter().map(|event| PastEvent::of_api_json(event).unwrap()).collect();
    let find = |at| ForkPoint::find(&driver.machine, &events, at, None).map(drop).map_err(|error| error.to_string());
    insta::assert_snapshot!(find(None).unwrap_err(), @"the history does not have the input of event 4: it was recorded without data, or cut off");
    assert_eq!(find(Some(2)), Ok(()), "the first state has its input");
    insta::assert_snapshot!(find(Some(99)).unwrap_err(), @"the history has no event 99: its last one is 8");
}

#[test]
fn a_fork_can_be_stored_redriven_and_forked() {
    let mut driver = each("");
    end(&mut driver, &[(2, "200")]);
    fail(&mut driver, 1);
    let mut forked = fork(&driver, None).driver;
    let stored = serde_json::to_string(&forked.execution).unwrap();
    forked.execution = serde_json::from_str(&stored).unwrap();
    fail(&mut forked, 1);
    let mut again = fork(&forked, None).driver;
    // What the first fork has taken over is not in its history: the whole state begins anew.
    end(&mut again, &[(1, "1"), (2, "2"), (3, "3"), (4, "4")]);
    assert_eq!(output(&again), "[1,2,3,4]");
    forked.redrive(60.0);
    let tasks: Vec<u64> = forked.requests.iter().rev().take(3).map(|request| request.task.0).collect();
    for task in tasks.into_iter().rev() {
        end(&mut forked, &[(task, "0")]);
    }
    assert_eq!(output(&forked), "[0,200,0,0]");
}

#[test]
fn nested_containers_keep_their_places() {
    let inner =
        format!(r#""M":{{"Type":"Map","ItemProcessor":{},"End":true}}"#, flow("T", &task("T", r#""End":true"#)));
    let other = r#""P":{"Type":"Pass","Result":"done","End":true}"#;
    let branches = [flow("P", other), flow("M", &inner)].join(",");
    let mut driver =
        Driver::start(machine(&format!(r#""A":{{"Type":"Parallel","Branches":[{branches}],"End":true}}"#)), "[1,2]");
    end(&mut driver, &[(1, "10")]);
    fail(&mut driver, 2);
    let Forked { point, driver: mut forked } = fork(&driver, None);
    assert_eq!(point.taken_over().begins[0].inside, ["A[1]", "M[1]"]);
    end(&mut forked, &[(1, "20")]);
    assert_eq!(output(&forked), r#"["done",[10,20]]"#);
}
