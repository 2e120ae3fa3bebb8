//! The processes of functions: the only file here that starts one, and ends each by its id.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::Clock;
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};

use super::program::Program;

/// How long an interpreter may take to say where it is.
const INTERPRETER_LIMIT: Duration = Duration::from_secs(10);

/// The ids of every function process that runs, so that none outlives the cloud.
#[derive(Debug, Clone, Default)]
pub(crate) struct Processes {
    running: Arc<Mutex<Running>>,
}

#[derive(Debug, Default)]
struct Running {
    ids: BTreeSet<u32>,
    /// Set when the cloud ends: no process is started any more.
    is_stopped: bool,
}

/// One function process. It leads a process group of its own, which ends with it; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    id: u32,
    processes: Processes,
}

impl Processes {
    /// Starts a program in `folder` with exactly these variables; gives the process and what it writes to stdout and
    /// stderr, in the order in which it writes it.
    ///
    /// # Errors
    /// What the system says when there is no such file, it may not be run, or it is no program for this machine.
    #[allow(clippy::disallowed_methods, reason = "this file owns the functions' processes")]
    pub(crate) fn start(
        &self,
        program: &Program,
        folder: &Path,
        variables: &BTreeMap<String, String>,
    ) -> io::Result<(Process, pipe::Receiver)> {
        let (output, input) = io::pipe()?;
        let output = pipe::Receiver::from_owned_fd(output.into())?;
        let child = Command::new(&program.path)
            .args(&program.arguments)
            .current_dir(folder)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(input.try_clone()?)
            .stderr(input)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().ok_or_else(|| io::Error::other("the process ended before it had an id"))?;
        let mut running = self.lock();
        if running.is_stopped {
            kill_group(id);
            return Err(io::Error::other("the embedded cloud is ending"));
        }
        running.ids.insert(id);
        drop(running);
        Ok((Process { child, id, processes: self.clone() }, output))
    }

    /// Ends every function process; none is started afterwards.
    pub(crate) fn kill_all(&self) {
        let mut running = self.lock();
        running.is_stopped = true;
        for id in std::mem::take(&mut running.ids) {
            kill_group(id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Process {
    /// Waits until the process has ended; gives its status again when it already has.
    ///
    /// # Errors
    /// What the system says when the process cannot be waited for.
    pub(crate) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.processes.lock().ids.remove(&self.id);
        Ok(status)
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        match self.child.try_wait() {
            Ok(status) => status.is_none(),
            Err(error) => {
                tracing::warn!(error = %error, process = self.id, "a function's process was not looked at");
                false
            }
        }
    }

    /// Ends it and everything it started.
    pub(crate) fn kill(&mut self) {
        if self.is_running() && self.processes.lock().ids.remove(&self.id) {
            kill_group(self.id);
        }
    }

    /// The most memory it has had resident, in MB rounded up; `None` where the system does not tell.
    pub(crate) fn peak_memory_mb(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id)).ok()?;
        peak_memory_kb(&status).map(|kb| kb.div_ceil(1024))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        self.processes.lock().ids.remove(&self.id);
    }
}

/// Where the Python interpreter is that this command starts; none when there is no such command, or it does not work.
///
/// A command on the PATH may be a launcher that chooses among versions: the interpreter itself says where it is.
#[allow(clippy::disallowed_methods, reason = "this file owns the functions' processes")]
pub(crate) async fn python_interpreter(command: &str, clock: &Clock) -> Option<PathBuf> {
    let asked = Command::new(command)
        .args(["-c", "import sys; print(sys.executable)"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = match clock.timeout(INTERPRETER_LIMIT, asked).await {
        Ok(Ok(output)) => output,
        Ok(Err(error)) => {
            // Usual: not every machine has every version.
            tracing::debug!(error = %error, command, "no interpreter of this name");
            return None;
        }
        Err(error) => {
            tracing::warn!(error = %error, command, "an interpreter did not say where it is");
            return None;
        }
    };
    let path = String::from_utf8(output.stdout).ok()?;
    let path = path.trim_end_matches('\n');
    (output.status.success() && !path.is_empty()).then(|| PathBuf::from(path))
}

/// Reads the peak resident size out of `/proc/<pid>/status` (proc(5)).
fn peak_memory_kb(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn kill_group(id: u32) {
    let leader = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(leader) = leader {
        match rustix::process::kill_process_group(leader, rustix::process::Signal::KILL) {
            // It may have ended by itself meanwhile, which is what is wanted.
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => tracing::warn!(error = %error, process = id, "a function's process was not ended"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tokio::io::AsyncReadExt;

    use super::*;
    use crate::runtime::program::BOOTSTRAP;

    fn bootstrap(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(BOOTSTRAP);
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        folder
    }

    fn start(processes: &Processes, folder: &Path, variables: &BTreeMap<String, String>) -> (Process, pipe::Receiver) {
        let program = Program { path: folder.join(BOOTSTRAP), arguments: Vec::new() };
        processes.start(&program, folder, variables).unwrap()
    }

    #[tokio::test]
    async fn runs_with_exactly_the_given_environment_and_one_output() {
        let folder = bootstrap("#!/bin/sh\n/usr/bin/env\necho to stderr >&2\necho to stdout\n");
        let variables = BTreeMap::from([("ONLY".to_owned(), "this".to_owned())]);
        let (mut process, mut output) = start(&Processes::default(), folder.path(), &variables);
        let mut text = String::new();
        output.read_to_string(&mut text).await.unwrap();
        assert!(process.wait().await.unwrap().success());
        let shown: Vec<_> = text.lines().filter(|line| !line.starts_with("PWD=") && !line.starts_with("_=")).collect();
        assert_eq!(shown, ["ONLY=this", "to stderr", "to stdout"]);
    }

    #[tokio::test]
    async fn ends_what_the_function_started_too() {
        let folder = bootstrap("#!/bin/sh\n/bin/sleep 600 &\necho $!\nwait\n");
        let processes = Processes::default();
        let (mut process, mut output) = start(&processes, folder.path(), &BTreeMap::new());
        let mut bytes = [0; 32];
        let count = output.read(&mut bytes).await.unwrap();
        assert!(count > 0);
        assert!(process.peak_memory_mb().is_some_and(|mb| mb > 0));
        processes.kill_all();
        assert!(!process.wait().await.unwrap().success());
        // The sleeping child held the other end of the pipe: the pipe ends when it has ended.
        assert_eq!(output.read(&mut bytes).await.unwrap(), 0);
        let program = Program { path: folder.path().join(BOOTSTRAP), arguments: Vec::new() };
        let late = processes.start(&program, folder.path(), &BTreeMap::new()).unwrap_err();
        assert_eq!(late.to_string(), "the embedded cloud is ending");
    }

    #[tokio::test]
    async fn a_command_that_is_no_python_gives_no_interpreter() {
        assert_eq!(python_interpreter("no-such-command", &Clock::system()).await, None);
        assert_eq!(python_interpreter("/bin/false", &Clock::system()).await, None);
        assert!(python_interpreter("python3", &Clock::system()).await.is_some_and(|path| path.is_absolute()));
    }

    #[test]
    fn reads_the_peak_from_proc() {
        assert_eq!(peak_memory_kb("VmPeak:\t  9 kB\nVmHWM:\t    3124 kB\nVmRSS:\t 5 kB\n"), Some(3124));
        assert_eq!(peak_memory_kb("Name:\tzombie\n"), None);
    }
}
