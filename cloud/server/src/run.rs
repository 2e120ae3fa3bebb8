//! Runs the embedded cloud in this process until it is told to end.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use cloud_core::{Clock, ConsistencySettings, Random, Stop, TcpSockets};
use cloud_lambda::Part;
use cloud_store::{Store, StoreError};

use super::composition::{Cloud, Composition, process_runner};
use super::data_dir::{DataDir, private_file};
use super::file_error::FileError;
use super::keys::CloudKeys;
use super::log::{ActivityLayer, ActivityWriter};
use super::open_files::OpenFiles;
use super::site::CloudFront;
use super::time::TimeReport;

/// The port that AWS emulators use, so that clients set up for one find this one.
const DEFAULT_PORT: u16 = 4566;

/// Names the mock configuration of Step Functions Local, as it does there.
pub(crate) const MOCK_CONFIG: &str = "SFN_MOCK_CONFIG";

/// How many ports above the default one are tried when it is taken.
const PORTS_TRIED: u16 = 64;

/// What to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Where its state lives.
    pub data_dir: DataDir,
    /// The port to listen on; without one it is that of the last time, else 4566, or the next that is free.
    pub port: Option<u16>,
    /// What of AWS's eventual consistency it shows.
    pub consistency: ConsistencySettings,
    /// Whether its clock is to stand still until it is moved.
    pub virtual_time: bool,
    /// Whether policies decide what roles may do.
    pub enforces_iam: bool,
    /// Where its clock stands in the beginning, instead of at the machine's time.
    pub virtual_from: Option<Timestamp>,
    /// What functions are not kept apart with, though it could be had: for tests.
    pub without: Vec<Part>,
}

/// Told once, when requests are answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// The process that runs it.
    pub pid: u32,
    /// The port it listens on.
    pub port: u16,
    /// Whether 4566 was wanted but taken by another program.
    pub default_port_taken: bool,
    /// The port of the last time, where another program has it now.
    #[serde(default)]
    pub last_port_taken: Option<u16>,
}

impl Ready {
    /// The endpoint for AWS clients.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// Why the embedded cloud could not run.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// Another program listens on the port.
    #[error(
        "Port {port} is in use by another program. Choose another one with --port, or leave --port out to take a free one."
    )]
    PortInUse {
        /// The port asked for.
        port: u16,
    },
    /// No port near the default one is free.
    #[error("No port from {first} to {last} is free. Choose one with --port.")]
    NoFreePort {
        /// First port tried.
        first: u16,
        /// Last port tried.
        last: u16,
    },
    /// The port may not be used, or loopback is not there.
    #[error("Could not listen on port {port}: {source}. Choose another one with --port.")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// Another embedded cloud has this folder.
    #[error("An embedded cloud already runs on {}. Use it, or end it with `workshop local stop`.", data_dir.display())]
    AlreadyRunning {
        /// Its folder.
        data_dir: PathBuf,
    },
    /// A file could not be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Signals could not be listened for.
    #[error("Could not listen for Ctrl-C: {0}.")]
    Signals(io::Error),
    /// The system gave no random numbers.
    #[error("The system has no random numbers to give: {0}.")]
    Random(io::Error),
    /// The store could not be opened or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs the embedded cloud until Ctrl-C, SIGTERM, the end of its terminal or a shutdown request, then ends it cleanly: no
/// function's process is left and the store is closed. `on_ready` is called once, when requests are answered.
///
/// # Errors
/// When another cloud has the folder, no port can be had, or a file can't be used.
pub async fn run(options: RunOptions, on_ready: impl FnOnce(&Ready, TimeReport)) -> Result<(), LocalError> {
    let RunOptions { data_dir, port, consistency, virtual_time, enforces_iam, virtual_from, without } = options;
    let machine = Clock::system();
    let (clock, _) = Clock::movable();
    let random = Random::from_system().map_err(LocalError::Random)?;
    // Whatever this process makes is for its user alone, also where the code that makes it does not say so.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let tightened = data_dir.make_private()?;
    let _lock = lock(&data_dir, &machine).await?;
    let log = open_log(&data_dir, &machine)?;
    if tightened > 0 {
        tracing::warn!(target: "cloud::lifecycle", count = tightened, "files and folders were open to other users and are not any more");
    }
    let open_files = OpenFiles::raise();
    let OpenFiles { before, now } = open_files;
    tracing::debug!(target: "cloud::lifecycle", before, now, "the limit of open files");
    let keys = CloudKeys::read_or_generate(&data_dir)?;
    let Listening { listener, default_port_taken, last_port_taken } = match port {
        Some(port) => listen_on(port).await?,
        None => listen(last_port(&data_dir)).await?,
    };
    let address =
        listener.local_addr().map_err(|source| LocalError::Listen { port: port.unwrap_or(DEFAULT_PORT), source })?;
    let stop = Stop::new();
    stop_on_signals(&stop)?;
    let sockets = TcpSockets::open();
    let runner = process_runner(&data_dir, address, sockets.clone(), without, &clock, &random);
    let cloud = Cloud::open(Composition {
        store: Store::open(&data_dir.store())?,
        functions_dir: data_dir.functions(),
        address,
        clock: clock.clone(),
        random: random.clone(),
        runner,
        stop: stop.clone(),
        mock_config: std::env::var_os(MOCK_CONFIG).filter(|file| !file.is_empty()).map(PathBuf::from),
    })?;
    if let Some(from) = virtual_from {
        cloud.time.stand_at(from).await?;
    } else if virtual_time {
        cloud.time.stand_still().await?;
    }
    cloud.faults.set(consistency);
    cloud.iam.enforce(enforces_iam);
    let ready = Ready { pid: std::process::id(), port: address.port(), default_port_taken, last_port_taken };
    remember_port(&data_dir, ready.port)?;
    write_ready_file(&data_dir, &ready)?;
    cloud.resume();
    tracing::info!(target: "cloud::lifecycle", port = ready.port, "ready");
    on_ready(&ready, cloud.time.report());
    let looking = Arc::clone(&cloud);
    tokio::spawn(async move { looking.find_protection().await });

    // Clients sign by the machine's clock, and are waited for by it.
    let front = CloudFront::new(Arc::clone(&cloud), keys, clock, Clock::system(), random, stop);
    front.listen(listener, open_files.connections(), sockets).await;
    cloud.stop().await?;
    if let Err(error) = std::fs::remove_file(data_dir.ready_file()) {
        // One that stays behind is seen as stale by the lock, which ends with this process.
        tracing::warn!(target: "cloud::lifecycle", %error, "the ready file stays behind");
    }
    tracing::info!(target: "cloud::lifecycle", "ended");
    log.finish();
    Ok(())
}

/// Opens the cloud's log, which takes every event of this process from now on.
fn open_log(data_dir: &DataDir, clock: &Clock) -> Result<ActivityWriter, LocalError> {
    use tracing_subscriber::layer::SubscriberExt as _;

    let path = data_dir.activity();
    let writer = ActivityWriter::start(path.clone()).map_err(|error| FileError::new(&path, error))?;
    let subscriber = tracing_subscriber::registry().with(ActivityLayer::new(clock.clone(), writer.clone()));
    // A process that has a subscriber already shows events its own way.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(writer)
}

/// How often the lock is tried: a command that looks at the status holds it for an instant.
const LOCK_TRIES: u32 = 50;

async fn lock(data_dir: &DataDir, clock: &Clock) -> Result<File, LocalError> {
    let path = data_dir.lock();
    let file = private_file().truncate(false).open(&path);
    let file = file.map_err(|error| FileError::new(&path, error))?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => clock.sleep(Duration::from_millis(2)).await,
            Err(TryLockError::Error(error)) => return Err(FileError::new(&path, error).into()),
        }
    }
    Err(LocalError::AlreadyRunning { data_dir: data_dir.root().to_owned() })
}

fn write_ready_file(data_dir: &DataDir, ready: &Ready) -> Result<(), LocalError> {
    let path = data_dir.ready_file();
    let whole = path.with_extension("json.new");
    let text = serde_json::to_vec(ready).map_err(|error| FileError::new(&path, error.into()))?;
    let written = private_file().truncate(true).open(&whole).and_then(|mut file| file.write_all(&text));
    written.map_err(|error| FileError::new(&whole, error))?;
    std::fs::rename(&whole, &path).map_err(|error| FileError::new(&path, error))?;
    Ok(())
}

/// A listener, and which ports were wanted before its own.
struct Listening {
    listener: TcpListener,
    default_port_taken: bool,
    last_port_taken: Option<u16>,
}

/// The port that the cloud of a folder had the last time: the URLs that its user has noted down hold it. A file that can't be
/// read is as good as none.
fn last_port(data_dir: &DataDir) -> Option<u16> {
    std::fs::read_to_string(data_dir.port()).ok()?.trim().parse().ok().filter(|port| *port > 0)
}

fn remember_port(data_dir: &DataDir, port: u16) -> Result<(), LocalError> {
    let path = data_dir.port();
    let written = private_file().truncate(true).open(&path).and_then(|mut file| writeln!(file, "{port}"));
    written.map_err(|error| FileError::new(&path, error).into())
}

async fn listen_on(port: u16) -> Result<Listening, LocalError> {
    let listener = bind(port).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => LocalError::PortInUse { port },
        _ => LocalError::Listen { port, source },
    })?;
    Ok(Listening { listener, default_port_taken: false, last_port_taken: None })
}

/// Listens on the port of the last time, else on the first free one from the default port on.
async fn listen(last_port: Option<u16>) -> Result<Listening, LocalError> {
    let mut last_port_taken = None;
    if let Some(port) = last_port {
        match listen_on(port).await {
            Err(LocalError::PortInUse { .. }) => last_port_taken = last_port,
            other => return other,
        }
    }
    let last = DEFAULT_PORT + PORTS_TRIED;
    for port in DEFAULT_PORT..=last {
        match bind(port).await {
            Ok(listener) => {
                let default_port_taken = port != DEFAULT_PORT;
                return Ok(Listening { listener, default_port_taken, last_port_taken });
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(source) => return Err(LocalError::Listen { port, source }),
        }
    }
    Err(LocalError::NoFreePort { first: DEFAULT_PORT, last })
}

async fn bind(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await
}

fn stop_on_signals(stop: &Stop) -> Result<(), LocalError> {
    for kind in [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()] {
        let mut signals = signal(kind).map_err(LocalError::Signals)?;
        let stop = stop.clone();
        tokio::spawn(async move {
            signals.recv().await;
            stop.give();
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_is_taken_is_named_and_a_free_one_is_found() {
        let taken = bind(0).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let error = listen_on(port).await.err().unwrap();
        assert!(matches!(error, LocalError::PortInUse { port: named } if named == port), "{error}");
        let other = listen(Some(port)).await.unwrap();
        assert_eq!(other.last_port_taken, Some(port));
        drop(taken);
        let same = listen(Some(port)).await.unwrap();
        assert_eq!((same.listener.local_addr().unwrap().port(), same.last_port_taken), (port, None));
    }

    #[test]
    fn the_port_is_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path());
        assert_eq!(last_port(&data_dir), None);
        remember_port(&data_dir, 14_566).unwrap();
        assert_eq!(last_port(&data_dir), Some(14_566));
        std::fs::write(data_dir.port(), "no port").unwrap();
        assert_eq!(last_port(&data_dir), None);
    }

    #[tokio::test]
    async fn one_cloud_per_folder() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path());
        let first = lock(&data_dir, &Clock::system()).await.unwrap();
        let error = lock(&data_dir, &Clock::system()).await.unwrap_err();
        assert!(matches!(error, LocalError::AlreadyRunning { .. }), "{error}");
        drop(first);
        assert!(lock(&data_dir, &Clock::system()).await.is_ok());
    }
}
