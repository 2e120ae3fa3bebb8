//! The warm sandboxes of every function: reused while they idle, more of them when invocations overlap.

mod completion;
mod output;
mod report;
mod reserved;
mod role_logs;
mod run_role;
mod sandbox;
mod sandbox_log;
mod system_log;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::{Clock, RoleCredentials, ServiceError};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use self::reserved::Running;
use self::run_role::check_at_run;
use self::sandbox::{InvocationOutcome, Sandbox};
use crate::model::FunctionVersion;
use crate::runtime::InvocationEvent;

pub(crate) use run_role::CAN_NOT_BE_ASSUMED;
pub(crate) use sandbox::SandboxContext;

/// How many events of one version run at once; more wait for their turn. It bounds the processes on this machine, and
/// counts per version so that functions which call each other do not wait for one another.
pub(crate) const CONCURRENCY: usize = 64;

/// How long an event may wait for its turn before it is throttled as AWS does at its own limit.
const TURN_LIMIT: Duration = Duration::from_secs(60);

/// How long a sandbox stays warm without work.
const IDLE_LIMIT: Duration = Duration::from_secs(300);

/// How often idle sandboxes are looked at.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);

/// Every function's sandboxes.
pub(crate) struct SandboxPool {
    context: SandboxContext,
    versions: Arc<Mutex<Versions>>,
    running: Running,
}

#[derive(Default)]
struct Versions {
    /// By version's ARN and generation: a changed function never runs in an old sandbox.
    by_generation: BTreeMap<(String, String), VersionSandboxes>,
    is_sweeping: bool,
    is_stopped: bool,
}

struct VersionSandboxes {
    turns: Arc<Semaphore>,
    /// Not working now, with the moment they became idle; the last used is at the end.
    idle: Vec<(Timestamp, Sandbox)>,
}

impl SandboxPool {
    /// No runtime runs yet.
    pub(crate) fn new(context: SandboxContext) -> Self {
        Self { context, versions: Arc::default(), running: Running::default() }
    }

    /// Runs one event in a warm sandbox, or in a new one. `reserved` is the function's reserved concurrency.
    ///
    /// # Errors
    /// `AccessDeniedException` when nobody can have its role any more; `TooManyRequestsException` when as many run as are
    /// reserved, or when there was no turn for a minute; `ServiceException` when the code cannot be unpacked, no port can be had,
    /// or the cloud is ending.
    pub(crate) async fn run(
        &self,
        version: &FunctionVersion,
        event: InvocationEvent,
        reserved: Option<u32>,
    ) -> Result<InvocationOutcome, ServiceError> {
        check_at_run(&*self.context.roles, &version.role, &version.arn())?;
        let _running = self.running.begin(&version.arn(), reserved)?;
        let turns = self.sandboxes(version, |sandboxes| Arc::clone(&sandboxes.turns))?;
        let turn = self.context.clock.machine().timeout(TURN_LIMIT, turns.acquire_owned()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(throttled());
        };
        let mut sandbox = self.sandbox(version).await?;
        let run = sandbox.run(event, version, &self.context).await;
        let outcome = run.map_err(|error| not_started(&error.to_string()))?;
        if outcome.is_reusable {
            self.put_back(version, sandbox);
        }
        Ok(outcome)
    }

    /// Ends the idle sandboxes of a version that changed or was deleted; the working ones end after their work. Those of
    /// the function's other versions stay.
    pub(crate) fn retire(&self, version_arn: &str) {
        let retired = self.remove(|version| version == version_arn);
        drop(retired);
    }

    /// Ends those of all versions of a function that was deleted, or that takes the place of one that was.
    pub(crate) fn retire_function(&self, arn: &str) {
        let prefix = format!("{arn}:");
        let retired = self.remove(|version| version.starts_with(&prefix));
        drop(retired);
    }

    /// Ends every sandbox, working or not; none is started afterwards.
    pub(crate) fn stop(&self) {
        let sandboxes = {
            let mut versions = self.lock();
            versions.is_stopped = true;
            std::mem::take(&mut versions.by_generation)
        };
        drop(sandboxes);
        self.context.runner.stop();
    }

    /// Removes the sandboxes of the versions with these ARNs; they end when they are dropped, outside the lock.
    fn remove(&self, is_meant: impl Fn(&str) -> bool) -> Vec<VersionSandboxes> {
        let mut versions = self.lock();
        versions.by_generation.extract_if(.., |(version, _), _| is_meant(version)).map(|(_, removed)| removed).collect()
    }

    async fn sandbox(&self, version: &FunctionVersion) -> Result<Sandbox, ServiceError> {
        let credentials = Sandbox::credentials(version, &self.context);
        while let Some(mut idle) = self.take_idle(version, credentials.as_ref())? {
            if idle.is_ready().await {
                return Ok(idle);
            }
            tracing::debug!(function = %version.qualified_arn(), "a runtime ended, or asked for no event, after its answer");
        }
        Sandbox::start(version, credentials, &self.context).await.map_err(|error| not_started(&error.to_string()))
    }

    /// One that idles, and acts in the session that a new one would: a role may have been made since, or made anew.
    fn take_idle(
        &self,
        version: &FunctionVersion,
        credentials: Option<&RoleCredentials>,
    ) -> Result<Option<Sandbox>, ServiceError> {
        self.sandboxes(version, |sandboxes| {
            while let Some((since, mut sandbox)) = sandboxes.idle.pop() {
                // A clock that was moved may be past the end of its life before anybody has swept.
                let is_warm = self.context.clock.since(since) < IDLE_LIMIT;
                if is_warm && sandbox.acts_with(credentials) && sandbox.is_running() {
                    return Some(sandbox);
                }
            }
            None
        })
    }

    /// A sandbox whose version was retired meanwhile, or that comes back after the end, is ended by dropping it.
    fn put_back(&self, version: &FunctionVersion, sandbox: Sandbox) {
        let mut versions = self.lock();
        if let Some(sandboxes) = versions.by_generation.get_mut(&key(version)) {
            sandboxes.idle.push((self.context.clock.now(), sandbox));
        }
        if !versions.is_sweeping {
            versions.is_sweeping = true;
            tokio::spawn(sweep(Arc::clone(&self.versions), self.context.clock.clone()));
        }
    }

    fn sandboxes<R>(
        &self,
        version: &FunctionVersion,
        look: impl FnOnce(&mut VersionSandboxes) -> R,
    ) -> Result<R, ServiceError> {
        let new = || VersionSandboxes { turns: Arc::new(Semaphore::new(CONCURRENCY)), idle: Vec::new() };
        let mut versions = self.lock();
        if versions.is_stopped {
            return Err(not_started("It is ending."));
        }
        Ok(look(versions.by_generation.entry(key(version)).or_insert_with(new)))
    }

    fn lock(&self) -> MutexGuard<'_, Versions> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(version: &FunctionVersion) -> (String, String) {
    (version.qualified_arn(), version.generation.clone())
}

/// Ends what has idled too long, until nothing idles any more.
async fn sweep(versions: Arc<Mutex<Versions>>, clock: Clock) {
    loop {
        clock.sleep(SWEEP_INTERVAL).await;
        let mut versions = versions.lock().unwrap_or_else(PoisonError::into_inner);
        for sandboxes in versions.by_generation.values_mut() {
            sandboxes.idle.retain(|(since, _)| clock.since(*since) < IDLE_LIMIT);
        }
        if versions.is_stopped || versions.by_generation.values().all(|sandboxes| sandboxes.idle.is_empty()) {
            versions.is_sweeping = false;
            return;
        }
    }
}

/// Lambda's answer to an invocation too many.
pub(crate) fn throttled() -> ServiceError {
    ServiceError::new(429, "TooManyRequestsException", "Rate Exceeded.")
        .with("Reason", "FunctionInvocationRateLimitExceeded")
}

fn not_started(reason: &str) -> ServiceError {
    ServiceError::new(500, "ServiceException", format!("The embedded cloud could not start the function. {reason}"))
}
