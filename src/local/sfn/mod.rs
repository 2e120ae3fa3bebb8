//! Step Functions: state machines, their executions, and the driver that runs them.

mod api;
mod deletion;
mod driver;
mod execution;
mod index;
mod json_complaint;
mod machine;
mod names;
mod refusal;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::driver::{Driver, Interrupted};
use self::execution::{ExecutionKey, ExecutionRow, Stage};
use self::index::Index;
use self::machine::{Machine, Revision, Row};
use super::Cloud;
use super::error::ServiceError;
use super::records::Records;
use super::store::{Store, StoreError, Table};

pub(crate) use api::handle;

/// All state machines and executions.
pub(crate) struct StepFunctions {
    /// By region and name; revisions beside their machines.
    records: Records<Row>,
    index: Mutex<Index>,
    /// The revisions that were run since the start, ready to run.
    prepared: Mutex<BTreeMap<String, Arc<Prepared>>>,
    driver: Driver,
    /// What was running when the cloud ended, until [`StepFunctions::resume`] takes it.
    interrupted: Mutex<Vec<Interrupted>>,
}

/// A revision, ready to run.
#[derive(Debug)]
struct Prepared {
    definition: asl::StateMachine,
    role_arn: String,
}

impl StepFunctions {
    /// Loads them; nothing runs before [`StepFunctions::resume`].
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        let records = Records::open(store, Table::StateMachines)?;
        let mut index = Index::default();
        let mut interrupted = Vec::new();
        for (key, row) in store.load::<ExecutionRow>(Table::Executions)? {
            let key = ExecutionKey::stored(&key);
            let (machine, name) = key.parts();
            index.load(machine, name, row.summary);
            if let Stage::Running(execution) = row.stage {
                let tasks = execution.running_tasks().map(|(request, _)| request.clone()).collect();
                interrupted.push(Interrupted { next_wake: execution.next_wake(), tasks, key });
            }
        }
        Ok(Self {
            records,
            index: Mutex::new(index),
            prepared: Mutex::default(),
            driver: Driver::default(),
            interrupted: Mutex::new(interrupted),
        })
    }

    /// Continues every execution that was running when the cloud ended; called once, when the cloud is ready to serve.
    ///
    /// A task that was under way is begun again: its function may run more than once.
    pub(crate) fn resume(&self, cloud: &Arc<Cloud>) {
        let interrupted = std::mem::take(&mut *self.interrupted.lock().unwrap_or_else(PoisonError::into_inner));
        self.driver.resume(cloud, interrupted);
        let cloud = Arc::clone(cloud);
        tokio::spawn(async move { deletion::finish_all(&cloud).await });
    }

    /// Stops driving executions; they continue when the cloud starts again.
    pub(crate) async fn stop(&self) {
        self.driver.stop().await;
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The machine with this key.
    fn machine(&self, key: &str) -> Option<Machine> {
        self.records.read(|rows| match rows.get(key) {
            Some(Row::Machine(machine)) => Some(machine.clone()),
            _ => None,
        })
    }

    /// A machine that can be started and changed.
    fn active_machine(&self, key: &str, missing: impl FnOnce() -> ServiceError) -> Result<Machine, ServiceError> {
        let machine = self.machine(key).ok_or_else(missing)?;
        if machine.deleting { Err(refusal::machine_deleting(&machine.arn())) } else { Ok(machine) }
    }

    fn is_deleting(&self, key: &str) -> bool {
        self.records.read(|rows| match rows.get(key) {
            Some(Row::Machine(machine)) => machine.deleting,
            _ => true,
        })
    }

    fn revision(&self, machine: &str, number: u64) -> Result<Revision, ServiceError> {
        let key = Revision::key(machine, number);
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
        let key = Revision::key(machine, number);
        if let Some(known) = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let revision = self.revision(machine, number)?;
        let definition = asl::StateMachine::parse(&revision.definition);
        let definition = definition.map_err(|error| refusal::invalid_definition(&error.aws_text()))?;
        let prepared = Arc::new(Prepared { definition, role_arn: revision.role_arn });
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
