//! Executions of express state machines: driven in memory, with no history but in a log.
//!
//! One that was started asynchronously is in the store until it has ended, and begins again after a restart: "at least
//! once", as on AWS.

use std::sync::Arc;

use asl::{Effect, HistoryEvent, Input, Outcome};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::api::Begun;
use super::driver::{self, ItemStart};
use super::integration::{self, Caller};
use super::machine::Machine;
use super::{Prepared, deletion, refusal};
use crate::local::Cloud;
use crate::local::arn::Region;
use crate::local::error::ServiceError;
use crate::local::store::{Batch, Table};
use aws::clock;

/// The longest that an execution takes, in seconds (Step Functions quotas, express workflows).
pub(super) const TIME_LIMIT_S: u64 = 300;

/// An execution to run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Run {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) input: String,
    /// The state machine's key.
    machine: String,
    revision: u64,
}

/// What an execution came to.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    pub(super) stopped_at: Timestamp,
}

impl Run {
    /// An execution of a revision of a state machine.
    pub(super) fn new(machine: &Machine, revision: u64, name: String, input: String) -> Self {
        let arn = machine.express_arn(&name, &uuid::Uuid::new_v4().to_string());
        Self { arn, name, input, machine: machine.key(), revision }
    }
}

/// Starts an execution that nobody waits for.
pub(super) async fn start(cloud: &Arc<Cloud>, run: Run) -> Result<Begun, ServiceError> {
    let mut batch = Batch::new();
    batch.put(Table::ExpressExecutions, run.arn.clone(), &run)?;
    cloud.store.commit(batch).await?;
    let begun = Begun { arn: run.arn.clone(), started_at: clock::now() };
    run_in_background(cloud, run, begun.started_at);
    Ok(begun)
}

/// Begins again what was running when the cloud ended.
pub(super) async fn begin_again(cloud: &Arc<Cloud>) {
    // A store that cannot be read now is asked again at the next start.
    for (_, run) in cloud.store.load::<Run>(Table::ExpressExecutions).unwrap_or_default() {
        run_in_background(cloud, run, clock::now());
    }
}

fn run_in_background(cloud: &Arc<Cloud>, run: Run, now: Timestamp) {
    let cloud = Arc::clone(cloud);
    tokio::spawn(async move {
        let about = drive(&cloud, &run, now, Some(0)).await;
        // One that was interrupted by the end of the cloud stays for the next start.
        if !about.is_err_and(|error| error.status == 503) {
            let mut batch = Batch::new();
            batch.delete(Table::ExpressExecutions, run.arn);
            cloud.store.submit(batch);
        }
    });
}

/// Runs an execution to its end.
pub(super) async fn run(cloud: &Arc<Cloud>, run: &Run, now: Timestamp) -> Result<Ended, ServiceError> {
    drive(cloud, run, now, None).await
}

/// Runs a child of a Map Run to its end, or to that of the cloud: then it is run again after the next start.
pub(super) async fn run_item(cloud: &Arc<Cloud>, item: &ItemStart) -> Option<Outcome> {
    let (machine, _) = item.parent().parts();
    let begun = cloud.step_functions.prepared(machine, item.revision()).and_then(|prepared| {
        let definition = prepared.definition(&cloud.step_functions);
        let started = asl::Execution::start_child(&definition, item.map_state(), item.start(clock::now()));
        drop(definition);
        let (execution, effects) = started.map_err(|error| refusal::invalid_input(&error.to_string()))?;
        let role_arn = Arc::clone(&prepared.role_arn);
        let caller = Caller { region: item.parent().region(), role_arn, execution: None };
        Ok(Live { prepared, execution, effects, caller })
    });
    let ended = match begun {
        Ok(live) => to_the_end(cloud, live).await,
        Err(error) => Err(error),
    };
    match ended {
        Ok(ended) => Some(ended.outcome),
        Err(error) if error.status == 503 => None,
        Err(error) => Some(driver::not_started(&error)),
    }
}

async fn drive(
    cloud: &Arc<Cloud>,
    run: &Run,
    now: Timestamp,
    redrive_count: Option<u64>,
) -> Result<Ended, ServiceError> {
    // A state machine with executions is not deleted.
    cloud.step_functions.index().begin_start(&run.machine);
    let ended = match begin(cloud, run, now, redrive_count) {
        Ok(begun) => to_the_end(cloud, begun).await,
        Err(error) => Err(error),
    };
    cloud.step_functions.index().end(&run.machine);
    deletion::finish(cloud, &run.machine).await;
    ended
}

/// An execution under way.
struct Live {
    prepared: Arc<Prepared>,
    execution: asl::Execution,
    effects: Vec<Effect>,
    caller: Caller,
}

fn begin(cloud: &Cloud, run: &Run, now: Timestamp, redrive_count: Option<u64>) -> Result<Live, ServiceError> {
    let missing = || refusal::machine_missing(&run.arn);
    let record = cloud.step_functions.active_machine(&run.machine, missing)?;
    let prepared = cloud.step_functions.prepared(&run.machine, run.revision)?;
    let start = asl::Start::builder(run.arn.as_str(), record.arn(), now)
        .execution_name(run.name.as_str())
        .state_machine_name(record.name.as_str())
        .role_arn(Arc::clone(&prepared.role_arn))
        .redrive_count(redrive_count)
        .input(run.input.as_str())
        .seed(uuid::Uuid::new_v4().as_u64_pair().0)
        .build();
    let started = asl::Execution::start(&prepared.definition(&cloud.step_functions), start);
    let (execution, effects) = started.map_err(|error| refusal::invalid_input(&error.to_string()))?;
    let region = Region::new(&record.region);
    let caller = Caller { region, role_arn: Arc::clone(&prepared.role_arn), execution: None };
    Ok(Live { prepared, execution, effects, caller })
}

async fn to_the_end(cloud: &Arc<Cloud>, live: Live) -> Result<Ended, ServiceError> {
    let Live { prepared, mut execution, mut effects, caller } = live;
    let definition = prepared.definition(&cloud.step_functions);
    let (news, mut heard) = unbounded_channel();
    loop {
        let carried = carry(cloud, &caller, effects, &news);
        if let Some(sink) = &prepared.sink {
            sink.write(cloud, &execution.context().execution_arn, &carried.events);
        }
        if let Some(outcome) = carried.outcome {
            return Ok(Ended { outcome, stopped_at: clock::now() });
        }
        let wake = execution.next_wake().unwrap_or(Timestamp::MAX);
        let input = tokio::select! {
            Some(input) = heard.recv() => input,
            () = clock::sleep_until(wake) => Input::Wake,
            () = cloud.stop.given() => {
                return Err(ServiceError::new(503, "ServiceUnavailable", "The embedded cloud is ending."));
            }
        };
        // What the execution does not take has come too late.
        effects = execution.handle(&definition, input, clock::now()).unwrap_or_default();
    }
}

/// What effects came to.
#[derive(Default)]
struct Carried {
    events: Vec<HistoryEvent>,
    outcome: Option<Outcome>,
}

fn carry(cloud: &Arc<Cloud>, caller: &Caller, effects: Vec<Effect>, news: &UnboundedSender<Input>) -> Carried {
    let mut carried = Carried::default();
    for effect in effects {
        match effect {
            Effect::Event(event) => carried.events.push(event),
            Effect::StartTask(request) => {
                // Nobody listens any more once the execution is over.
                let _ = news.send(Input::TaskStarted { task: request.task, worker_name: None });
                let (cloud, caller, news) = (Arc::clone(cloud), caller.clone(), news.clone());
                tokio::spawn(async move {
                    if let Some(input) = integration::call(&cloud, &caller, &request).await {
                        let _ = news.send(input);
                    }
                });
            }
            Effect::CancelTask(_) => {}
            Effect::Ended(outcome) => carried.outcome = Some(outcome),
            // An express execution has no distributed Map states.
            _ => {}
        }
    }
    carried
}
