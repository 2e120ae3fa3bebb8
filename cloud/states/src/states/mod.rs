//! The service: what it was given and what it holds.

mod histories;
mod lifecycle;
mod time;
mod waits;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::{
    CachedTable, Changes, Clock, Dispatch, FaultInjection, FunctionInvoker, Location, LogWriter, Random, RoleDirectory,
    ServiceError, Stop, UnreadableRows,
};
use cloud_store::Store;

use crate::compiled_machine::CompiledMachine;
use crate::driver::Driver;
use crate::index::Index;
use crate::log_destination::LogDestination;
use crate::recovery::Recovery;
use crate::rows::activity::Activity;
use crate::rows::execution::{ExecutionKey, owner};
use crate::rows::machine::{Machine, Revision, Row};
use crate::rows::{RUNNING_EXECUTIONS, STATE_MACHINES};
use crate::wire::errors;
use crate::wire::names::ActivityReference;

/// What the service is given: nothing else is in its reach.
pub struct Handles {
    /// Where its rows are kept.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Where identifiers, seeds and draws come from.
    pub random: Random,
    /// AWS's delays, where they are shown.
    pub faults: FaultInjection,
    /// Runs the functions of Lambda tasks.
    pub functions: Arc<dyn FunctionInvoker>,
    /// Takes the lines of executions that are logged.
    pub logs: Arc<dyn LogWriter>,
    /// Knows the roles that state machines run as.
    pub roles: Arc<dyn RoleDirectory>,
    /// Serves the calls of `aws-sdk` tasks.
    pub dispatch: Arc<dyn Dispatch>,
    /// Counts what readers can see anew.
    pub changes: Changes,
    /// Given when the cloud is to end.
    pub stop: Stop,
    /// The mock configuration of Step Functions Local, where there is one.
    pub mock_config: Option<PathBuf>,
}

/// Step Functions: all state machines, activities and executions.
pub struct States {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) faults: FaultInjection,
    pub(crate) functions: Arc<dyn FunctionInvoker>,
    pub(crate) logs: Arc<dyn LogWriter>,
    pub(crate) roles: Arc<dyn RoleDirectory>,
    pub(crate) dispatch: Arc<dyn Dispatch>,
    pub(crate) changes: Changes,
    pub(crate) stop: Stop,
    pub(crate) mock_config: Option<PathBuf>,
    /// State machines by location and name; revisions beside their machines.
    pub(crate) machines: CachedTable<Row>,
    /// By location and name.
    pub(crate) activities: CachedTable<Activity>,
    pub(crate) driver: Driver,
    /// The state machines that are just being removed.
    pub(crate) removing: Mutex<BTreeSet<String>>,
    pub(crate) index: Mutex<Index>,
    /// The revisions that were run since the start, ready to run.
    pub(crate) compiled: Mutex<BTreeMap<String, Arc<CompiledMachine>>>,
    /// What was running when the cloud ended, until [`States::resume`] takes it.
    pub(crate) recovery: Mutex<Recovery>,
    /// The rows of executions and Map Runs that could not be read.
    pub(crate) unreadable: UnreadableRows,
}

impl std::fmt::Debug for States {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("States").finish_non_exhaustive()
    }
}

impl States {
    pub(crate) fn removing(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.removing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The accounts and regions that have state machines.
    pub fn locations(&self) -> BTreeSet<Location> {
        self.machines.locations()
    }

    /// How many stored values could not be read.
    pub fn unreadable_rows(&self) -> usize {
        self.unreadable.count() + self.machines.unreadable().count() + self.activities.unreadable().count()
    }

    /// The answer where there is no state machine with this key: `absent`, unless it can't be read.
    pub(crate) fn no_machine(&self, key: &str, absent: impl FnOnce() -> ServiceError) -> ServiceError {
        self.machines.missing(owner(key), absent)
    }

    /// Whether an execution, or what it runs, can't be read: nothing can go on with it before the next start.
    pub(crate) fn is_unreadable(&self, key: &ExecutionKey) -> bool {
        let (machine, _) = key.parts();
        let machine = owner(machine);
        let machines = self.machines.unreadable();
        self.unreadable.reason(RUNNING_EXECUTIONS, &key.row()).is_some()
            || machines.reason(STATE_MACHINES, machine).is_some()
            || machines.has(STATE_MACHINES, &format!("{machine}/"))
    }

    /// The machine with this key, or whose Map Run's children have it.
    pub(crate) fn machine(&self, key: &str) -> Option<Machine> {
        self.with_machine(key, |machine| machine.cloned())
    }

    /// Looks at the machine with this key, or whose Map Run's children have it.
    pub(crate) fn with_machine<R>(&self, key: &str, look: impl FnOnce(Option<&Machine>) -> R) -> R {
        self.machines.read(|rows| match rows.get(owner(key)) {
            Some(Row::Machine(machine)) => look(Some(machine)),
            _ => look(None),
        })
    }

    /// Whether there is an activity with this ARN.
    pub(crate) fn has_activity(&self, arn: &str) -> bool {
        ActivityReference::parse(arn).is_ok_and(|reference| self.activities.get(&reference.key).is_some())
    }

    pub(crate) fn is_deleting(&self, key: &str) -> bool {
        self.with_machine(key, |machine| machine.map(|machine| machine.deleting))
            .unwrap_or_else(|| self.machines.refuse_unreadable(owner(key)).is_ok())
    }

    pub(crate) fn revision(&self, machine: &str, number: u64) -> Result<Revision, ServiceError> {
        let key = Revision::key(owner(machine), number);
        let found = self.machines.read(|rows| match rows.get(&key) {
            Some(Row::Revision(revision)) => Some(revision.clone()),
            _ => None,
        });
        let missing =
            || ServiceError::internal(format!("Revision {number} of the state machine {machine} is not in the store."));
        found.ok_or_else(|| self.machines.missing(&key, missing))
    }

    /// A revision, parsed once.
    pub(crate) fn compiled(&self, machine: &str, number: u64) -> Result<Arc<CompiledMachine>, ServiceError> {
        let key = Revision::key(owner(machine), number);
        if let Some(known) = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(known));
        }
        let revision = self.revision(machine, number)?;
        let definition = asl::StateMachine::parse_accepted(&revision.definition);
        let definition = definition.map_err(|error| errors::invalid_definition(&error.aws_text()))?;
        let record =
            self.machine(machine).ok_or_else(|| self.no_machine(machine, || errors::machine_missing(machine)))?;
        let log_destination = LogDestination::of(&self.clock, &self.random, &revision.logging, &record.name);
        let compiled = Arc::new(CompiledMachine::new(definition, &revision, &record, log_destination));
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner).insert(key, Arc::clone(&compiled));
        Ok(compiled)
    }

    /// A definition as it runs now.
    pub(crate) fn definition<'a>(&self, compiled: &'a CompiledMachine) -> Cow<'a, asl::StateMachine> {
        compiled.definition(|arn| self.has_activity(arn))
    }

    /// Forgets the parsed revisions of a machine.
    pub(crate) fn forget_compiled(&self, machine: &str) {
        let prefix = format!("{machine}/");
        self.compiled.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| !key.starts_with(&prefix));
    }
}
