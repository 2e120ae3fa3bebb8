//! The real runner: each runtime is a process with a Runtime API of its own.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Account, Clock, PortFuture, Random};
use tokio::net::unix::pipe;

use super::environment::Environment;
use super::process::{Process, Processes};
use super::program::{BOOTSTRAP, Program, Programs, StartError};
use super::runner::{Delivery, Runner, RunnerError, Runtime, RuntimeSignal};
use super::runtime_api::RuntimeApi;
use crate::code::CodeFolder;
use crate::model::FunctionVersion;

/// How often a start is tried again while another process still holds the fresh program file open for writing.
const BUSY_RETRIES: u32 = 20;

/// How long to wait before each of these tries.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// Runs functions as processes of this machine.
#[derive(Debug)]
pub struct ProcessRunner {
    code: CodeFolder,
    programs: Programs,
    processes: Processes,
    clock: Clock,
    endpoint_url: String,
}

impl ProcessRunner {
    /// A runner of the functions whose zips are in `folder`; the runtimes that are not the functions' own are written there
    /// too. The SDKs inside functions call `endpoint_url`, such as `http://127.0.0.1:4566`.
    #[must_use]
    pub fn new(folder: PathBuf, endpoint_url: impl Into<String>, clock: Clock, random: &Random) -> Self {
        Self {
            programs: Programs::new(&folder, clock.clone(), random.fork()),
            code: CodeFolder::new(folder, random),
            processes: Processes::default(),
            clock,
            endpoint_url: endpoint_url.into(),
        }
    }

    async fn launch(&self, version: &FunctionVersion, log_stream: &str) -> Result<ProcessRuntime, RunnerError> {
        let folder = self.code.unpacked(&version.code).await?;
        let api = RuntimeApi::listen(self.clock.clone()).await.map_err(RunnerError::NoPort)?;
        let variables = Environment {
            function_name: &version.name,
            version: &version.version,
            memory_size_mb: version.memory_size_mb,
            handler: &version.handler,
            runtime: &version.runtime,
            region: version.location.region(),
            access_key: access_key(version.location.account()),
            log_group: &version.log_group(),
            log_stream,
            task_root: &folder.to_string_lossy(),
            runtime_api: &api.address().to_string(),
            endpoint_url: &self.endpoint_url,
            own: &version.environment.clone().unwrap_or_default(),
        }
        .variables();
        let spawned = match self.programs.find(&version.runtime, &folder).await {
            Ok(program) => self.spawn(&program, &folder, &variables).await,
            Err(error) => Err(error),
        };
        let (process, output) = match spawned {
            Ok((process, output)) => (Ok(process), Some(output)),
            Err(error) => {
                tracing::warn!(error = %error, function = %version.qualified_arn(), "a function was not started");
                (Err(Arc::new(error)), None)
            }
        };
        Ok(ProcessRuntime { api, process, output })
    }

    /// Starts the program, again and again while another process still holds its fresh file open for writing.
    async fn spawn(
        &self,
        program: &Program,
        folder: &Path,
        variables: &BTreeMap<String, String>,
    ) -> Result<(Process, pipe::Receiver), StartError> {
        let mut spawned = self.processes.start(program, folder, variables);
        for _ in 0..BUSY_RETRIES {
            if !matches!(&spawned, Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy) {
                break;
            }
            self.clock.sleep(BUSY_PAUSE).await;
            spawned = self.processes.start(program, folder, variables);
        }
        spawned.map_err(|error| match program.path == folder.join(BOOTSTRAP) {
            true => StartError::Bootstrap { error, exists: program.path.exists() },
            false => StartError::Python { path: program.path.clone(), error },
        })
    }
}

impl Runner for ProcessRunner {
    fn start<'a>(
        &'a self,
        version: &'a FunctionVersion,
        log_stream: &'a str,
    ) -> PortFuture<'a, Result<Box<dyn Runtime>, RunnerError>> {
        Box::pin(async move {
            let runtime = self.launch(version, log_stream).await?;
            Ok(Box::new(runtime) as Box<dyn Runtime>)
        })
    }

    fn stop(&self) {
        self.processes.kill_all();
    }
}

/// A function acts in its own account: the access key names it.
fn access_key(account: &Account) -> &str {
    if *account == Account::default() { "test" } else { account.as_str() }
}

/// A process and its Runtime API.
struct ProcessRuntime {
    api: RuntimeApi,
    /// Or why there is none.
    process: Result<Process, Arc<StartError>>,
    output: Option<pipe::Receiver>,
}

impl Runtime for ProcessRuntime {
    fn deliver(&mut self, invocation: Delivery) -> PortFuture<'_, ()> {
        Box::pin(self.api.deliver(invocation))
    }

    /// A message comes before an exit: a runtime may answer and end.
    fn signal(&mut self) -> PortFuture<'_, RuntimeSignal> {
        Box::pin(async move {
            let process = match &mut self.process {
                Ok(process) => process,
                Err(error) => return RuntimeSignal::StartFailed(Arc::clone(error)),
            };
            tokio::select! {
                biased;
                message = self.api.message() => RuntimeSignal::Message(message),
                status = process.wait() => RuntimeSignal::Exited(status),
            }
        })
    }

    fn take_output(&mut self) -> Option<pipe::Receiver> {
        self.output.take()
    }

    fn is_running(&mut self) -> bool {
        self.process.as_mut().is_ok_and(Process::is_running)
    }

    fn peak_memory_mb(&self) -> Option<u64> {
        self.process.as_ref().ok().and_then(Process::peak_memory_mb)
    }

    fn kill(&mut self) {
        if let Ok(process) = &mut self.process {
            process.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_acts_in_its_own_account() {
        assert_eq!(access_key(&Account::default()), "test");
        let other = access_key(&Account::parse("000000000002").unwrap()).to_owned();
        assert_eq!(Account::of_access_key(&other).as_str(), "000000000002");
    }
}
