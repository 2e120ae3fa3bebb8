//! A place for one command line: its own home, no credentials, no network beyond loopback, a fixed time zone.

#![allow(dead_code, reason = "each test file is a crate of its own and uses a part")]

use std::path::Path;
use std::process::{Child, Stdio};

use assert_cmd::Command;

/// A folder to run `workshop` in, with nothing of this machine's settings.
#[derive(Debug)]
pub struct Sandbox {
    root: tempfile::TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("home")).unwrap();
        std::fs::create_dir(root.path().join("work")).unwrap();
        Self { root }
    }

    /// The folder that commands run in.
    pub fn work(&self) -> std::path::PathBuf {
        self.root.path().join("work")
    }

    /// Writes a file below the folder that commands run in.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// `workshop` with its arguments, separated by spaces.
    pub fn workshop(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.work())
            .env_clear()
            .env("HOME", self.root.path().join("home"))
            .env("WORKSHOP_HOME", self.root.path().join("state"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("TZ", "Europe/Paris")
            .timeout(std::time::Duration::from_secs(60));
        command
    }

    /// `workshop` with credentials, for an endpoint.
    pub fn workshop_at(&self, endpoint: &str, arguments: &str) -> Command {
        let mut command = self.workshop(arguments);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env("AWS_ENDPOINT_URL", endpoint);
        command
    }

    /// Starts `workshop` with credentials for an endpoint, its input and outputs in pipes.
    #[allow(clippy::disallowed_methods, reason = "a test of what happens to a running command")]
    pub fn spawn(&self, endpoint: &str, arguments: &str) -> Child {
        std::process::Command::new(env!("CARGO_BIN_EXE_workshop"))
            .args(arguments.split_whitespace())
            .current_dir(self.work())
            .env_clear()
            .env("HOME", self.root.path().join("home"))
            .env("WORKSHOP_HOME", self.root.path().join("state"))
            .env("TZ", "Europe/Paris")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_ENDPOINT_URL", endpoint)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }
}

/// Sends what Ctrl-C sends.
#[allow(clippy::disallowed_methods, reason = "a test of what happens to a running command")]
pub fn interrupt(child: &Child) {
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}
