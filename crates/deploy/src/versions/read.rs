//! Reads the versions that a stack has, and what its executions that have not ended run on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::error::DeployError;
use crate::event::{Event, Events};
use crate::observe::{Observed, ObservedFunction, ObservedStateMachine};
use crate::parallel;
use crate::retry::Retry;
use crate::versions::deployments::{FunctionVersions, MachineVersions, Versions};
use aws::executions::{self, Status};
use aws::{Aws, aliases, machine_versions};
use model::names::{Arn, Key};
use model::stack::Stack;

/// How many calls of a kind run at once: AWS accepts only a few a second after a burst.
const MAX_CONCURRENT_CALLS: usize = 8;

/// Executions of one state machine that run on the same definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionGroup {
    /// The state machine.
    pub machine: Key,
    /// The definition that they began with: JSON.
    pub definition: String,
    /// The executions: name and start.
    pub executions: Vec<(String, Timestamp)>,
}

/// The executions that have not ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutionsInFlight {
    /// Those whose definitions were asked for.
    pub in_flight: Vec<ExecutionGroup>,
    /// Whether there are more, whose definitions are not known.
    pub truncated: bool,
}

/// Reads the versions of what was observed.
///
/// # Errors
/// A call that fails for good.
pub async fn read_versions(
    aws: &Aws,
    stack: &Stack,
    observed: &Observed,
    events: &Events,
) -> Result<Versions, DeployError> {
    let functions = observed
        .functions
        .iter()
        .map(|(key, there)| function(aws.clone(), stack.function_name(key), key.clone(), there.clone(), retry(events)));
    let slots = Arc::new(Semaphore::new(MAX_CONCURRENT_CALLS));
    let machines = observed.state_machines.iter().filter(|(_, it)| !it.machine.deleting).map(|(key, there)| {
        let reader = Reader { aws: aws.clone(), slots: Arc::clone(&slots), retry: retry(events) };
        machine(reader, stack.clone(), key.clone(), there.clone())
    });
    let (functions, machines) = tokio::try_join!(parallel::all(functions), parallel::all(machines))?;
    Ok(Versions { functions: functions.into_iter().collect(), machines: machines.into_iter().collect() })
}

fn retry(events: &Events) -> Retry {
    Retry::named("looking at versions".to_owned(), events)
}

async fn function(
    aws: Aws,
    name: String,
    key: Key,
    there: ObservedFunction,
    retry: Retry,
) -> Result<(Key, FunctionVersions), DeployError> {
    let aliases = retry.call(|| aliases::targets(&aws.lambda, &name)).await?;
    Ok((key, FunctionVersions { name, live: there.live, aliases, versions: there.versions }))
}

/// What a read of state machines' versions shares.
#[derive(Clone)]
struct Reader {
    aws: Aws,
    slots: Arc<Semaphore>,
    retry: Retry,
}

async fn machine(
    reader: Reader,
    stack: Stack,
    key: Key,
    there: ObservedStateMachine,
) -> Result<(Key, MachineVersions), DeployError> {
    let arn = stack.state_machine_arn(&key);
    let numbers = reader.retry.call(|| machine_versions::numbers(&reader.aws.sfn, arn.as_str())).await?;
    let described = numbers.into_iter().map(|number| {
        let reader = reader.clone();
        let arn = arn.clone();
        async move {
            let _slot = reader.slots.acquire().await;
            reader.retry.call(|| machine_versions::version(&reader.aws.sfn, arn.as_str(), number)).await
        }
    });
    let versions = parallel::all(described).await?.into_iter().flatten().collect();
    let there = there.machine;
    let kind = if there.kind == "EXPRESS" { "EXPRESS" } else { "STANDARD" };
    let name = stack.state_machine_name(&key);
    let role = there.role;
    let definition = there.definition;
    Ok((key, MachineVersions { name, kind, role, logging: there.logging, definition, versions }))
}

/// Reads what the executions that have not ended run on; at most `limit` of each state machine are asked for. Express
/// executions can't be listed.
///
/// # Errors
/// A call that fails for good.
pub async fn executions_in_flight(
    aws: &Aws,
    stack: &Stack,
    versions: &Versions,
    limit: usize,
    events: &Events,
) -> Result<ExecutionsInFlight, DeployError> {
    let retry = Retry::named("looking at executions".to_owned(), events);
    let mut listed = Vec::new();
    let mut truncated = false;
    for key in versions.machines.iter().filter(|(_, it)| it.kind == "STANDARD").map(|(key, _)| key) {
        let arn = stack.state_machine_arn(key);
        let list = || async {
            let found = executions::list(aws, &arn, Some(Status::Running), limit).await;
            aws::error::or_absent(found)
        };
        let (found, further) = retry.call(list).await?.unwrap_or_default();
        truncated |= further;
        listed.extend(found.into_iter().map(|execution| (key.clone(), execution)));
    }
    let of = listed.len();
    let done = Arc::new(AtomicUsize::new(0));
    let slots = Arc::new(Semaphore::new(MAX_CONCURRENT_CALLS));
    let asked = listed.into_iter().map(|(key, execution)| {
        let reader = Reader { aws: aws.clone(), slots: Arc::clone(&slots), retry: retry.clone() };
        let done = Arc::clone(&done);
        let events = events.clone();
        async move {
            let definition = definition(&reader, &execution.execution_arn).await?;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            events.emit(Event::Counted { what: "executions looked at", done, of });
            Ok(definition.map(|definition| ((key, definition), (execution.name, execution.start_date))))
        }
    });
    let mut grouped: BTreeMap<(Key, String), Vec<(String, Timestamp)>> = BTreeMap::new();
    for (same, execution) in parallel::all(asked).await?.into_iter().flatten() {
        grouped.entry(same).or_default().push(execution);
    }
    let group = |((machine, definition), executions)| ExecutionGroup { machine, definition, executions };
    Ok(ExecutionsInFlight { in_flight: grouped.into_iter().map(group).collect(), truncated })
}

/// The definition that an execution runs on; none when it is forgotten already.
async fn definition(reader: &Reader, execution: &Arn) -> Result<Option<String>, DeployError> {
    let _slot = reader.slots.acquire().await;
    let ask = || async { aws::error::or_absent(executions::definition(&reader.aws, execution).await) };
    reader.retry.call(ask).await
}
