//! A disk that is full for a while, at any moment: nothing is lost and nothing is done twice, and all ends as on one that
//! never was.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_core::{Location, ServiceError};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::rows::history::{HistoryRow, PackedEvents};
use crate::rows::{ENDED_EXECUTIONS, HISTORY};
use crate::tests::fixture::{Fixture, call, turn};
use crate::tests::random_workflow::{ACTIVITY, CHILD, ECHO, Plan, START, flow, written};

/// Turns in which a run must end: the clock goes on by a second every eight.
const MOST_TURNS: usize = 8_000;
/// For how many turns the disk is full: three seconds.
const FULL_TURNS: usize = 24;

/// Calls until the disk takes it, as clients do.
async fn insist(fixture: &Fixture, operation: &'static str, input: Value) -> Result<Value, ServiceError> {
    loop {
        match call(&fixture.states, &Location::default(), operation, input.clone()).await {
            Err(error) if error.status == 500 => fixture.states.clock.sleep(Duration::from_millis(500)).await,
            answer => return answer,
        }
    }
}

/// Takes one activity's task after the other, and ends it.
async fn work(fixture: Arc<Fixture>, taken: Arc<Mutex<BTreeMap<String, usize>>>) {
    loop {
        let task = insist(&fixture, "GetActivityTask", json!({"activityArn": ACTIVITY})).await.unwrap();
        let Some(token) = task["taskToken"].as_str() else { continue };
        *taken.lock().unwrap().entry(token.to_owned()).or_default() += 1;
        insist(&fixture, "SendTaskSuccess", json!({"taskToken": token, "output": "1"})).await.unwrap();
    }
}

/// What a run came to: how every execution ended, how often each type of event is in its history, how often functions
/// were called.
type Came = (BTreeMap<String, Vec<String>>, usize);

/// Runs a workflow to its end, while the disk is full from a turn on, and gives how many turns it took.
pub(crate) async fn drive(definition: Value, full_at: Option<usize>) -> (Arc<Fixture>, usize) {
    let fixture = Arc::new(Fixture::new().await);
    fixture.call("CreateActivity", json!({"name": "a"})).await.unwrap();
    let child = json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": true}}});
    fixture.create_as("child", "STANDARD", &child).await;
    let machine = fixture.create_as("m", "STANDARD", &definition).await;
    let taken = Arc::new(Mutex::new(BTreeMap::new()));
    let worker = tokio::spawn(work(Arc::clone(&fixture), Arc::clone(&taken)));
    let starting = {
        let fixture = Arc::clone(&fixture);
        let input = json!({"stateMachineArn": machine, "name": "e", "input": "{\"items\":[1,2]}"});
        tokio::spawn(async move { insist(&fixture, "StartExecution", input).await.unwrap() })
    };
    let mut turns = 0;
    loop {
        turn().await;
        turns += 1;
        assert!(turns < MOST_TURNS, "it does not end; it was full at {full_at:?}");
        fixture.store.set_disk_full(full_at.is_some_and(|at| (at..at + FULL_TURNS).contains(&turns)));
        if turns % 8 == 0 {
            let is_over = starting.is_finished() && fixture.states.index().machines() == "{}";
            if is_over && !fixture.states.is_busy() {
                break;
            }
            fixture.control.advance(Duration::from_secs(1));
        }
    }
    worker.abort();
    assert!(taken.lock().unwrap().values().all(|times| *times == 1), "no task was handed out twice");
    assert_eq!(fixture.states.driver.tokens.issued(), [""; 0]);
    (fixture, turns)
}

/// What a workflow comes to, and how many turns it takes.
async fn run(definition: Value, full_at: Option<usize>) -> (Came, usize) {
    let (fixture, turns) = drive(definition, full_at).await;
    let calls = fixture.outside.functions.invoked.lock().unwrap().len();
    ((histories(&fixture), calls), turns)
}

/// A row of an execution that has ended, with its history where it is short.
#[derive(serde::Deserialize)]
struct EndedRow {
    #[serde(default)]
    history: Option<PackedEvents>,
}

/// The types of the events of every execution, sorted, with how many executions have the same: names are given by chance.
fn histories(fixture: &Fixture) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let rows: Vec<(String, HistoryRow)> = fixture.store.load(HISTORY).unwrap();
    let ended: Vec<(String, EndedRow)> = fixture.store.load(ENDED_EXECUTIONS).unwrap();
    let short = ended.into_iter().filter_map(|(key, row)| Some((key, row.history?.unpack().unwrap())));
    let mut ids: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, events) in rows.into_iter().map(|(key, row)| (key, row.events)).chain(short) {
        let execution = key.rsplit_once('/').unwrap().0.to_owned();
        ids.entry(execution.clone()).or_default().extend(events.iter().map(|event| event.id));
        types.entry(execution).or_default().extend(events.iter().map(asl::HistoryEvent::type_name));
    }
    for (execution, ids) in ids {
        assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<u64>>(), "{execution}");
    }
    for (execution, mut types) in types {
        types.sort();
        let machine = execution.rsplit_once('/').unwrap().0.split(':').next().unwrap().to_owned();
        found.entry(machine).or_default().push(types.join(" "));
    }
    found.values_mut().for_each(|all| all.sort());
    found
}

pub(crate) fn blocking<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(run)
}

/// Runs a workflow undisturbed, and then with a disk that is full at these turns.
fn check(definition: &Value, full_at: impl Fn(usize) -> Vec<usize>) {
    let spawned = |full_at| {
        let definition = definition.clone();
        blocking(async move { tokio::spawn(run(definition, full_at)).await.unwrap() })
    };
    let (undisturbed, turns) = spawned(None);
    for at in full_at(turns) {
        assert_eq!(spawned(Some(at)).0, undisturbed, "full at turn {at}");
    }
}

#[test]
fn a_workflow_of_everything_ends_as_undisturbed_whenever_the_disk_is_full() {
    let start = |pattern: &str| {
        Plan::Simple(json!({"Type": "Task", "Resource": format!("{START}{pattern}"), "ResultPath": null,
            "Parameters": {"StateMachineArn": CHILD, "Input": {"n": 1}}}))
    };
    let task = |resource: &str| Plan::Simple(json!({"Type": "Task", "Resource": resource, "ResultPath": null}));
    let plan = [
        task(ACTIVITY),
        Plan::Parallel(vec![vec![task(ECHO), task(ACTIVITY)], vec![start(".sync:2")], vec![start("")]]),
        Plan::Map("STANDARD", vec![task(ACTIVITY)]),
        Plan::Map("EXPRESS", vec![task(ECHO)]),
        Plan::Simple(json!({"Type": "Wait", "Seconds": 2})),
    ];
    check(&written(&plan, false, &mut 0), |turns| (1..turns).step_by(2).collect());
}

/// An execution that waits for a child fails while the disk gets full: the child stops all the same.
async fn stop_child(full_at: usize) {
    let fixture = Fixture::new().await;
    let wait = json!({"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": true}}});
    fixture.create_as("child", "STANDARD", &wait).await;
    let job = json!({"StartAt": "J", "States": {"J": {"Type": "Task", "Resource": format!("{START}.sync"), "End": true,
        "Parameters": {"StateMachineArn": CHILD, "Name": "c"}}}});
    let fail =
        json!({"StartAt": "V", "States": {"V": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail"}}});
    let definition =
        json!({"StartAt": "P", "States": {"P": {"Type": "Parallel", "Branches": [job, fail], "End": true}}});
    let machine = fixture.create_as("m", "STANDARD", &definition).await;
    let arn = fixture.start_of(&machine, "e", &json!({})).await.unwrap();
    for turns in 0..400 {
        if turns == 100 {
            fixture.control.advance(Duration::from_secs(1));
        }
        if turns > 120 && turns % 20 == 0 {
            fixture.control.advance(Duration::from_secs(1));
        }
        fixture.store.set_disk_full((100 + full_at..200 + full_at).contains(&turns));
        turn().await;
    }
    assert_eq!(fixture.describe(&arn).await["status"], "FAILED");
    let child = "arn:aws:states:us-east-1:000000000000:execution:child:c";
    assert_eq!(fixture.describe(child).await["status"], "ABORTED", "full at turn {full_at}");
}

#[test]
fn a_child_that_is_abandoned_stops_whenever_the_disk_is_full() {
    for full_at in 0..12 {
        blocking(async move { tokio::spawn(stop_child(full_at)).await.unwrap() });
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn random_workflows_end_as_undisturbed(plan in flow(), moments in prop::collection::vec(any::<prop::sample::Index>(), 4)) {
        check(&written(&plan, false, &mut 0), |turns| moments.iter().map(|moment| moment.index(turns)).collect());
    }
}
