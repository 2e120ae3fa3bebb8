//! One sandbox: a function's process with its Runtime API and its log stream, used for one invocation at a time.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::net::unix::pipe;

use super::environment::Environment;
use super::failure::{self, RuntimeFailure};
use super::function::Configuration;
use super::log_writer::{LogStream, LogWriter};
use super::process::{Process, Processes};
use super::program::{BOOTSTRAP, NotStarted, Program, Programs};
use super::report::{self, Ending, Usage};
use super::runtime_api::{Answer, Event, RuntimeApi};
use crate::local::Cloud;
use crate::local::arn::Region;
use aws::clock;

/// How long a runtime may take to start before the function's own timeout begins to run (Lambda's Init phase).
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// How often a start is tried again while another process still holds the fresh program file open for writing.
const BUSY_RETRIES: u32 = 20;

/// One event for a function.
#[derive(Debug, Clone)]
pub(crate) struct Work {
    /// The invocation's request id.
    pub(crate) request_id: String,
    /// The ARN it was invoked by.
    pub(crate) function_arn: String,
    /// The X-Ray header.
    pub(crate) trace_id: String,
    /// What the function gets.
    pub(crate) payload: Bytes,
}

/// How one invocation ended.
#[derive(Debug, Clone)]
pub(crate) struct Finished {
    /// The result, or the error document.
    pub(crate) payload: Bytes,
    /// Whether it is an error document.
    pub(crate) failed: bool,
    /// The last 4 KB of its log.
    pub(crate) log_tail: Vec<u8>,
    /// Whether the sandbox can take another event.
    pub(crate) reusable: bool,
}

/// A function's process and what belongs to it.
#[derive(Debug)]
pub(crate) struct Sandbox {
    api: RuntimeApi,
    /// Or why there is none.
    process: Result<Process, NotStarted>,
    log: LogWriter,
    version: String,
    timeout_s: u32,
    memory_size_mb: u32,
    /// The most memory seen in use: a process that has ended no longer tells.
    memory_used_mb: Option<u64>,
    started: Timestamp,
    ready: bool,
}

/// What can happen while a sandbox works.
enum Happening {
    Answered(Answer),
    Exited(io::Result<ExitStatus>),
    TimedOut,
}

/// A verdict on one invocation, before it is logged.
struct Verdict {
    payload: Bytes,
    failed: bool,
    ending: Ending,
    /// Lines to log before END.
    lines: Vec<String>,
    reusable: bool,
}

impl Sandbox {
    /// Starts the function's process from its unpacked folder; it begins to initialise at once.
    ///
    /// # Errors
    /// What the system says when no port can be had. A process that cannot be started is the outcome of its first
    /// invocation instead, as on AWS.
    pub(crate) async fn start(
        function: &Configuration,
        folder: &Path,
        (programs, processes): (&Programs, &Processes),
        cloud: &Arc<Cloud>,
    ) -> io::Result<Self> {
        let started = clock::now();
        let region = Region::new(&function.region);
        let stream = LogStream::new(region.clone(), &function.name, &function.version, started);
        let api = RuntimeApi::listen().await?;
        let variables = Environment {
            function_name: &function.name,
            version: &function.version,
            memory_size_mb: function.memory_size_mb,
            handler: &function.handler,
            runtime: &function.runtime,
            region: region.as_str(),
            log_group: &stream.group,
            log_stream: &stream.stream,
            task_root: &folder.to_string_lossy(),
            runtime_api: &api.address().to_string(),
            endpoint_url: &cloud.endpoint(),
            own: &function.environment.clone().unwrap_or_default(),
        }
        .variables();
        let spawned = match programs.find(&function.runtime, folder).await {
            Ok(program) => spawn(processes, &program, folder, &variables).await,
            Err(none) => Err(none),
        };
        let (process, output) = match spawned {
            Ok((process, output)) => (Ok(process), Some(output)),
            Err(error) => (Err(error), None),
        };
        Ok(Self {
            api,
            process,
            log: LogWriter::start(output, stream, Arc::clone(cloud)),
            version: function.version.clone(),
            timeout_s: function.timeout_s,
            memory_size_mb: function.memory_size_mb,
            memory_used_mb: None,
            started,
            ready: false,
        })
    }

    /// Whether the process still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.process.as_mut().is_ok_and(Process::is_running)
    }

    /// Runs one event to its end and logs it.
    pub(crate) async fn run(&mut self, work: Work) -> Finished {
        let cold = !self.ready;
        let refused = if cold { self.initialise(&work.request_id).await } else { None };
        let init = cold.then(|| since(self.started));
        self.log.first_line(report::start(&work.request_id, &self.version)).await;
        let began = clock::now();
        let verdict = match refused {
            Some(verdict) => verdict,
            None => self.execute(&work, began).await,
        };
        self.look_at_memory();
        let usage = Usage {
            duration: since(began),
            init,
            memory_size_mb: self.memory_size_mb,
            memory_used_mb: self.memory_used_mb,
            ending: verdict.ending,
        };
        if let (false, Ok(process)) = (verdict.reusable, &mut self.process) {
            process.end();
        }
        verdict.lines.into_iter().for_each(|line| self.log.line(line));
        self.log.line(report::end(&work.request_id));
        self.log.line(report::report(&work.request_id, &usage));
        Finished {
            payload: verdict.payload,
            failed: verdict.failed,
            log_tail: self.log.tail().await,
            reusable: verdict.reusable,
        }
    }

    /// Waits for a new process to ask for its first event; gives a verdict when that failed.
    async fn initialise(&mut self, request_id: &str) -> Option<Verdict> {
        let verdict = match self.happening(request_id, INIT_LIMIT).await {
            // Too slow for the Init phase: it goes on within the invocation's own time.
            Ok(Happening::Answered(Answer::Ready) | Happening::TimedOut) => {
                self.ready = true;
                self.look_at_memory();
                return None;
            }
            Ok(Happening::Answered(
                Answer::InitError(document) | Answer::Error(document) | Answer::Response(document),
            )) => Verdict::runtime_said(document),
            Ok(Happening::Exited(status)) => Verdict::failed(&RuntimeFailure::exited(request_id, &status)),
            Err(failure) => Verdict::failed(&failure),
        };
        if let Ending::Failed(error_type) = &verdict.ending {
            self.log.line(report::init_report(since(self.started), error_type));
        }
        Some(verdict)
    }

    /// Hands over the event and waits for the answer, the end of the process, or the timeout.
    async fn execute(&mut self, work: &Work, began: Timestamp) -> Verdict {
        let timeout = Duration::from_secs(u64::from(self.timeout_s));
        self.api.send(Event {
            request_id: work.request_id.clone(),
            deadline_ms: began.as_millisecond() + i64::from(self.timeout_s) * 1000,
            function_arn: work.function_arn.clone(),
            trace_id: work.trace_id.clone(),
            payload: work.payload.clone(),
        });
        loop {
            let left = timeout.saturating_sub(since(began));
            match self.happening(&work.request_id, left).await {
                Ok(Happening::Answered(Answer::Ready)) => {}
                Ok(Happening::Answered(Answer::Response(result))) => {
                    return Verdict::answered(result, false);
                }
                Ok(Happening::Answered(Answer::Error(document))) => {
                    return Verdict::answered(document, true);
                }
                Ok(Happening::Answered(Answer::InitError(document))) => {
                    return Verdict::runtime_said(document);
                }
                Ok(Happening::Exited(status)) => {
                    return Verdict::failed(&RuntimeFailure::exited(&work.request_id, &status));
                }
                Ok(Happening::TimedOut) => {
                    return Verdict::timed_out(&work.request_id, self.timeout_s);
                }
                Err(failure) => return Verdict::failed(&failure),
            }
        }
    }

    fn look_at_memory(&mut self) {
        let now = self.process.as_ref().ok().and_then(Process::peak_memory_mb);
        self.memory_used_mb = self.memory_used_mb.max(now);
    }

    /// The next thing that happens within `limit`. An answer comes before an exit: a runtime may answer and end.
    async fn happening(&mut self, request_id: &str, limit: Duration) -> Result<Happening, RuntimeFailure> {
        let process = match &mut self.process {
            Ok(process) => process,
            Err(error) => {
                return Err(RuntimeFailure::not_started(request_id, error));
            }
        };
        Ok(tokio::select! {
            biased;
            answer = self.api.answer() => Happening::Answered(answer),
            status = process.ended() => Happening::Exited(status),
            () = clock::sleep(limit) => Happening::TimedOut,
        })
    }
}

impl Verdict {
    fn answered(payload: Bytes, failed: bool) -> Self {
        Self { payload, failed, ending: Ending::Answered, lines: Vec::new(), reusable: true }
    }

    /// The runtime reported that it could not start.
    fn runtime_said(document: Bytes) -> Self {
        let error_type = failure::error_type(&document);
        Self { payload: document, failed: true, ending: Ending::Failed(error_type), lines: Vec::new(), reusable: false }
    }

    fn failed(failure: &RuntimeFailure) -> Self {
        Self {
            payload: failure.payload(),
            failed: true,
            ending: Ending::Failed(failure.error_type.clone()),
            lines: vec![report::failed(&failure.message, &failure.error_type)],
            reusable: false,
        }
    }

    fn timed_out(request_id: &str, timeout_s: u32) -> Self {
        Self {
            payload: RuntimeFailure::timed_out(request_id, timeout_s).payload(),
            failed: true,
            ending: Ending::TimedOut,
            lines: vec![report::timed_out(clock::now(), request_id, timeout_s)],
            reusable: false,
        }
    }
}

/// Starts the program, again and again while another process still holds its fresh file open for writing.
async fn spawn(
    processes: &Processes,
    program: &Program,
    folder: &Path,
    variables: &BTreeMap<String, String>,
) -> Result<(Process, pipe::Receiver), NotStarted> {
    let mut spawned = processes.start(program, folder, variables);
    for _ in 0..BUSY_RETRIES {
        if !matches!(&spawned, Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy) {
            break;
        }
        clock::sleep(Duration::from_millis(5)).await;
        spawned = processes.start(program, folder, variables);
    }
    spawned.map_err(|error| match program.path == folder.join(BOOTSTRAP) {
        true => NotStarted::Bootstrap { error, exists: program.path.exists() },
        false => NotStarted::Python { path: program.path.clone(), error },
    })
}

fn since(moment: Timestamp) -> Duration {
    Duration::try_from(clock::now().duration_since(moment)).unwrap_or_default()
}
