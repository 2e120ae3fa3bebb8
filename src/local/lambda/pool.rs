//! The warm sandboxes of every function: reused while they idle, more of them when invocations overlap.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::code::CodeStore;
use super::function::Configuration;
use super::process::Processes;
use super::program::Programs;
use super::sandbox::{Finished, Sandbox, Work};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use aws::clock;

/// How many events of one version run at once; more wait for their turn. It bounds the processes on this machine, and
/// counts per version so that functions which call each other do not wait for one another.
const CONCURRENCY: usize = 64;

/// How long an event may wait for its turn before it is throttled as AWS does at its own limit.
const TURN_LIMIT: Duration = Duration::from_secs(60);

/// How long a sandbox stays warm without work.
const IDLE_LIMIT: Duration = Duration::from_secs(300);

/// How often idle sandboxes are looked at.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);

/// Every function's sandboxes.
#[derive(Debug)]
pub(crate) struct Pool {
    processes: Processes,
    programs: Programs,
    slots: Arc<Mutex<Slots>>,
}

#[derive(Debug, Default)]
struct Slots {
    /// By version's ARN and generation: a changed function never runs in an old sandbox.
    by_version: BTreeMap<(String, String), Slot>,
    sweeping: bool,
    stopped: bool,
}

#[derive(Debug)]
struct Slot {
    turns: Arc<Semaphore>,
    /// Not working now, with the moment they became idle; the last used is at the end.
    idle: Vec<(Timestamp, Sandbox)>,
}

impl Pool {
    /// No process runs yet. The runtimes that are not the functions' own are written into `folder`.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { processes: Processes::default(), programs: Programs::new(folder), slots: Arc::default() }
    }

    /// Runs one event in a warm sandbox, or in a new one.
    ///
    /// # Errors
    /// `TooManyRequestsException` when there was no turn for a minute; `ServiceException` when the code cannot be
    /// unpacked or no port can be had.
    pub(crate) async fn run(
        &self,
        cloud: &Arc<Cloud>,
        code: &CodeStore,
        function: &Configuration,
        work: Work,
    ) -> Result<Finished, ServiceError> {
        let turns = self.slot(function, |slot| Arc::clone(&slot.turns));
        let turn = tokio::time::timeout(TURN_LIMIT, turns.acquire_owned()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(throttled());
        };
        let mut sandbox = match self.take_warm(function) {
            Some(sandbox) => sandbox,
            None => {
                let folder = code.unpacked(&function.code).await.map_err(|error| failed(&error.to_string()))?;
                let started = Sandbox::start(function, &folder, (&self.programs, &self.processes), cloud).await;
                started.map_err(|error| failed(&format!("No port could be had for its Runtime API: {error}.")))?
            }
        };
        let finished = sandbox.run(work).await;
        if finished.reusable {
            self.put_back(function, sandbox);
        }
        Ok(finished)
    }

    /// Ends the idle sandboxes of a version that changed or went; the working ones end after their work. Those of the
    /// function's other versions stay.
    pub(crate) fn retire(&self, version_arn: &str) {
        self.lock().by_version.retain(|(version, _), _| version != version_arn);
    }

    /// Ends those of all versions of a function that went, or that takes the place of one that went.
    pub(crate) fn retire_function(&self, arn: &str) {
        let prefix = format!("{arn}:");
        self.lock().by_version.retain(|(version, _), _| !version.starts_with(&prefix));
    }

    /// Ends every sandbox, working or not.
    pub(crate) fn stop(&self) {
        let slots = {
            let mut slots = self.lock();
            slots.stopped = true;
            std::mem::take(&mut slots.by_version)
        };
        drop(slots);
        self.processes.end_all();
    }

    fn take_warm(&self, function: &Configuration) -> Option<Sandbox> {
        self.slot(function, |slot| {
            while let Some((_, mut sandbox)) = slot.idle.pop() {
                if sandbox.is_alive() {
                    return Some(sandbox);
                }
            }
            None
        })
    }

    /// A sandbox whose function was retired meanwhile, or that comes back after the end, is ended by dropping it.
    fn put_back(&self, function: &Configuration, sandbox: Sandbox) {
        let mut slots = self.lock();
        if let Some(slot) = slots.by_version.get_mut(&key(function)) {
            slot.idle.push((clock::now(), sandbox));
        }
        if !slots.sweeping {
            slots.sweeping = true;
            tokio::spawn(sweep(Arc::clone(&self.slots)));
        }
    }

    fn slot<R>(&self, function: &Configuration, look: impl FnOnce(&mut Slot) -> R) -> R {
        let new = || Slot { turns: Arc::new(Semaphore::new(CONCURRENCY)), idle: Vec::new() };
        look(self.lock().by_version.entry(key(function)).or_insert_with(new))
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(function: &Configuration) -> (String, String) {
    (function.qualified_arn(), function.generation.clone())
}

/// Ends what has idled too long, until nothing idles any more.
async fn sweep(slots: Arc<Mutex<Slots>>) {
    loop {
        clock::sleep(SWEEP_INTERVAL).await;
        let now = clock::now();
        let mut guard = slots.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in guard.by_version.values_mut() {
            slot.idle.retain(|(since, _)| {
                Duration::try_from(now.duration_since(*since)).is_ok_and(|idle| idle < IDLE_LIMIT)
            });
        }
        if guard.stopped || guard.by_version.values().all(|slot| slot.idle.is_empty()) {
            guard.sweeping = false;
            return;
        }
    }
}

fn throttled() -> ServiceError {
    ServiceError::new(429, "TooManyRequestsException", "Rate Exceeded.")
        .with("Reason", "FunctionInvocationRateLimitExceeded")
}

fn failed(why: &str) -> ServiceError {
    ServiceError::new(500, "ServiceException", format!("The embedded cloud could not start the function. {why}"))
}
