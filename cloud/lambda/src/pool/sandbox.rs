//! One sandbox: a runtime of a version with its log stream, used for one invocation at a time.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Clock, Elapsed, LogWriter, Principal, Random, RoleCredentials, RoleDirectory};
use jiff::{SignedDuration, Timestamp};

use super::completion::Completion;
use super::report::{InvocationStatus, Usage};
use super::role_logs::RoleLogs;
use super::sandbox_log::{LogStream, SandboxLog};
use super::system_log::SystemLog;
use crate::model::FunctionVersion;
use crate::runtime::{
    Delivery, InvocationEvent, Launch, Runner, RunnerError, Runtime, RuntimeFailure, RuntimeMessage, RuntimeSignal,
};

/// How long a runtime may take to start before the function's own timeout begins to run (Lambda's Init phase).
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// What every sandbox needs.
pub(crate) struct SandboxContext {
    pub(crate) runner: Arc<dyn Runner>,
    pub(crate) logs: Arc<dyn LogWriter>,
    pub(crate) roles: Arc<dyn RoleDirectory>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
}

/// What one invocation gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvocationOutcome {
    /// The result, or the error document.
    pub(crate) payload: Bytes,
    /// Whether it is an error document.
    pub(crate) has_failed: bool,
    /// The last 4 KB of its log.
    pub(crate) log_tail: Vec<u8>,
    /// Whether the sandbox can take another event.
    pub(super) is_reusable: bool,
}

/// A runtime and what belongs to it.
pub(super) struct Sandbox {
    runtime: Box<dyn Runtime>,
    log: SandboxLog,
    /// Stamps what it logs.
    clock: Clock,
    /// Measures it: the runtime is a process, which lives by the machine's clock.
    machine: Clock,
    system_log: SystemLog,
    timeout_s: u32,
    memory_size_mb: u32,
    /// The most memory seen in use: a process that has ended no longer tells.
    memory_used_mb: Option<u64>,
    started_at: Timestamp,
    /// Its role's session; none where the role was never made.
    credentials: Option<RoleCredentials>,
    is_initialised: bool,
}

impl Sandbox {
    /// Starts the runtime of a version; it begins to initialise at once.
    ///
    /// # Errors
    /// When there can be no runtime. A program that cannot be started is the outcome of its first invocation instead, as on
    /// AWS.
    pub(super) async fn start(
        version: &FunctionVersion,
        credentials: Option<RoleCredentials>,
        context: &SandboxContext,
    ) -> Result<Self, RunnerError> {
        let machine = context.clock.machine();
        let started_at = machine.now();
        let stream = LogStream::new(version, context.clock.now(), &context.random);
        let launch = Launch { log_stream: stream.stream.clone(), credentials };
        let mut runtime = context.runner.start(version, &launch).await?;
        let logs = RoleLogs::new(Arc::clone(&context.logs), Arc::clone(&context.roles), version);
        let log = SandboxLog::start(runtime.take_output(), stream, Arc::new(logs), context.clock.clone());
        let system_log = SystemLog::new(version);
        if let Some(line) = system_log.init_start(context.clock.now()) {
            log.line(line).await;
        }
        Ok(Self {
            runtime,
            log,
            clock: context.clock.clone(),
            machine,
            system_log,
            timeout_s: version.timeout_s,
            memory_size_mb: version.memory_size_mb,
            memory_used_mb: None,
            started_at,
            credentials: launch.credentials,
            is_initialised: false,
        })
    }

    /// What a sandbox of a version acts with: a session of its role.
    pub(super) fn credentials(version: &FunctionVersion, context: &SandboxContext) -> Option<RoleCredentials> {
        let lambda = Principal::Service { name: "lambda.amazonaws.com", resource: &version.arn() };
        context.roles.open_session(&version.role, lambda, &version.name)
    }

    /// Whether it acts with these.
    pub(super) fn acts_with(&self, credentials: Option<&RoleCredentials>) -> bool {
        match (&self.credentials, credentials) {
            (Some(own), Some(other)) => own.access_key_id == other.access_key_id,
            (own, other) => own.is_none() && other.is_none(),
        }
    }

    /// Whether the runtime still runs, with credentials that last for another event.
    pub(super) fn is_running(&mut self) -> bool {
        let soon = self.machine.now() + SignedDuration::from_secs(i64::from(self.timeout_s));
        let lasts = self.credentials.as_ref().is_none_or(|credentials| soon < credentials.expires_at);
        lasts && self.runtime.is_running()
    }

    /// Whether it asks for another event; waits until it does. A runtime may end after its answer, and what it still does
    /// before it asks counts as the earlier invocation's: it has that one's time.
    pub(super) async fn is_ready(&mut self) -> bool {
        let limit = Duration::from_secs(u64::from(self.timeout_s));
        matches!(self.signal(limit).await, Ok(RuntimeSignal::Message(RuntimeMessage::Ready)))
    }

    /// Runs one event to its end and logs it.
    pub(super) async fn run(&mut self, event: InvocationEvent) -> InvocationOutcome {
        let request_id = event.request_id.clone();
        let is_cold = !self.is_initialised;
        let failed = if is_cold { self.initialise(&request_id).await } else { None };
        let init = is_cold.then(|| self.machine.since(self.started_at));
        if let Some(line) = self.system_log.start(self.clock.now(), &request_id) {
            self.log.first_line(line).await;
        }
        let began_at = self.machine.now();
        let completion = match failed {
            Some(completion) => completion,
            None => self.execute(event, began_at).await,
        };
        self.measure_memory();
        let usage = Usage {
            duration: self.machine.since(began_at),
            init,
            memory_size_mb: self.memory_size_mb,
            memory_used_mb: self.memory_used_mb,
            status: completion.status,
        };
        if !completion.is_reusable {
            self.runtime.kill();
        }
        for line in self.system_log.end(self.clock.now(), &request_id, completion.lines, &usage) {
            self.log.line(line).await;
        }
        InvocationOutcome {
            payload: completion.payload,
            has_failed: completion.has_failed,
            log_tail: self.log.tail().await,
            is_reusable: completion.is_reusable,
        }
    }

    /// Waits for a new runtime to ask for its first event; gives the invocation's completion when that failed.
    async fn initialise(&mut self, request_id: &str) -> Option<Completion> {
        let completion = match self.signal(INIT_LIMIT).await {
            // Too slow for the Init phase: it goes on within the invocation's own time.
            Ok(RuntimeSignal::Message(RuntimeMessage::Ready)) | Err(Elapsed) => {
                self.is_initialised = true;
                self.measure_memory();
                self.log_initialisation(&InvocationStatus::Answered).await;
                return None;
            }
            Ok(RuntimeSignal::Message(
                RuntimeMessage::InitError(document)
                | RuntimeMessage::Error(document)
                | RuntimeMessage::Response(document),
            )) => Completion::init_failed(document),
            Ok(signal) => ended(request_id, &signal),
        };
        self.log_initialisation(&completion.status).await;
        Some(completion)
    }

    async fn log_initialisation(&mut self, status: &InvocationStatus) {
        for line in self.system_log.init_end(self.clock.now(), self.machine.since(self.started_at), status) {
            self.log.line(line).await;
        }
    }

    /// Hands over the event and waits for the answer, the end of the runtime, or the timeout.
    async fn execute(&mut self, event: InvocationEvent, began_at: Timestamp) -> Completion {
        let request_id = event.request_id.clone();
        let timeout = Duration::from_secs(u64::from(self.timeout_s));
        let deadline_ms = began_at.as_millisecond() + i64::from(self.timeout_s) * 1000;
        self.runtime.deliver(Delivery { event, deadline_ms }).await;
        // The event goes out before a timer is set: that wakes the thread which waits for the system, on the processor that
        // the function is about to need.
        tokio::task::yield_now().await;
        loop {
            let left = timeout.saturating_sub(self.machine.since(began_at));
            match self.signal(left).await {
                Ok(RuntimeSignal::Message(RuntimeMessage::Ready)) => {}
                Ok(RuntimeSignal::Message(RuntimeMessage::Response(result))) => {
                    return Completion::answered(result, false);
                }
                Ok(RuntimeSignal::Message(RuntimeMessage::Error(document))) => {
                    return Completion::answered(document, true);
                }
                Ok(RuntimeSignal::Message(RuntimeMessage::InitError(document))) => {
                    return Completion::init_failed(document);
                }
                Ok(signal) => return ended(&request_id, &signal),
                Err(Elapsed) => return Completion::timed_out(self.clock.now(), &request_id, self.timeout_s),
            }
        }
    }

    fn measure_memory(&mut self) {
        self.memory_used_mb = self.memory_used_mb.max(self.runtime.peak_memory_mb());
    }

    /// The next thing that the runtime does within `limit`, but printing, which is logged.
    async fn signal(&mut self, limit: Duration) -> Result<RuntimeSignal, Elapsed> {
        let machine = self.machine.clone();
        let log = &self.log;
        let runtime = &mut self.runtime;
        let next = async {
            loop {
                match runtime.signal().await {
                    RuntimeSignal::Printed(text) => log.line(text).await,
                    signal => return signal,
                }
            }
        };
        machine.timeout(limit, next).await
    }
}

/// The completion of an invocation whose runtime ended, or was never there.
fn ended(request_id: &str, signal: &RuntimeSignal) -> Completion {
    let failure = match signal {
        RuntimeSignal::OutOfMemory => return Completion::out_of_memory(request_id),
        RuntimeSignal::StartFailed(error) => RuntimeFailure::not_started(request_id, error),
        RuntimeSignal::Exited(status) => RuntimeFailure::exited(request_id, status),
        RuntimeSignal::Message(_) | RuntimeSignal::Printed(_) => {
            return Completion::init_failed(Bytes::new());
        }
    };
    Completion::failed(&failure)
}
