//! One sandbox: a runtime of a version with its log stream, used for one invocation at a time.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Clock, Elapsed, LogWriter, Principal, Random, RoleCredentials, RoleDirectory};
use jiff::{SignedDuration, Timestamp};

use super::completion::Completion;
use super::report::{InitPhase, InvocationStatus, Usage};
use super::role_logs::RoleLogs;
use super::sandbox_log::{LogStream, SandboxLog};
use super::system_log::SystemLog;
use crate::model::FunctionVersion;
use crate::runtime::{
    Delivery, InvocationEvent, Launch, Runner, RunnerError, Runtime, RuntimeFailure, RuntimeMessage, RuntimeSignal,
};

/// How long a runtime may take to start before an invocation (Lambda's Init phase). One that takes longer is ended, and the
/// start is tried again within the invocation (Lambda developer guide, "Lambda execution environment lifecycle").
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
    /// What the function says that the result is.
    pub(crate) content_type: Option<String>,
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
    /// When the runtime was started.
    started_at: Timestamp,
    /// What it was told; with its role's session, or none where the role was never made.
    launch: Launch,
    is_initialised: bool,
}

/// How an invocation begins.
#[derive(Default)]
struct Beginning {
    /// What the Init phase took; none where there was none, or where it took too long.
    init: Option<Duration>,
    /// Since when the invocation's own time runs, where the runtime initialised again within it.
    began_at: Option<Timestamp>,
    /// What the invocation comes to, where the runtime did not initialise.
    failed: Option<Completion>,
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
        if let Some(line) = system_log.init_start(context.clock.now(), InitPhase::Init) {
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
            launch,
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
        match (&self.launch.credentials, credentials) {
            (Some(own), Some(other)) => own.access_key_id == other.access_key_id,
            (own, other) => own.is_none() && other.is_none(),
        }
    }

    /// Whether the runtime still runs, with credentials that last for another event.
    pub(super) fn is_running(&mut self) -> bool {
        let soon = self.machine.now() + SignedDuration::from_secs(i64::from(self.timeout_s));
        let lasts = self.launch.credentials.as_ref().is_none_or(|credentials| soon < credentials.expires_at);
        lasts && self.runtime.is_running()
    }

    /// Whether it asks for another event; waits until it does. A runtime may end after its answer, and what it still does
    /// before it asks counts as the earlier invocation's: it has that one's time.
    pub(super) async fn is_ready(&mut self) -> bool {
        let limit = Duration::from_secs(u64::from(self.timeout_s));
        matches!(self.signal(limit).await, Ok(RuntimeSignal::Message(RuntimeMessage::Ready)))
    }

    /// Runs one event of its version to its end and logs it.
    ///
    /// # Errors
    /// When its runtime took too long to start, and there can be no other.
    pub(super) async fn run(
        &mut self,
        event: InvocationEvent,
        version: &FunctionVersion,
        context: &SandboxContext,
    ) -> Result<InvocationOutcome, RunnerError> {
        let request_id = event.request_id.clone();
        let beginning = match self.is_initialised {
            true => Beginning::default(),
            false => self.begin(&request_id, version, context).await?,
        };
        if let Some(line) = self.system_log.start(self.clock.now(), &request_id) {
            self.log.first_line(line).await;
        }
        let began_at = beginning.began_at.unwrap_or_else(|| self.machine.now());
        let completion = match beginning.failed {
            Some(completion) => completion,
            None => self.execute(event, began_at).await,
        };
        self.measure_memory();
        let usage = Usage {
            duration: self.machine.since(began_at),
            init: beginning.init,
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
        Ok(InvocationOutcome {
            payload: completion.payload,
            content_type: completion.content_type,
            has_failed: completion.has_failed,
            log_tail: self.log.tail().await,
            is_reusable: completion.is_reusable,
        })
    }

    /// Waits for a new runtime to initialise: before the invocation, and where that takes too long, again within it.
    async fn begin(
        &mut self,
        request_id: &str,
        version: &FunctionVersion,
        context: &SandboxContext,
    ) -> Result<Beginning, RunnerError> {
        match self.initialise(request_id, InitPhase::Init, INIT_LIMIT).await {
            Ok(failed) => {
                let init = Some(self.machine.since(self.started_at));
                Ok(Beginning { init, began_at: None, failed })
            }
            Err(Elapsed) => {
                self.restart(version, context).await?;
                let began_at = Some(self.started_at);
                Ok(Beginning { init: None, began_at, failed: self.initialise_within_timeout(request_id).await })
            }
        }
    }

    /// Starts another runtime in the place of the one that took too long.
    async fn restart(&mut self, version: &FunctionVersion, context: &SandboxContext) -> Result<(), RunnerError> {
        self.started_at = self.machine.now();
        if let Some(line) = self.system_log.init_start(self.clock.now(), InitPhase::Invoke) {
            self.log.line(line).await;
        }
        let mut runtime = context.runner.start(version, &self.launch).await?;
        self.log.go_on(runtime.take_output()).await;
        self.runtime = runtime;
        Ok(())
    }

    /// Waits for a runtime that was started within an invocation; gives the invocation's completion when that failed.
    async fn initialise_within_timeout(&mut self, request_id: &str) -> Option<Completion> {
        let timeout = Duration::from_secs(u64::from(self.timeout_s));
        let left = timeout.saturating_sub(self.machine.since(self.started_at));
        match self.initialise(request_id, InitPhase::Invoke, left).await {
            Ok(failed) => failed,
            Err(Elapsed) => Some(Completion::timed_out(self.clock.now(), request_id, self.timeout_s)),
        }
    }

    /// Waits for a new runtime to ask for its first event; gives the invocation's completion when that failed. One that takes
    /// longer than `limit` is ended.
    async fn initialise(
        &mut self,
        request_id: &str,
        phase: InitPhase,
        limit: Duration,
    ) -> Result<Option<Completion>, Elapsed> {
        let signal = self.signal(limit).await;
        self.measure_memory();
        let failed = match signal {
            Ok(RuntimeSignal::Message(RuntimeMessage::Ready)) => None,
            Ok(RuntimeSignal::Message(
                RuntimeMessage::InitError(document)
                | RuntimeMessage::Error(document)
                | RuntimeMessage::Response(document),
            )) => Some(Completion::init_failed(document)),
            Ok(signal) => Some(ended(request_id, &signal)),
            Err(Elapsed) => {
                self.runtime.kill();
                self.log_initialisation(phase, &InvocationStatus::TimedOut).await;
                return Err(Elapsed);
            }
        };
        self.is_initialised = failed.is_none();
        let status = failed.as_ref().map_or(InvocationStatus::Answered, |failed| failed.status.clone());
        self.log_initialisation(phase, &status).await;
        Ok(failed)
    }

    async fn log_initialisation(&mut self, phase: InitPhase, status: &InvocationStatus) {
        let took = self.machine.since(self.started_at);
        for line in self.system_log.init_end(self.clock.now(), took, phase, status) {
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
                Ok(RuntimeSignal::Message(RuntimeMessage::Streamed { content_type, body })) => {
                    return Completion::streamed(content_type, body);
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
