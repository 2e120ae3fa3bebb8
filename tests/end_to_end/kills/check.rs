//! After the kills: everything that was answered is there, once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::connection::Connection;
use super::load::{execution_arn, machine_arn};
use super::records::{Records, Told};
use super::{FUNCTION_GROUP, LONG_WAIT_S, WAIT_S};
use crate::support::eventually;

/// The state machines that clients start.
const MACHINES: [&str; 4] = ["pass", "wait", "task", "long"];

/// How much there was.
#[derive(Default)]
pub struct Checked {
    pub executions: usize,
    pub events: usize,
    pub lines: usize,
    pub things: usize,
    pub task_answers: usize,
    pub invocations: usize,
}

impl std::fmt::Display for Checked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { executions, events, lines, things, task_answers, invocations } = self;
        write!(
            formatter,
            "{executions} executions with {events} events, {lines} log lines, {things} other things, {task_answers} \
             answers to tasks, {invocations} asynchronous invocations"
        )
    }
}

/// Waits for the end of what runs, and looks at all of it.
pub fn check(connection: &mut Connection, records: &Records, kills: usize) -> Checked {
    let told = records.told();
    assert!(told.broken.is_empty(), "{:#?}", told.broken);
    let mut checked = Checked { task_answers: told.task_answers.len(), ..Checked::default() };
    for machine in MACHINES {
        let expected: BTreeSet<&String> =
            told.executions.iter().filter(|(_, it)| it.machine == machine).map(|(name, _)| name).collect();
        check_machine(connection, machine, &expected, &told, &mut checked);
    }
    check_lines(connection, &told, kills, &mut checked);
    check_things(connection, &told, &mut checked);
    checked
}

fn check_machine(
    connection: &mut Connection,
    machine: &str,
    known: &BTreeSet<&String>,
    told: &Told,
    checked: &mut Checked,
) {
    let list = |connection: &mut Connection, status: Option<&str>| {
        let input = json!({"stateMachineArn": machine_arn(machine), "maxResults": 1000, "statusFilter": status});
        connection.all("ListExecutions", input, "executions")
    };
    if machine != "long" {
        eventually("the executions to end", || {
            let running = list(connection, Some("RUNNING"));
            let Some(first) = running.first() else { return Ok(()) };
            let input = json!({"executionArn": first["executionArn"]});
            Err(format!("{} run: {first} {:#?}", running.len(), connection.all("GetExecutionHistory", input, "events")))
        });
    }
    let mut found = BTreeMap::new();
    for execution in list(connection, None) {
        let name = execution["name"].as_str().expect("a name").to_owned();
        assert!(known.contains(&name), "{name} was never started");
        let status = execution["status"].as_str().expect("a status").to_owned();
        assert!(found.insert(name.clone(), status).is_none(), "{name} is there twice");
    }
    for name in known {
        let execution = &told.executions[*name];
        let status = found.get(*name);
        assert!(status.is_some() || !execution.is_accepted, "{name} was accepted and is gone");
        let Some(status) = status else { continue };
        match (machine, execution.is_stop_sent, execution.is_stop_accepted) {
            ("long", _, true) => assert_eq!(status, "ABORTED", "{name} was stopped"),
            ("long", true, false) => assert!(["ABORTED", "RUNNING"].contains(&status.as_str()), "{name}: {status}"),
            ("long", false, _) => assert_eq!(status, "RUNNING", "{name}"),
            _ => assert_eq!(status, "SUCCEEDED", "{name}"),
        }
        let input = json!({"executionArn": execution_arn(machine, name), "maxResults": 1000});
        let events = connection.all("GetExecutionHistory", input, "events");
        check_history(machine, name, &events, told.task_answers.get(*name).map_or(&[], Vec::as_slice));
        checked.executions += 1;
        checked.events += events.len();
    }
}

/// No gap, no step twice, no Wait early, and at most one answer to a task: the one that was accepted.
fn check_history(machine: &str, name: &str, events: &[Value], accepted: &[Value]) {
    let kind = |event: &Value| event["type"].as_str().expect("a type").to_owned();
    let kinds: Vec<String> = events.iter().map(kind).collect();
    let mut last = 0.0;
    for (event, id) in events.iter().zip(1_u64..) {
        assert_eq!(event["id"], id, "{name}: {kinds:?}");
        // The first state and a stop follow nothing, as AWS shows it.
        let before = if id == 2 || event["type"] == "ExecutionAborted" { 0 } else { id - 1 };
        assert_eq!(event["previousEventId"], before, "{name}: one after the other: {kinds:?}");
        let time = event["timestamp"].as_f64().expect("a time");
        assert!(time >= last, "{name}: time goes back at event {id}");
        last = time;
    }
    let count = |wanted: &str| kinds.iter().filter(|kind| *kind == wanted).count();
    assert_eq!(count("ExecutionStarted"), 1, "{name}: {kinds:?}");
    assert!(kinds.iter().filter(|kind| kind.starts_with("Execution")).count() <= 2, "{name}: {kinds:?}");
    match machine {
        "pass" => assert_eq!((events.len(), count("PassStateExited")), (22, 10), "{name}: {kinds:?}"),
        "wait" | "long" => {
            let moment = |wanted: &str| {
                events.iter().find(|event| event["type"] == wanted).and_then(|event| event["timestamp"].as_f64())
            };
            let least = if machine == "wait" { WAIT_S } else { LONG_WAIT_S };
            if let (Some(entered), Some(exited)) = (moment("WaitStateEntered"), moment("WaitStateExited")) {
                assert!(exited - entered >= least - 0.001, "{name}: its Wait ended after {} s", exited - entered);
            }
        }
        _ => {
            let outputs: Vec<Value> = events
                .iter()
                .filter_map(|event| event["activitySucceededEventDetails"]["output"].as_str())
                .map(|output| serde_json::from_str(output).expect("an answer"))
                .collect();
            assert_eq!(outputs.len(), 1, "{name}: one answer ends it: {kinds:?}");
            assert!(accepted.len() <= 1, "{name}: {accepted:?} were all accepted");
            assert!(
                accepted.is_empty() || accepted == outputs,
                "{name}: {accepted:?} was accepted, {outputs:?} counts"
            );
        }
    }
}

fn messages(connection: &mut Connection, group: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut input = json!({"logGroupName": group});
    loop {
        let (status, answer) = connection.logs("FilterLogEvents", &input).expect("it answers");
        assert_eq!(status, 200, "{answer}");
        for event in answer["events"].as_array().expect("events") {
            *found.entry(event["message"].as_str().expect("a message").trim().to_owned()).or_default() += 1;
        }
        if answer["nextToken"].is_null() {
            return found;
        }
        input["nextToken"] = answer["nextToken"].clone();
    }
}

fn check_lines(connection: &mut Connection, told: &Told, kills: usize, checked: &mut Checked) {
    let found = messages(connection, "lines");
    for (line, sent) in &told.lines {
        let times = found.get(line).copied().unwrap_or_default();
        assert!(times <= sent.times, "the line {line} is there {times} times, sent {} times", sent.times);
        assert!(times > 0 || !sent.is_accepted, "the line {line} was accepted and is gone");
    }
    checked.lines = told.lines.len();
    let accepted: Vec<&String> = told.events.iter().filter(|(_, it)| it.is_accepted).map(|(name, _)| name).collect();
    checked.invocations = accepted.len();
    // What a function has printed in the moment of a kill, and nobody has seen, may be gone; the event has run all the same.
    eventually("the accepted events to run", || {
        let found = messages(connection, FUNCTION_GROUP);
        let line = |name: &str| format!("ran {}", json!({"event": name}));
        let missing: Vec<_> = accepted.iter().filter(|name| !found.contains_key(&line(name))).collect();
        if missing.len() <= kills { Ok(()) } else { Err(format!("{missing:?}")) }
    });
}

fn check_things(connection: &mut Connection, told: &Told, checked: &mut Checked) {
    for ((kind, name), is_there) in &told.things {
        let Some(expected) = is_there else { continue };
        let found = match *kind {
            "activity" => {
                let arn = format!("arn:aws:states:us-east-1:000000000000:activity:{name}");
                connection.states("DescribeActivity", &json!({"activityArn": arn})).expect("it answers").0 == 200
            }
            "machine" => {
                let input = json!({"stateMachineArn": machine_arn(name)});
                connection.states("DescribeStateMachine", &input).expect("it answers").0 == 200
            }
            _ => {
                let input = json!({"logGroupNamePrefix": name});
                let (_, groups) = connection.logs("DescribeLogGroups", &input).expect("it answers");
                groups["logGroups"].as_array().into_iter().flatten().any(|group| group["logGroupName"] == **name)
            }
        };
        assert_eq!(found, *expected, "{kind} {name}: whether it is there");
        checked.things += 1;
    }
}
