//! A cloud that is killed with SIGKILL and started again on the same folder, at the same port.

use std::process::Child;

use crate::support::cloud::{answers, log, run, scratch};
use crate::support::free_port;

/// A cloud and its folder, which end with it.
pub struct Process {
    pub port: u16,
    child: Child,
    folder: tempfile::TempDir,
}

impl Process {
    pub fn start() -> Self {
        let folder = scratch();
        let port = free_port();
        let child = run(folder.path(), &folder.path().join("data"), port, &[]);
        let mut process = Self { port, child, folder };
        process.wait_until_it_answers();
        process
    }

    /// Kills it, and starts it again.
    pub fn kill_and_restart(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        self.assert_no_panic();
        self.child = run(self.folder.path(), &self.folder.path().join("data"), self.port, &[]);
        self.wait_until_it_answers();
    }

    /// What it has printed holds no panic.
    pub fn assert_no_panic(&self) {
        let log = log(self.folder.path());
        assert!(!log.contains("panicked"), "{log}");
    }

    fn wait_until_it_answers(&mut self) {
        let up = answers(&mut self.child, self.port, &self.folder.path().join("data"));
        assert!(up, "the cloud has ended by itself: {}", log(self.folder.path()));
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
