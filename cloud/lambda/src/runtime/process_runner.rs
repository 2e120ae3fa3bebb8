//! The real runner: each runtime is a process with a Runtime API of its own.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use cloud_core::{Account, Clock, PortFuture, Random, TcpSockets};
use runtimes::{Declared, Machine};
use tokio::net::unix::pipe;

use super::environment::{Environment, FunctionCredentials};
use super::process::{Process, ProcessEvent, Processes};
use super::program::{BOOTSTRAP, Program, Programs, StartError};
use super::protection::{self, Part, Protections};
use super::runner::{Delivery, Launch, Runner, RunnerError, Runtime, RuntimeMessage, RuntimeSignal};
use super::runtime_api::RuntimeApi;
use crate::code::{CodeFolder, Copies, TemporaryFolder, Unpacked};
use crate::model::{Code, FunctionVersion};
use crate::supervisor::{Namespaces, Orders, Protection};

/// What the runner of a cloud is given.
#[derive(Debug, Clone)]
pub struct ProcessRunnerSettings {
    /// Where the functions' zips are; the runtimes that are not the functions' own are written there too.
    pub code_folder: PathBuf,
    /// The cloud's data, which no function can read.
    pub data_folder: PathBuf,
    /// What the SDKs inside functions call, such as `http://127.0.0.1:4566`.
    pub endpoint_url: String,
    /// The program that calls [`supervise`](crate::supervise) first: this one.
    pub supervisor: PathBuf,
    /// The time that processes live in, whatever time the cloud has been moved to.
    pub machine_clock: Clock,
    /// Says whose process connects to a Runtime API.
    pub sockets: TcpSockets,
    /// Where this machine's interpreters and modules are.
    pub machine: Machine,
    /// What functions are not kept apart with, though it could be had.
    pub without: Vec<Part>,
}

/// Runs functions as processes of this machine.
#[derive(Debug)]
pub struct ProcessRunner {
    code: CodeFolder,
    programs: Programs,
    processes: Processes,
    protections: Protections,
    clock: Clock,
    settings: ProcessRunnerSettings,
}

impl ProcessRunner {
    /// A runner. What earlier runs have unpacked is removed.
    #[must_use]
    pub fn new(settings: ProcessRunnerSettings, clock: Clock, random: &Random) -> Self {
        let code = CodeFolder::new(settings.code_folder.clone(), random);
        code.remove_earlier_runs();
        Self {
            programs: Programs::new(&settings.code_folder, settings.machine.clone()),
            code,
            processes: Processes::new(settings.supervisor.clone(), settings.machine_clock.clone()),
            protections: Protections::new(settings.data_folder.clone(), settings.without.clone()),
            clock,
            settings,
        }
    }

    async fn launch(&self, version: &FunctionVersion, launch: &Launch) -> Result<ProcessRuntime, RunnerError> {
        let protection = self.protections.find(&self.processes).await;
        // One that is not ready yet gets ready while the rest is.
        let supervisor = self.processes.supervisor(protection.namespaces);
        let copies = if protection.guards_files() { Copies::Shared } else { Copies::Private };
        let code = self.code.unpacked(&version.code, copies).await?;
        // With mounts of its own, a sandbox has its own /tmp.
        let tmp = if protection.has_namespaces() { None } else { Some(self.code.temporary()?) };
        let api =
            RuntimeApi::listen(self.clock.clone(), self.settings.sockets.clone()).await.map_err(RunnerError::NoPort)?;
        let spawned = match self.programs.find(version, &code.path).await {
            Ok(program) => {
                let orders = self.orders(version, launch, program, protection, &code, tmp.as_ref(), &api);
                let memory_mb = version.memory_size_mb;
                supervisor
                    .and_then(|supervisor| self.processes.start(supervisor, &orders, memory_mb))
                    .map_err(|error| StartError::Sandbox { reason: error.to_string() })
            }
            Err(error) => Err(error),
        };
        let (process, output) = match spawned {
            Ok((process, output)) => {
                api.belongs_to(process.supervisor_id());
                (Ok(process), Some(output))
            }
            Err(error) => {
                tracing::warn!(error = %error, function = %version.qualified_arn(), "a function was not started");
                (Err(Arc::new(error)), None)
            }
        };
        let next = Some((self.processes.clone(), protection.namespaces));
        Ok(ProcessRuntime { api, process, output, next, runtime: version.runtime.clone(), code, _tmp: tmp })
    }

    #[allow(clippy::too_many_arguments, reason = "what one sandbox is made of")]
    fn orders(
        &self,
        version: &FunctionVersion,
        launch: &Launch,
        program: Program,
        protection: Protection,
        code: &Unpacked,
        tmp: Option<&TemporaryFolder>,
        api: &RuntimeApi,
    ) -> Orders {
        let mut variables = Environment {
            function_name: &version.name,
            version: &version.version,
            memory_size_mb: version.memory_size_mb,
            handler: &version.handler,
            runtime: &version.runtime,
            region: version.location.region(),
            credentials: &credentials(launch, version.location.account()),
            log_group: &version.log_group(),
            log_stream: &launch.log_stream,
            task_root: &code.path.to_string_lossy(),
            runtime_api: &api.address().to_string(),
            endpoint_url: &self.settings.endpoint_url,
            logging: &version.logging,
            program_defaults: &program.defaults,
            program_fixed: &program.fixed,
            own: &version.environment.clone().unwrap_or_default(),
        }
        .variables();
        let tmp_folder = tmp.map(|tmp| tmp.path().to_owned());
        if let Some(folder) = &tmp_folder {
            variables.entry("TMPDIR".to_owned()).or_insert_with(|| folder.to_string_lossy().into_owned());
        }
        let hidden = |path: &std::path::Path| path.starts_with("/tmp") || path.starts_with(&self.settings.data_folder);
        let mut readable = vec![code.path.clone()];
        readable.extend(program.readable.into_iter().filter(|path| hidden(path) && path.exists()));
        Orders {
            program: program.path,
            arguments: program.arguments,
            folder: code.path.clone(),
            variables,
            protection,
            data_folder: self.settings.data_folder.clone(),
            readable,
            tmp_folder,
            tmp_bytes: u64::from(version.ephemeral_storage_mb) << 20,
        }
    }
}

impl Runner for ProcessRunner {
    fn start<'a>(
        &'a self,
        version: &'a FunctionVersion,
        launch: &'a Launch,
    ) -> PortFuture<'a, Result<Box<dyn Runtime>, RunnerError>> {
        Box::pin(async move {
            let runtime = self.launch(version, launch).await?;
            Ok(Box::new(runtime) as Box<dyn Runtime>)
        })
    }

    fn prepare_runtime<'a>(&'a self, runtime: &'a str) -> PortFuture<'a, ()> {
        Box::pin(async move {
            let protection = self.protections.find(&self.processes).await;
            self.processes.prepare(protection.namespaces).await;
            // Where its program is.
            if let Err(error) = self.programs.prepare(runtime).await {
                tracing::debug!(error = %error, runtime, "a runtime can't be made ready");
            }
        })
    }

    fn prepare_code<'a>(&'a self, code: &'a Code) -> PortFuture<'a, ()> {
        Box::pin(async move {
            if !self.protections.find(&self.processes).await.guards_files() {
                // Each sandbox gets a copy of its own.
                return;
            }
            if let Err(error) = self.code.unpacked(code, Copies::Shared).await {
                tracing::debug!(error = %error, "code can't be made ready");
            }
        })
    }

    fn stop(&self) {
        self.processes.kill_all();
    }

    fn protection(&self) -> PortFuture<'_, String> {
        Box::pin(async {
            let found = self.protections.find(&self.processes).await;
            protection::describe(found, &self.settings.data_folder)
        })
    }
}

/// What a function calls AWS with: its role's session. Without a role it acts in its own account, whose id is an access key.
fn credentials(launch: &Launch, account: &Account) -> FunctionCredentials {
    match &launch.credentials {
        Some(session) => FunctionCredentials {
            access_key_id: session.access_key_id.clone(),
            secret_access_key: session.secret_access_key.clone(),
            session_token: session.session_token.clone(),
        },
        None => {
            let key = if *account == Account::default() { "test" } else { account.as_str() };
            FunctionCredentials {
                access_key_id: key.to_owned(),
                secret_access_key: "test".to_owned(),
                session_token: "test".to_owned(),
            }
        }
    }
}

/// A process and its Runtime API.
struct ProcessRuntime {
    api: RuntimeApi,
    /// Or why there is none.
    process: Result<Process, Arc<StartError>>,
    output: Option<pipe::Receiver>,
    /// Has the supervisor of the next sandbox made ready, once this one has done its first work.
    next: Option<(Processes, Namespaces)>,
    runtime: String,
    code: Unpacked,
    /// Where the function writes, unless it has a `/tmp` of its own.
    _tmp: Option<TemporaryFolder>,
}

impl Runtime for ProcessRuntime {
    fn deliver(&mut self, invocation: Delivery) -> PortFuture<'_, ()> {
        if let Ok(process) = &self.process {
            process.has_work();
        }
        Box::pin(self.api.deliver(invocation))
    }

    fn signal(&mut self) -> PortFuture<'_, RuntimeSignal> {
        Box::pin(async move {
            let signal = self.next_signal().await;
            if !matches!(signal, RuntimeSignal::Message(RuntimeMessage::Ready))
                && let Some((processes, namespaces)) = self.next.take()
            {
                tokio::spawn(async move { processes.prepare(namespaces).await });
            }
            signal
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

impl ProcessRuntime {
    /// A message comes before an exit: a runtime may answer and end.
    async fn next_signal(&mut self) -> RuntimeSignal {
        let process = match &mut self.process {
            Ok(process) => process,
            Err(error) => return RuntimeSignal::StartFailed(Arc::clone(error)),
        };
        let event = tokio::select! {
            biased;
            message = self.api.message() => return RuntimeSignal::Message(message),
            event = process.end() => event,
        };
        match event {
            ProcessEvent::Exited(status) => RuntimeSignal::Exited(Ok(status)),
            ProcessEvent::OutOfMemory => RuntimeSignal::OutOfMemory,
            ProcessEvent::NotFenced(reason) => {
                tracing::warn!(reason, "a function's sandbox was not made");
                RuntimeSignal::StartFailed(Arc::new(StartError::Sandbox { reason }))
            }
            ProcessEvent::NotStarted(error) => RuntimeSignal::StartFailed(Arc::new(self.not_started(error))),
        }
    }

    fn not_started(&self, error: io::Error) -> StartError {
        let path = self.code.path.join(BOOTSTRAP);
        if Declared::named(&self.runtime).is_some() {
            StartError::Interpreter { path: PathBuf::from(&self.runtime), error }
        } else {
            StartError::Bootstrap { error, exists: path.exists() }
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::RoleCredentials;

    use super::*;

    #[test]
    fn a_function_acts_as_its_role_and_else_in_its_own_account() {
        let key = |credentials: Option<RoleCredentials>, account: &Account| {
            let launch = Launch { log_stream: String::new(), credentials };
            super::credentials(&launch, account).access_key_id
        };
        assert_eq!(key(None, &Account::default()), "test");
        let other = key(None, &Account::parse("000000000002").unwrap());
        assert_eq!(Account::of_access_key(&other).as_str(), "000000000002");
        let session = RoleCredentials {
            access_key_id: "ASIA".to_owned(),
            secret_access_key: "s".to_owned(),
            session_token: "t".to_owned(),
            expires_at: jiff::Timestamp::UNIX_EPOCH,
        };
        assert_eq!(key(Some(session), &Account::default()), "ASIA");
    }
}
