//! The embedded cloud in the background: start, stop, status, reset.
//!
//! Whether a cloud runs is told by the lock in its folder, which the system frees whatever way its process ends; the ready file
//! (`cloud.json`) only says where it listens.

mod admin_client;
mod backup;
mod error;
mod report;
mod time;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::admin::{EVENTUAL_PATH, HEALTH_PATH, IAM_PATH, SHUTDOWN_PATH};
use super::data_dir::{DataDir, private_file};
use super::file_error::FileError;
use super::run::{MOCK_CONFIG, Ready};
use super::time::TimeReport;
use cloud_core::{Clock, ConsistencySettings};
use report::Report;

pub use backup::{back_up, repair, restore};
pub use error::LifecycleError;
pub use report::run_in_background;
pub use time::{fork, move_time, skip, start_mocked, time};

/// How long a cloud may take to be ready, or to end.
const READY_LIMIT: Duration = Duration::from_secs(20);

/// How often a lock is tried that somebody else holds.
const LOCK_INTERVAL: Duration = Duration::from_millis(4);

/// What to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartOptions {
    /// Where its state lives.
    pub data_dir: DataDir,
    /// The port to listen on; without one it is 4566, or the next that is free.
    pub port: Option<u16>,
    /// What of AWS's eventual consistency it is to show; without it a cloud that runs already stays as it is.
    pub consistency: Option<ConsistencySettings>,
    /// Whether its clock is to stand still until it is moved.
    pub virtual_time: bool,
    /// Whether policies are to decide what roles may do; without it a cloud that runs already stays as it is.
    pub enforces_iam: Option<bool>,
    /// Where its clock stands in the beginning, instead of at the machine's time. A cloud that runs already stays as it is.
    pub virtual_from: Option<Timestamp>,
}

/// A cloud that answers requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Where it listens.
    pub ready: Ready,
    /// Whether it ran already.
    pub ran_already: bool,
    /// What its clock shows; unknown where it was not asked.
    pub time: Option<TimeReport>,
}

/// What is known of the cloud of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It answers requests.
    Running(Ready),
    /// Its process is there but does not answer: it starts or ends right now.
    Busy,
    /// It does not run.
    Stopped,
    /// It does not run, and did not end by itself: its ready file was left behind.
    Stale(Ready),
}

/// Starts the cloud unless it runs already; returns when it answers requests.
pub async fn start(options: &StartOptions) -> Result<Running, LifecycleError> {
    let data_dir = &options.data_dir;
    // The cloud that it starts looks too, and says in its log what was open to others.
    data_dir.check_private()?;
    // Two commands that want a cloud at the same moment: the second waits here and finds the first one's cloud.
    let _turn = wait_for_lock(&data_dir.start_lock()).await?;
    match settled(data_dir).await? {
        Status::Running(ready) => match options.port {
            Some(port) if port != ready.port => Err(LifecycleError::OtherPort { port: ready.port }),
            _ => {
                set(data_dir, &ready, options.consistency).await?;
                enforce(data_dir, &ready, options.enforces_iam).await?;
                if options.virtual_time {
                    time::stand_still(data_dir, &ready).await?;
                }
                let time = time::time(data_dir, &ready).await.ok();
                Ok(Running { ready, ran_already: true, time })
            }
        },
        _ => {
            let ready = spawn(options).await?;
            let time = time::time(data_dir, &ready).await.ok();
            Ok(Running { ready, ran_already: false, time })
        }
    }
}

/// Tells a cloud that runs what it is to show.
async fn set(
    data_dir: &DataDir,
    ready: &Ready,
    consistency: Option<ConsistencySettings>,
) -> Result<(), LifecycleError> {
    let Some(settings) = consistency else {
        return Ok(());
    };
    let answer = admin_client::put(data_dir, ready.port, EVENTUAL_PATH, &settings.to_string()).await;
    answer.map(drop).map_err(|_| LifecycleError::NotAnswering { lock: data_dir.lock() })
}

/// Tells a cloud that runs whether policies are to decide.
async fn enforce(data_dir: &DataDir, ready: &Ready, enforces_iam: Option<bool>) -> Result<(), LifecycleError> {
    let Some(enforces) = enforces_iam else {
        return Ok(());
    };
    let answer = admin_client::put(data_dir, ready.port, IAM_PATH, if enforces { "on" } else { "off" }).await;
    answer.map(drop).map_err(|_| LifecycleError::NotAnswering { lock: data_dir.lock() })
}

/// Starts the cloud unless it runs already, on whatever port is free.
pub async fn ensure_running(data_dir: &DataDir) -> Result<Running, LifecycleError> {
    let options = StartOptions {
        data_dir: data_dir.clone(),
        port: None,
        consistency: None,
        virtual_time: false,
        enforces_iam: None,
        virtual_from: None,
    };
    start(&options).await
}

/// Says whether the cloud runs.
pub async fn status(data_dir: &DataDir) -> Result<Status, LifecycleError> {
    // Looking leaves no folder behind where there never was a cloud.
    if !data_dir.root().exists() {
        return Ok(Status::Stopped);
    }
    let ready = read_ready_file(data_dir)?;
    if try_lock(&data_dir.lock())?.is_some() {
        return Ok(ready.map_or(Status::Stopped, Status::Stale));
    }
    let Some(ready) = ready else {
        return Ok(Status::Busy);
    };
    // The file may be an old one, while the lock is held by a cloud that is just starting.
    match admin_client::get(data_dir, ready.port, HEALTH_PATH).await {
        Ok(health) if health["pid"] == ready.pid => Ok(Status::Running(ready)),
        _ => Ok(Status::Busy),
    }
}

/// The status, once the cloud is not busy any more.
async fn settled(data_dir: &DataDir) -> Result<Status, LifecycleError> {
    let decided = async {
        loop {
            match status(data_dir).await? {
                Status::Busy => Clock::system().sleep(LOCK_INTERVAL).await,
                other => return Ok(other),
            }
        }
    };
    let late = |_| Err(LifecycleError::NotAnswering { lock: data_dir.lock() });
    Clock::system().timeout(READY_LIMIT, decided).await.unwrap_or_else(late)
}

/// Ends the cloud and waits until its process, and those of its functions, are gone.
pub async fn stop(data_dir: &DataDir) -> Result<Ready, LifecycleError> {
    let ready = match settled(data_dir).await? {
        Status::Running(ready) => ready,
        Status::Stale(ready) => {
            // It has been told; the next look says that nothing runs.
            let _ = std::fs::remove_file(data_dir.ready_file());
            return Err(LifecycleError::Stale { pid: ready.pid, port: ready.port });
        }
        Status::Stopped | Status::Busy => return Err(LifecycleError::NotRunning),
    };
    if admin_client::post(data_dir, ready.port, SHUTDOWN_PATH).await.is_err() && try_lock(&data_dir.lock())?.is_none() {
        return Err(LifecycleError::NotAnswering { lock: data_dir.lock() });
    }
    match Clock::system().timeout(READY_LIMIT, wait_for_lock(&data_dir.lock())).await {
        Ok(freed) => freed.map(|_lock| ready),
        Err(_elapsed) => Err(LifecycleError::DoesNotEnd { pid: ready.pid }),
    }
}

/// Ends the cloud, if it runs, and deletes all its state.
pub async fn reset(data_dir: &DataDir) -> Result<(), LifecycleError> {
    match stop(data_dir).await {
        Ok(_) | Err(LifecycleError::NotRunning | LifecycleError::Stale { .. }) => {}
        Err(error) => return Err(error),
    }
    if !data_dir.root().exists() {
        return Ok(());
    }
    let _no_cloud_starts_meanwhile = wait_for_lock(&data_dir.lock()).await?;
    for path in removed_by_reset(data_dir) {
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(FileError::new(path, error).into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// All that a cloud keeps in its folder, but for the locks.
fn removed_by_reset(data_dir: &DataDir) -> Vec<PathBuf> {
    let mut paths = vec![
        data_dir.store(),
        data_dir.functions(),
        data_dir.ready_file(),
        data_dir.log(),
        data_dir.keys(),
        data_dir.port(),
    ];
    paths.extend(["backup.new", "restore.new", "store.replaced"].map(|unfinished| data_dir.root().join(unfinished)));
    paths.extend(data_dir.activity_files());
    paths
}

/// What a running cloud says of itself: version, start, settings.
///
/// # Errors
/// [`LifecycleError::NotAnswering`] when it does not answer.
pub async fn health(data_dir: &DataDir, ready: &Ready) -> Result<serde_json::Value, LifecycleError> {
    let answer = admin_client::get(data_dir, ready.port, HEALTH_PATH).await;
    answer.map_err(|_| LifecycleError::NotAnswering { lock: data_dir.lock() })
}

fn read_ready_file(data_dir: &DataDir) -> Result<Option<Ready>, LifecycleError> {
    let path = data_dir.ready_file();
    match std::fs::read(&path) {
        // One that cannot be read is as good as none: the lock tells the truth, and a start writes a new one.
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::new(path, error).into()),
    }
}

/// Takes a lock if nobody holds it; it is free again when the file is dropped.
fn try_lock(path: &Path) -> Result<Option<File>, LifecycleError> {
    let file = match private_file().truncate(false).open(path) {
        Ok(file) => file,
        Err(error) => return Err(FileError::new(path, error).into()),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(FileError::new(path, error).into()),
    }
}

async fn wait_for_lock(path: &Path) -> Result<File, LifecycleError> {
    loop {
        match try_lock(path)? {
            Some(file) => return Ok(file),
            None => Clock::system().sleep(LOCK_INTERVAL).await,
        }
    }
}

async fn spawn(options: &StartOptions) -> Result<Ready, LifecycleError> {
    let data_dir = &options.data_dir;
    let mut child = command(options)?.spawn().map_err(LifecycleError::Spawn)?;
    let heard = Clock::system().timeout(READY_LIMIT, first_line(&mut child)).await;
    let report = match heard {
        Ok(Ok(line)) => serde_json::from_str(&line).ok(),
        Ok(Err(error)) => return Err(LifecycleError::Spawn(error)),
        Err(_elapsed) => {
            // It is ours and not ready after all this time: nobody could use it.
            let _ = child.start_kill();
            None
        }
    };
    let log = data_dir.log();
    match report {
        Some(Report::Ready(ready)) => Ok(ready),
        Some(Report::PortInUse { port }) => Err(LifecycleError::PortInUse { port }),
        Some(Report::DiskFull { path }) => Err(FileError::DiskFull { path }.into()),
        Some(Report::Failed { reason }) => Err(LifecycleError::Failed { reason, log }),
        None => Err(LifecycleError::Failed { reason: last_words(&log), log }),
    }
}

#[allow(clippy::disallowed_methods, reason = "this file owns the process of the cloud in the background")]
fn command(options: &StartOptions) -> Result<Command, LifecycleError> {
    let data_dir = &options.data_dir;
    let root = std::path::absolute(data_dir.root()).map_err(|error| FileError::new(data_dir.root(), error))?;
    let log =
        private_file().truncate(true).open(data_dir.log()).map_err(|error| FileError::new(data_dir.log(), error))?;
    let program = std::env::current_exe().map_err(LifecycleError::Spawn)?;
    let mut command = Command::new(program);
    command.args(["local", "run", "--background", "--data"]).arg(&root);
    if let Some(port) = options.port {
        command.args(["--port", &port.to_string()]);
    }
    if let Some(settings) = options.consistency.filter(|settings| *settings != ConsistencySettings::default()) {
        command.args(["--eventual", &settings.to_string()]);
    }
    if options.virtual_time {
        command.arg("--virtual-time");
    }
    if options.enforces_iam == Some(false) {
        command.args(["--iam", "off"]);
    }
    if let Some(from) = options.virtual_from {
        command.args(["--virtual-from", &from.to_string()]);
    }
    // It runs in another folder, from where a relative path would lead elsewhere.
    if let Some(file) = std::env::var_os(MOCK_CONFIG).filter(|file| !file.is_empty()) {
        let file = PathBuf::from(file);
        let file = std::path::absolute(&file).map_err(|error| FileError::new(&file, error))?;
        command.env(MOCK_CONFIG, file);
    }
    // In a process group of its own, Ctrl-C in this terminal does not reach it; in its own folder it holds no other busy.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).current_dir(&root).process_group(0);
    Ok(command)
}

async fn first_line(child: &mut Child) -> io::Result<String> {
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).await?;
    }
    Ok(line)
}

/// The last line of the log, when the process could not even say why it ended.
fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    match text.lines().rfind(|line| !line.trim().is_empty()) {
        Some(line) => format!("It ended saying: {line}."),
        None => "It ended without a word.".to_owned(),
    }
}
