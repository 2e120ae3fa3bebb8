//! Step Functions: state machines, their executions, and the driver that runs them.

mod activity;
mod api;
mod deletion;
mod driver;
mod execution;
mod express;
mod index;
mod integration;
mod json_complaint;
mod machine;
mod names;
mod refusal;
mod sink;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::activity::Activity;
use self::driver::{Driver, Interrupted, Link};
use self::execution::{ExecutionKey, ExecutionRow, Stage, owner};
use self::index::Index;
use self::machine::{Kind, Machine, Revision, Row};
use self::sink::Sink;
use super::Cloud;
use super::error::ServiceError;
use super::records::Records;
use super::store::{Store, StoreError, Table};

pub(crate) use api::handle;

/// All state machines and executions.
pub(crate) struct StepFunctions {
    /// By region and name; revisions beside their machines.
    records: Records<Row>,
    /// By region and name.
    activities: Records<Activity>,
    index: Mutex<Index>,
    /// The revisions that were run since the start, ready to run.
    prepared: Mutex<BTreeMap<String, Arc<Prepared>>>,
    driver: Driver,
    /// What was running when the cloud ended, until [`StepFunctions::resume`] takes it.
    interrupted: Mutex<(Vec<Interrupted>, Vec<Link>)>,
}

/// A revision, ready to run.
#[derive(Debug)]
struct Prepared {
    definition: asl::StateMachine,
    /// The activities that it names, by ARN.
    activities: BTreeSet<String>,
    role_arn: Arc<str>,
    /// Where its executions are logged, if they are.
    sink: Option<Sink>,
}

impl Prepared {
    fn new(definition: asl::StateMachine, revision: &Revision, machine: &Machine) -> Self {
        let definition = match machine.kind {
            Kind::Standard => definition,
            Kind::Express => definition.with_time_limit(express::TIME_LIMIT_S),
        };
        let activities = definition.resources().filter_map(|(_, resource)| match resource {
            asl::TaskResource::Activity { arn } => Some(arn.clone()),
            _ => None,
        });
        Self {
            activities: activities.collect(),
            role_arn: revision.role_arn.as_str().into(),
            sink: Sink::of(&revision.logging, &machine.name),
            definition,
        }
    }

    /// The definition as it runs now: activities that do not exist are known to it.
    fn definition(&self, step_functions: &StepFunctions) -> Cow<'_, asl::StateMachine> {
        let missing = |arn: &&String| !step_functions.has_activity(arn);
        if !self.activities.iter().any(|arn| missing(&arn)) {
            return Cow::Borrowed(&self.definition);
        }
        let missing = self.activities.iter().filter(missing).cloned().collect();
        Cow::Owned(self.definition.clone().without_activities(missing))
    }
}

impl StepFunctions {
    /// Loads them; nothing runs before [`StepFunctions::resume`].
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        let records = Records::open(store, Table::StateMachines)?;
        let mut index = Index::default();
        let (mut interrupted, mut links) = (Vec::new(), Vec::new());
        for (key, row) in store.load::<ExecutionRow>(Table::Executions)? {
            let key = ExecutionKey::stored(&key);
            let (machine, name) = key.parts();
            index.load(machine, name, row.summary.clone());
            links.extend(Link::of(&key, &row));
            if let Stage::Running(execution) = &row.stage {
                interrupted.push(Interrupted::new(key, &row, execution));
            }
        }
        Ok(Self {
            records,
            activities: Records::open(store, Table::Activities)?,
            index: Mutex::new(index),
            prepared: Mutex::default(),
            driver: Driver::default(),
            interrupted: Mutex::new((interrupted, links)),
        })
    }

    /// Continues every execution that was running when the cloud ended; called once, when the cloud is ready to serve.
    ///
    /// A task that was under way is begun again: its function may run more than once.
    pub(crate) fn resume(&self, cloud: &Arc<Cloud>) {
        let (interrupted, links) =
            std::mem::take(&mut *self.interrupted.lock().unwrap_or_else(PoisonError::into_inner));
        self.driver.resume(cloud, interrupted, links);
        let cloud = Arc::clone(cloud);
        tokio::spawn(async move {
            express::begin_again(&cloud).await;
            deletion::finish_all(&cloud).await;
        });
    }

    /// Stops driving executions; they continue when the cloud starts again.
    pub(crate) async fn stop(&self) {
        self.driver.stop().await;
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The machine with this key, or whose Map Run's children have it.
    fn machine(&self, key: &str) -> Option<Machine> {
        self.records.read(|rows| match rows.get(owner(key)) {
            Some(Row::Machine(machine)) => Some(machine.clone()),
            _ => None,
        })
    }

    /// A machine that can be started and changed.
    fn active_machine(&self, key: &str, missing: impl FnOnce() -> ServiceError) -> Result<Machine, ServiceError> {
        let machine = self.machine(key).ok_or_else(missing)?;
        if machine.deleting { Err(refusal::machine_deleting(&machine.arn())) } else { Ok(machine) }
    }

    /// Whether there is an activity with this ARN.
    fn has_activity(&self, arn: &str) -> bool {
        names::ActivityReference::parse(arn).is_ok_and(|reference| self.activities.get(&reference.key).is_some())
    }

    fn is_deleting(&self, key: &str) -> bool {
        self.records.read(|rows| match rows.get(owner(key)) {
            Some(Row::Machine(machine)) => machine.deleting,
            _ => true,
        })
    }

    fn revision(&self, machine: &str, number: u64) -> Result<Revision, ServiceError> {
        let key = Revision::key(owner(machine), number);
        let found = self.records.read(|rows| match rows.get(&key) {
            Some(Row::Revision(revision)) => Some(revision.clone()),
            _ => None,
        });
        found.ok_or_else(|| {
            ServiceError::internal(format!("Revision {number} of the state machine {machine} is not in the store."))
        })
    }

    /// A revision, parsed once.
    fn prepared(&self, machine: &str, number: u64) -> Result<Arc<Prepared>, ServiceError> {
        let key = Revision::key(owner(machine), number);
        if let Some(known) = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let revision = self.revision(machine, number)?;
        let definition = asl::StateMachine::parse(&revision.definition);
        let definition = definition.map_err(|error| refusal::invalid_definition(&error.aws_text()))?;
        let record = self.machine(machine).ok_or_else(|| refusal::machine_missing(machine))?;
        let prepared = Arc::new(Prepared::new(definition, &revision, &record));
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// Forgets the parsed revisions of a machine.
    fn forget_prepared(&self, machine: &str) {
        let prefix = format!("{machine}/");
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| !key.starts_with(&prefix));
    }

    /// An execution's row.
    fn row(&self, cloud: &Cloud, key: &ExecutionKey) -> Result<Option<ExecutionRow>, ServiceError> {
        let rows = cloud.store.load_prefix(Table::Executions, &key.row())?;
        Ok(rows.into_iter().next().map(|(_, row)| row))
    }
}
