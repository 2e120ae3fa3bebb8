//! An embedded cloud for one case: in a folder of its own, with a clock that stands at the case's start.

use std::path::PathBuf;

use aws::{Aws, Target};
use cloud_server::lifecycle::{self, StartOptions};
use cloud_server::{CloudKeys, DataDir, Ready};
use jiff::Timestamp;
use rustix::process::{Pid, Signal, kill_process};

use crate::cli::error::CliError;
use aws::LocalKeys;
use model::names::Region;

/// A cloud that ends with the case: at the latest when this value goes.
pub(in crate::cli::make) struct PrivateCloud {
    folder: PathBuf,
    has_ended: bool,
    pub(in crate::cli::make) data_dir: DataDir,
    pub(in crate::cli::make) ready: Ready,
    pub(in crate::cli::make) aws: Aws,
}

impl PrivateCloud {
    /// Starts one.
    ///
    /// # Errors
    /// It can't be started.
    pub(in crate::cli::make) async fn start(region: Region, from: Timestamp) -> Result<Self, CliError> {
        let number = aws::random::Random::from_system().fraction() * 2f64.powi(48);
        let folder = std::env::temp_dir().join(format!("workshop-test-{}-{:012x}", std::process::id(), number as u64));
        let data_dir = DataDir::new(&folder);
        let options = StartOptions {
            data_dir: data_dir.clone(),
            port: Some(0),
            consistency: None,
            virtual_time: true,
            enforces_iam: None,
            virtual_from: Some(from),
        };
        let running = lifecycle::start(&options).await?;
        let keys = CloudKeys::read(&data_dir).map_err(lifecycle::LifecycleError::File)?;
        let keys =
            keys.map(|CloudKeys { access_key_id, secret_access_key }| LocalKeys { access_key_id, secret_access_key });
        let target = Target::Local { endpoint: running.ready.endpoint(), region, keys };
        let aws = Aws::connect(target).await?;
        Ok(Self { folder, has_ended: false, data_dir, ready: running.ready, aws })
    }

    /// Ends it, and leaves nothing behind.
    ///
    /// # Errors
    /// It does not end.
    pub(in crate::cli::make) async fn end(mut self) -> Result<(), CliError> {
        lifecycle::stop(&self.data_dir).await?;
        self.has_ended = true;
        std::fs::remove_dir_all(&self.folder)
            .map_err(|error| CliError::io(&format!("{} can't be removed", self.folder.display()), &error))
    }
}

impl Drop for PrivateCloud {
    /// Ctrl-C, or an error before its end: it is told to end, and what it leaves is removed as far as that goes.
    fn drop(&mut self) {
        if self.has_ended {
            return;
        }
        if let Some(process) = i32::try_from(self.ready.pid).ok().and_then(Pid::from_raw) {
            // It may be gone already.
            let _ = kill_process(process, Signal::TERM);
        }
        // What it still writes stays in the folder for what is temporary.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
