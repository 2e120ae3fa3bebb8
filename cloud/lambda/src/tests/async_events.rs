//! Tests of asynchronous invocations: what was accepted is run, over restarts and wherever the process ends.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::testing::{come_to_rest, run_for};
use cloud_core::{FunctionInvoker, FunctionReference, Location, PortFuture};
use cloud_store::{Batch, Range, Store, Table};
use serde_json::{Value, json};

use super::{Fixture, handles};
use crate::runtime::{InvocationEvent, Runtime, SimulatedRun, SimulatedRunner};
use crate::{ASYNC_EVENTS, ASYNC_PAYLOADS, FunctionVersion, Functions, Handles, Launch, Runner, RunnerError};

fn named(name: &str) -> FunctionReference {
    FunctionReference::parse(name, &Location::default()).unwrap()
}

/// What functions were given, in order.
#[derive(Debug, Clone, Default)]
struct Runs(Arc<Mutex<Vec<String>>>);

impl Runs {
    fn note(&self, event: &InvocationEvent) {
        self.0.lock().unwrap().push(String::from_utf8(event.payload.to_vec()).unwrap());
    }

    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// Another process on what a Lambda has stored, whose functions do this.
fn restarted(
    lambda: &Fixture,
    handler: impl Fn(&FunctionVersion, &InvocationEvent) -> SimulatedRun + Send + Sync + 'static,
) -> Arc<Functions> {
    let runner = Arc::new(SimulatedRunner::new(lambda.clock.clone(), handler));
    let functions = Functions::open(Handles { runner, ..handles(lambda) }).unwrap();
    functions.resume();
    functions
}

async fn accept(functions: &Functions, name: &str, payload: impl ToString) {
    functions.invoke_later(&named(name), Bytes::from(payload.to_string())).await.unwrap();
}

fn rows(store: &Store) -> (usize, usize) {
    let count = |table: Table| {
        let mut count = 0;
        let counted = store.scan_keys(table, Range::all(), |_| {
            count += 1;
            ControlFlow::Continue(())
        });
        counted.map(|()| count).unwrap()
    };
    (count(ASYNC_EVENTS), count(ASYNC_PAYLOADS))
}

fn sorted(mut runs: Vec<String>) -> Vec<String> {
    runs.sort_by_key(|run| run.parse::<usize>().unwrap());
    runs
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_runs_after_a_restart_and_leaves_nothing() {
    let lambda = Fixture::with(|_, _| SimulatedRun::hangs());
    lambda.create("f").await;
    for number in 0..40 {
        accept(&lambda.functions, "f", number).await;
    }
    come_to_rest().await;
    lambda.functions.stop();
    come_to_rest().await;
    assert_eq!(rows(&lambda.store), (40, 40));
    let runs = Runs::default();
    let noted = runs.clone();
    let again = restarted(&lambda, move |_, event| {
        noted.note(event);
        SimulatedRun::answers(&json!(1))
    });
    run_for(&lambda.control, Duration::from_secs(1)).await;
    assert_eq!(sorted(runs.all()), (0..40).map(|number| number.to_string()).collect::<Vec<_>>());
    assert_eq!(rows(&lambda.store), (0, 0));
    // Numbers go on, and nothing is left that would hold a timer.
    accept(&again, "f", 40).await;
    run_for(&lambda.control, Duration::from_secs(1)).await;
    assert_eq!(runs.all().len(), 41);
    again.stop();
    run_for(&lambda.control, Duration::from_secs(60)).await;
    assert_eq!(lambda.control.next_timer(), None);
}

#[tokio::test(start_paused = true)]
async fn tries_are_counted_over_restarts() {
    let lambda = Fixture::with(|_, _| SimulatedRun::fails(&json!({"errorType": "E"})));
    lambda.create("f").await;
    accept(&lambda.functions, "f", 1).await;
    run_for(&lambda.control, Duration::from_secs(30)).await;
    lambda.functions.stop();
    let runs = Runs::default();
    let start = || {
        let noted = runs.clone();
        restarted(&lambda, move |_, event| {
            noted.note(event);
            SimulatedRun::fails(&json!({"errorType": "E"}))
        })
    };
    let second = start();
    run_for(&lambda.control, Duration::from_secs(29)).await;
    assert_eq!(runs.all().len(), 0);
    run_for(&lambda.control, Duration::from_secs(1)).await;
    assert_eq!(runs.all().len(), 1);
    second.stop();
    let third = start();
    run_for(&lambda.control, Duration::from_secs(119)).await;
    assert_eq!(runs.all().len(), 1);
    run_for(&lambda.control, Duration::from_secs(1)).await;
    assert_eq!((runs.all().len(), rows(&lambda.store)), (2, (0, 0)));
    third.stop();
}

/// Has nothing to run functions with.
struct NoRunner(Runs);

impl Runner for NoRunner {
    fn start<'a>(
        &'a self,
        _: &'a FunctionVersion,
        _: &'a Launch,
    ) -> PortFuture<'a, Result<Box<dyn Runtime>, RunnerError>> {
        self.0.0.lock().unwrap().push(String::new());
        Box::pin(std::future::ready(Err(RunnerError::NoPort(std::io::Error::other("none")))))
    }

    fn stop(&self) {}

    fn protection(&self) -> PortFuture<'_, String> {
        Box::pin(std::future::ready("nothing".to_owned()))
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_run_is_put_off_for_six_hours() {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let tries = Runs::default();
    let functions = Functions::open(Handles { runner: Arc::new(NoRunner(tries.clone())), ..handles(&lambda) }).unwrap();
    accept(&functions, "f", 1).await;
    let mut after = Vec::new();
    for seconds in [0, 1, 2, 4, 8] {
        run_for(&lambda.control, Duration::from_secs(seconds)).await;
        after.push(tries.all().len());
    }
    assert_eq!(after, [1, 2, 3, 4, 5]);
    run_for(&lambda.control, Duration::from_secs(6 * 3600 - 15 - 1)).await;
    let most = tries.all().len();
    assert!((70..85).contains(&most), "{most}");
    assert_eq!(rows(&lambda.store), (1, 1));
    run_for(&lambda.control, Duration::from_secs(300)).await;
    assert_eq!((tries.all().len(), rows(&lambda.store)), (most, (0, 0)));
}

#[tokio::test(start_paused = true)]
async fn a_backlog_of_one_function_holds_nobody_else_up() {
    let runs = Runs::default();
    let noted = runs.clone();
    let lambda = Fixture::with(move |version, event| {
        noted.note(event);
        match (version.name.as_str(), event.payload.as_ref()) {
            ("f", b"0") => SimulatedRun::hangs(),
            _ => SimulatedRun::answers(&json!("done")),
        }
    });
    lambda.create("f").await;
    lambda.create("g").await;
    for _ in 0..200 {
        accept(&lambda.functions, "f", 0).await;
    }
    come_to_rest().await;
    assert_eq!(runs.all().len(), 32);
    accept(&lambda.functions, "g", 7).await;
    come_to_rest().await;
    assert!(runs.all().contains(&"7".to_owned()));
    let invoked = lambda.functions.invoke(&named("f"), Bytes::from_static(b"1")).await.unwrap();
    assert_eq!(invoked.payload, Bytes::from_static(b"\"done\""));
}

#[tokio::test(start_paused = true)]
async fn one_functions_events_leave_room_for_anothers() {
    let lambda = Fixture::with(|_, _| SimulatedRun::hangs());
    lambda.create("f").await;
    lambda.create("g").await;
    let event = Bytes::from(vec![b'1'; 1_000_000]);
    while lambda.functions.invoke_later(&named("f"), event.clone()).await.is_ok() {}
    for _ in 0..20 {
        lambda.functions.invoke_later(&named("g"), event.clone()).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn one_functions_callers_leave_room_for_anothers() {
    let lambda = Fixture::with(|_, _| SimulatedRun::hangs());
    lambda.create("f").await;
    lambda.create("g").await;
    let invoke = |name: &'static str, size| {
        let functions = Arc::clone(&lambda.functions);
        tokio::spawn(async move { functions.invoke(&named(name), Bytes::from(vec![b'1'; size])).await })
    };
    let calling: Vec<_> = (0..2000).map(|_| invoke("f", 1)).collect();
    let other = invoke("g", 6_000_000);
    come_to_rest().await;
    let refused = calling.iter().filter(|call| call.is_finished()).count();
    assert_eq!(2000 - refused, 1024, "at most about as many as AWS runs for an account");
    assert!(!other.is_finished());
    let refused = calling.into_iter().find(tokio::task::JoinHandle::is_finished).unwrap().await.unwrap().unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (429, "TooManyRequestsException"));
}

#[tokio::test(start_paused = true)]
async fn what_the_disk_refuses_is_not_accepted_and_not_run() {
    let runs = Runs::default();
    let noted = runs.clone();
    let lambda = Fixture::with(move |_, event| {
        noted.note(event);
        SimulatedRun::answers(&json!(1))
    });
    lambda.create("f").await;
    lambda.store.set_disk_full(true);
    let refused = lambda.functions.invoke_later(&named("f"), Bytes::from_static(b"1")).await.unwrap_err();
    assert!(refused.message.contains("is full"), "{refused}");
    come_to_rest().await;
    assert_eq!(runs.all().len(), 0);
    lambda.store.set_disk_full(false);
    accept(&lambda.functions, "f", 2).await;
    come_to_rest().await;
    assert_eq!(runs.all(), ["2"]);
}

#[tokio::test(start_paused = true)]
async fn a_function_made_anew_has_nothing_of_its_namesakes_events() {
    let lambda = Fixture::with(|_, _| SimulatedRun::fails(&json!({})));
    lambda.create("f").await;
    accept(&lambda.functions, "f", 1).await;
    come_to_rest().await;
    assert_eq!(rows(&lambda.store), (1, 1));
    lambda.ask("DELETE", "/2015-03-31/functions/f", &Value::Null).await;
    assert_eq!(rows(&lambda.store), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_is_left_and_the_others_run() {
    let lambda = Fixture::with(|_, _| SimulatedRun::hangs());
    lambda.create("f").await;
    for number in 0..3 {
        accept(&lambda.functions, "f", number).await;
    }
    lambda.functions.stop();
    let mut batch = Batch::new();
    batch.put_bytes(ASYNC_EVENTS, format!("{:016x}", 2), b"damaged".to_vec());
    lambda.store.commit(batch).await.unwrap();
    let runs = Runs::default();
    let noted = runs.clone();
    let again = restarted(&lambda, move |_, event| {
        noted.note(event);
        SimulatedRun::answers(&json!(1))
    });
    come_to_rest().await;
    assert_eq!(sorted(runs.all()), ["0", "2"]);
    assert_eq!((again.unreadable_rows(), rows(&lambda.store)), (1, (1, 1)));
}

/// The process ends after some steps of everybody: what the disk has then is all that the next one finds.
#[tokio::test(start_paused = true)]
async fn wherever_the_process_ends_what_was_accepted_succeeds() {
    let mut crashes = 0;
    for steps in (0..160).step_by(2) {
        let succeeded = Arc::new(Mutex::new(BTreeSet::new()));
        let failed_once = Arc::new(Mutex::new(BTreeSet::new()));
        let done = Arc::clone(&succeeded);
        // Every other one fails once.
        let handler = move |_: &FunctionVersion, event: &InvocationEvent| {
            let number: u64 = serde_json::from_slice(&event.payload).unwrap();
            if number.is_multiple_of(2) && failed_once.lock().unwrap().insert(number) {
                return SimulatedRun::fails(&json!({}));
            }
            done.lock().unwrap().insert(number);
            SimulatedRun::answers(&json!(1))
        };
        let lambda = Fixture::with(handler);
        lambda.create("f").await;
        let functions = Arc::clone(&lambda.functions);
        let accepted = Arc::new(Mutex::new(BTreeSet::new()));
        let answered = Arc::clone(&accepted);
        let asking = tokio::spawn(async move {
            for number in 0..6_u64 {
                let payload = Bytes::from(number.to_string());
                if functions.invoke_later(&named("f"), payload).await.is_ok() {
                    answered.lock().unwrap().insert(number);
                }
            }
        });
        for step in 0..steps {
            tokio::task::yield_now().await;
            if step % 10 == 9 {
                lambda.control.advance(Duration::from_secs(10));
            }
        }
        // Nothing reaches the disk any more, and nobody does anything after this.
        lambda.store.set_disk_full(true);
        let before = succeeded.lock().unwrap().clone();
        come_to_rest().await;
        asking.abort();
        lambda.functions.stop();
        come_to_rest().await;
        lambda.store.set_disk_full(false);
        crashes += usize::from(rows(&lambda.store) != (0, 0));
        let runs = Runs::default();
        let noted = runs.clone();
        let again = restarted(&lambda, move |_, event| {
            noted.note(event);
            SimulatedRun::answers(&json!(1))
        });
        run_for(&lambda.control, Duration::from_secs(600)).await;
        let mut all = before;
        all.extend(runs.all().iter().map(|run| run.parse::<u64>().unwrap()));
        let accepted = accepted.lock().unwrap().clone();
        assert!(accepted.is_subset(&all), "after {steps} steps {accepted:?} were accepted and {all:?} succeeded");
        assert_eq!(rows(&lambda.store), (0, 0));
        again.stop();
    }
    assert!(crashes > 25, "{crashes} ends with something left");
}
