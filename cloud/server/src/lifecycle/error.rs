//! What can go wrong with the cloud in the background.

use std::io;
use std::path::PathBuf;

use crate::backup::BackupError;
use crate::file_error::FileError;

/// Why the cloud in the background could not be started, stopped or looked at.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// It does not run.
    #[error(
        "The embedded cloud is not running. Start it with `workshop local start`; `--local` on any command does so too."
    )]
    NotRunning,
    /// It does not run and did not end by itself.
    #[error(
        "The embedded cloud is not running: its process {pid}, which listened on port {port}, ended without saying so. Nothing it had accepted is lost. Start it again with `workshop local start`."
    )]
    Stale {
        /// The process that is gone.
        pid: u32,
        /// The port it had.
        port: u16,
    },
    /// It runs on another port than the one asked for.
    #[error("The embedded cloud already runs on port {port}. Use it, or end it first with `workshop local stop`.")]
    OtherPort {
        /// The port it has.
        port: u16,
    },
    /// Another program listens on the port.
    #[error(
        "Port {port} is in use by another program. Choose another one with --port, or leave --port out to take a free one."
    )]
    PortInUse {
        /// The port asked for.
        port: u16,
    },
    /// A file could not be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// This program could not be started once more.
    #[error("Could not start the embedded cloud as a process of its own: {0}.")]
    Spawn(io::Error),
    /// It ended, or said nothing, before it was ready.
    #[error("The embedded cloud could not start. {reason} Its log is {}.", log.display())]
    Failed {
        /// What it said last.
        reason: String,
        /// Where it wrote what it had to say.
        log: PathBuf,
    },
    /// It runs but does not answer.
    #[error("The embedded cloud's process holds {} but does not answer. Try again in a moment; if it stays so, end that process.", lock.display())]
    NotAnswering {
        /// The lock it holds.
        lock: PathBuf,
    },
    /// It does not do what it was asked.
    #[error("{message}")]
    Refused {
        /// Why, in its own words.
        message: String,
    },
    /// It runs, and what was asked needs a stopped one.
    #[error("The embedded cloud runs. End it first with `workshop local stop`.")]
    StillRunning,
    /// There is none.
    #[error("No cloud was ever started in {}: there is nothing to repair.", data.display())]
    NoCloud {
        /// The data folder.
        data: PathBuf,
    },
    /// A backup was not written or not restored.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// It was asked to end and did not.
    #[error("The embedded cloud (process {pid}) was asked to end but still runs. End it with `kill {pid}`.")]
    DoesNotEnd {
        /// Its process.
        pid: u32,
    },
}
