//! Backups of a cloud, whether it runs or not; restoring and repairing one that does not.

use std::path::Path;

use cloud_core::Clock;
use cloud_store::{RepairReport, Store};

use super::error::LifecycleError;
use super::{Status, admin_client, settled, try_lock};
use crate::admin::BACKUP_PATH;
use crate::backup::{self, BackupError, Contents, Source};
use crate::data_dir::DataDir;
use crate::file_error::FileError;

/// Writes all that a cloud holds to a new file; one that runs goes on meanwhile.
///
/// # Errors
/// There is no cloud, the file is there already or can't be written, or the store is damaged.
pub async fn back_up(data_dir: &DataDir, file: &Path) -> Result<Contents, LifecycleError> {
    // The cloud stands in a folder of its own.
    let file = std::path::absolute(file).map_err(|error| FileError::new(file, error))?;
    if let Status::Running(ready) = settled(data_dir).await? {
        let silent = || LifecycleError::NotAnswering { lock: data_dir.lock() };
        let answer = admin_client::post_and_wait(data_dir, ready.port, BACKUP_PATH, &file.to_string_lossy()).await;
        let (status, answer) = answer.map_err(|_| silent())?;
        return match (status, answer["message"].as_str()) {
            (200, _) => serde_json::from_value(answer).map_err(|_| silent()),
            (_, Some(message)) => Err(LifecycleError::Refused { message: message.to_owned() }),
            (_, None) => Err(silent()),
        };
    }
    if !data_dir.store().exists() {
        return Err(BackupError::NoCloud { data: data_dir.root().to_owned() }.into());
    }
    let _lock = stopped(data_dir)?;
    let store = Store::open(&data_dir.store()).map_err(BackupError::from)?;
    Ok(backup::write(&Source { store: &store, data_dir, created_at: Clock::system().now() }, &file)?)
}

/// Puts what is in a backup in the place of a stopped cloud, which must be empty unless it is to be replaced.
///
/// # Errors
/// The cloud runs or is not empty, or the file is no whole backup; then nothing is changed.
pub async fn restore(data_dir: &DataDir, file: &Path, replace: bool) -> Result<Contents, LifecycleError> {
    std::fs::create_dir_all(data_dir.root()).map_err(|error| FileError::new(data_dir.root(), error))?;
    let _lock = stopped(data_dir)?;
    let is_empty = std::fs::read_dir(data_dir.store()).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty && !replace {
        return Err(BackupError::NotEmpty { data: data_dir.root().to_owned() }.into());
    }
    Ok(backup::unpack(file, data_dir)?)
}

/// Saves what is whole of a stopped cloud's store into a new one, and keeps the damaged one beside it.
///
/// # Errors
/// The cloud runs, there is none, or nothing of its store can be read.
pub async fn repair(data_dir: &DataDir) -> Result<RepairReport, LifecycleError> {
    if !data_dir.store().exists() {
        return Err(LifecycleError::NoCloud { data: data_dir.root().to_owned() });
    }
    let _lock = stopped(data_dir)?;
    Ok(cloud_store::repair(&data_dir.store()).map_err(BackupError::from)?)
}

/// Sees to it that no cloud runs, and that none starts for as long as the lock is held.
fn stopped(data_dir: &DataDir) -> Result<std::fs::File, LifecycleError> {
    try_lock(&data_dir.lock())?.ok_or(LifecycleError::StillRunning)
}
