//! Executions of express state machines: driven in memory, with no history but in a log.
//!
//! One that was started asynchronously is in the store until it has ended, and begins again after a restart: "at least
//! once", as on AWS.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use asl::mock::MockedResponse;
use asl::{Effect, HistoryEvent, Input, Outcome, TaskId, TaskPhase};
use cloud_core::{Hold, ServiceError};
use cloud_store::{Batch, Range};
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::compiled_machine::CompiledMachine;
use super::deletion;
use super::driver::Progress;
use super::integration::mocks::answer::answer;
use super::integration::mocks::{MockedRun, iteration_of};
use super::integration::{self, Caller};
use super::recovery::MapChildStart;
use super::rows::express::ExpressRun;
use super::rows::{EXPRESS_EXECUTIONS, STATE_MACHINES};
use super::states::States;
use super::wire::errors;

/// How many answers of an execution's tasks may wait for it. It takes them as fast as it runs; a task whose answer finds
/// no room waits, as one does whose answer comes later.
const WAITING_ANSWERS: usize = 64;

/// What an execution came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    pub(crate) stopped_at: Timestamp,
}

/// Begins again what was running when the cloud ended.
pub(crate) fn begin_again(states: &Arc<States>) {
    let read = states.store.snapshot().and_then(|snapshot| {
        snapshot.scan_tolerant::<ExpressRun>(EXPRESS_EXECUTIONS, Range::all(), |key, run| {
            match run {
                Ok(run) => {
                    let running = run_stored(Arc::clone(states), run, states.clock.now());
                    tokio::spawn(states.clock.work(running));
                }
                Err(reason) => states.unreadable.note(EXPRESS_EXECUTIONS, key, &reason),
            }
            ControlFlow::Continue(())
        })
    });
    if let Err(error) = read {
        tracing::error!(error = %error, "express executions were not begun again; they are after the next start");
    }
}

/// Runs an execution to its end, and removes it from the store.
pub(crate) async fn run_stored(states: Arc<States>, run: ExpressRun, now: Timestamp) {
    let arn = run.arn.clone();
    let machine = run.machine().to_owned();
    let ended = drive(&states, run, now, Some(0)).await;
    match ended {
        // It stays for the next start.
        Err(error) if is_ending(&error) => return,
        // And so does one whose state machine can't be read.
        Err(error) if states.machines.unreadable().has(STATE_MACHINES, &machine) => {
            tracing::warn!(error = %error, execution = arn, "an express execution waits for its state machine");
            return;
        }
        Err(error) => tracing::warn!(error = %error, execution = arn, "an express execution could not run"),
        Ok(_) => {}
    }
    let mut batch = Batch::new();
    batch.delete(EXPRESS_EXECUTIONS, arn.clone());
    if let Err(error) = states.store.commit(batch).await {
        tracing::warn!(error = %error, execution = arn, "an express execution that has ended runs again at the next start");
    }
}

/// Runs an execution to its end, even if nobody waits any more.
pub(crate) async fn run(states: &Arc<States>, run: ExpressRun, now: Timestamp) -> Result<Ended, ServiceError> {
    let states = Arc::clone(states);
    let clock = states.clock.clone();
    let driven = tokio::spawn(clock.part_of_work(async move { drive(&states, run, now, None).await }));
    driven.await.map_err(|error| ServiceError::internal(format!("The execution was interrupted: {error}.")))?
}

/// Runs a child of a Map ExpressRun to its end, or to that of the cloud: then it is run again after the next start.
pub(crate) async fn run_map_child(states: &Arc<States>, start: &MapChildStart) -> Option<Outcome> {
    let (machine, _) = start.parent().parts();
    let begun = states.compiled(machine, start.revision()).and_then(|compiled| {
        let definition = states.definition(&compiled);
        let started = asl::Execution::start_child(&definition, start.map_state(), start.start(states.clock.now()));
        drop(definition);
        let (execution, effects) = started.map_err(|error| errors::invalid_input(&error.to_string()))?;
        let role_arn = Arc::clone(&compiled.role_arn);
        let parent = start.parent();
        let machine_arn = parent.machine_arn();
        let caller = Caller { location: parent.location(), role_arn, machine_arn, execution: None };
        let mocks = start.mocks().map(MockedRun::for_child);
        Ok(Live { compiled, execution, effects, caller, mocks })
    });
    let ended = match begun {
        Ok(live) => to_the_end(states, live).await,
        Err(error) => Err(error),
    };
    match ended {
        Ok(ended) => Some(ended.outcome),
        Err(error) if is_ending(&error) => None,
        Err(error) => Some(MapChildStart::failed(&error)),
    }
}

/// Whether an execution was interrupted by the end of the cloud.
fn is_ending(error: &ServiceError) -> bool {
    error.status == 503
}

async fn drive(
    states: &Arc<States>,
    run: ExpressRun,
    now: Timestamp,
    redrive_count: Option<u64>,
) -> Result<Ended, ServiceError> {
    // A state machine with executions is not deleted.
    states.index().hold(run.machine());
    let ended = match begin(states, &run, now, redrive_count) {
        Ok(begun) => to_the_end(states, begun).await,
        Err(error) => Err(error),
    };
    states.index().release(run.machine());
    deletion::finish(states, run.machine()).await;
    ended
}

/// An execution under way.
struct Live {
    compiled: Arc<CompiledMachine>,
    execution: asl::Execution,
    effects: Vec<Effect>,
    caller: Caller,
    mocks: Option<MockedRun>,
}

fn begin(states: &States, run: &ExpressRun, now: Timestamp, redrive_count: Option<u64>) -> Result<Live, ServiceError> {
    let machine_arn = states.with_machine(run.machine(), |found| match found {
        None => Err(states.no_machine(run.machine(), || errors::machine_missing(&run.arn))),
        Some(found) if found.deleting => Err(errors::machine_deleting(&found.arn())),
        Some(found) => Ok(found.arn()),
    })?;
    let compiled = states.compiled(run.machine(), run.revision)?;
    let start = asl::Start::builder(run.arn.as_str(), machine_arn.clone(), now)
        .input(run.input.as_str())
        .role_arn(Arc::clone(&compiled.role_arn))
        .redrive_count(redrive_count)
        .seed(states.random.next_u64())
        .build();
    let started = asl::Execution::start(&states.definition(&compiled), start);
    let (execution, effects) = started.map_err(|error| errors::invalid_input(&error.to_string()))?;
    let role_arn = Arc::clone(&compiled.role_arn);
    let caller = Caller { location: run.key.location(), role_arn, machine_arn, execution: None };
    let mocks = run.mocks.clone().map(|mocks| *mocks);
    Ok(Live { compiled, execution, effects, caller, mocks })
}

async fn to_the_end(states: &Arc<States>, live: Live) -> Result<Ended, ServiceError> {
    let Live { compiled, mut execution, mut effects, caller, mut mocks } = live;
    let (answers, mut answered) = mpsc::channel(WAITING_ANSWERS);
    // What the execution is told next, before any answer.
    let mut inputs = VecDeque::new();
    let run = states.driver.express.begin();
    loop {
        let chosen = mocks.as_mut().map(|mocks| choose(mocks, &execution, &compiled, &effects)).unwrap_or_default();
        let collected = collect(states, &caller, (effects, chosen), &answers, &mut inputs);
        if let Some(destination) = &compiled.log_destination {
            destination.write(&*states.logs, &execution.context().execution_arn, 0, &collected.events).await;
        }
        if let Some(outcome) = collected.outcome {
            return Ok(Ended { outcome, stopped_at: states.clock.now() });
        }
        let input = match inputs.pop_front() {
            Some(input) => input,
            None => {
                if execution.has_more() {
                    // Others get their turn.
                    tokio::task::yield_now().await;
                }
                let wake = execution.next_wake().unwrap_or(Timestamp::MAX);
                let is_running = execution.has_more() || execution.running_tasks().next().is_some();
                run.set(Progress { is_running, wait: execution.next_wait() });
                tokio::select! {
                    biased;
                    () = states.stop.given() => {
                        return Err(ServiceError::new(503, "ServiceUnavailable", "The embedded cloud is ending."));
                    }
                    Some((input, _held)) = answered.recv() => input,
                    () = states.clock.sleep_until(wake) => Input::Wake,
                }
            }
        };
        run.set(Progress { is_running: true, wait: None });
        let definition = states.definition(&compiled);
        // What the execution does not take has come too late.
        effects = execution.handle(&definition, input, states.clock.now()).unwrap_or_default();
    }
}

/// The mocks that answer the tasks which are about to start.
fn choose(
    mocks: &mut MockedRun,
    execution: &asl::Execution,
    compiled: &CompiledMachine,
    effects: &[Effect],
) -> Vec<(TaskId, MockedResponse)> {
    let mut chosen = Vec::new();
    for effect in effects {
        let Effect::StartTask(request) = effect else { continue };
        let index = iteration_of(execution, compiled.parsed(), request.task);
        if mocks.choose(request, index) {
            chosen.extend(mocks.given(request.task).cloned().map(|response| (request.task, response)));
            mocks.forget(request.task);
        }
    }
    chosen
}

/// What effects came to.
#[derive(Default)]
struct Collected {
    events: Vec<HistoryEvent>,
    outcome: Option<Outcome>,
}

/// Collects effects and begins tasks, each of which counts as started at once.
fn collect(
    states: &Arc<States>,
    caller: &Caller,
    (effects, mut chosen): (Vec<Effect>, Vec<(TaskId, MockedResponse)>),
    answers: &mpsc::Sender<(Input, Hold)>,
    inputs: &mut VecDeque<Input>,
) -> Collected {
    let mut collected = Collected::default();
    for effect in effects {
        match effect {
            Effect::Event(event) => collected.events.push(event),
            Effect::StartTask(request) => {
                inputs.push_back(Input::TaskStarted { task: request.task, worker_name: None });
                let clock = states.clock.clone();
                let states = Arc::clone(states);
                let caller = caller.clone();
                let answers = answers.clone();
                let mock = chosen.iter().position(|(task, _)| *task == request.task).map(|at| chosen.swap_remove(at).1);
                tokio::spawn(clock.work(async move {
                    if let Some(mock) = mock {
                        let tell = |input| async {
                            drop(answers.send((input, states.clock.hold())).await);
                        };
                        return answer(&states.clock, &request, TaskPhase::Started, &mock, tell).await;
                    }
                    if let Some(input) = integration::call(&states, &caller, &request).await {
                        // Nobody listens any more once the execution is over.
                        drop(answers.send((input, states.clock.hold())).await);
                    }
                }));
            }
            Effect::CancelTask(_) => {}
            Effect::Ended(outcome) => collected.outcome = Some(outcome),
            // An express execution has no distributed Map states.
            Effect::StartMapRun(_) | Effect::StartChild(_) | Effect::StopChild(_) | Effect::EndMapRun(_) => {}
            other => tracing::error!(effect = ?other, "an effect that express executions do not have"),
        }
    }
    collected
}
