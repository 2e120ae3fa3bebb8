//! The only file of the command line that names the embedded cloud's code.

use std::path::PathBuf;

pub(crate) use super::activity::{ActivityReader, ActivityRecord};
pub(crate) use crate::local::data_dir::DataDir;
pub(crate) use crate::local::lifecycle::{self, LifecycleError, Running, StartOptions, Status};
pub(crate) use crate::local::{LocalError, Ready, RunOptions, Setting, Settings as ConsistencySettings, run};

/// What to run.
pub(crate) fn run_options(data_dir: DataDir, port: Option<u16>, consistency: ConsistencySettings) -> RunOptions {
    RunOptions { data_dir, port, eventual: consistency }
}

/// What to start in the background; without settings a cloud that runs already stays as it is.
pub(crate) fn start_options(
    data_dir: DataDir,
    port: Option<u16>,
    consistency: Option<ConsistencySettings>,
) -> StartOptions {
    StartOptions { data_dir, port, eventual: consistency }
}

/// The file of the cloud's own log.
pub(crate) fn activity_log(data_dir: &DataDir) -> PathBuf {
    data_dir.root().join("activity.jsonl")
}
