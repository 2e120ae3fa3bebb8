//! An embedded cloud of its own for one run, with nothing in it, which ends with the run.

use crate::failure::Failure;
use crate::{demo, process};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A cloud that runs until this is dropped.
pub(crate) struct Cloud {
    program: PathBuf,
    home: PathBuf,
    endpoint: String,
}

impl Cloud {
    /// Starts one on a free port, with its state under the target folder.
    ///
    /// From here on Ctrl-C ends the programs that this one waits for, and thereby this one, after it stopped the cloud.
    pub(crate) fn start(target: &Path) -> Result<Self, Failure> {
        for signal in [SIGINT, SIGTERM] {
            flag::register(signal, Arc::new(AtomicBool::new(false)))
                .map_err(|error| Failure::new(format!("Ctrl-C could not be watched for: {error}")))?;
        }
        let port = demo::free_port()?;
        let home = target.join("tmp/conformance");
        let cloud = Self { program: target.join("debug/workshop"), home, endpoint: format!("http://127.0.0.1:{port}") };
        // A run that was killed outright may have left its cloud running.
        cloud.stop();
        if cloud.home.exists() {
            fs::remove_dir_all(&cloud.home).map_err(|error| Failure::file(&cloud.home, &error))?;
        }
        fs::create_dir_all(&cloud.home).map_err(|error| Failure::file(&cloud.home, &error))?;
        let port = port.to_string();
        process::run(cloud.command(&["local", "start", "--port", &port]).stdout(Stdio::null()))?;
        Ok(cloud)
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The program that it is one of.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// Where its state is.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Stops it, if it runs. Nobody is told when it does not: that is what was wanted.
    fn stop(&self) {
        let _ = self.command(&["local", "stop"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = process::command(&self.program);
        command.args(arguments).env("WORKSHOP_HOME", &self.home);
        command
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        self.stop();
    }
}
