//! A place for one command line: a home of its own, no credentials, a time zone that is not UTC.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use assert_cmd::Command;

use super::{Ended, Home, PATIENCE, credentials, python_tool};

/// A folder to run `workshop` in, with nothing of this machine's settings.
pub struct Sandbox {
    home: Home,
}

impl Sandbox {
    pub fn new() -> Self {
        Self { home: Home::new() }
    }

    /// The folder that commands run in.
    pub fn work(&self) -> PathBuf {
        self.home.path("work")
    }

    /// Writes a file below the folder that commands run in.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.work().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn command(&self, arguments: &str) -> std::process::Command {
        let mut command = self.home.workshop(&arguments.split_whitespace().collect::<Vec<_>>());
        command.env("TZ", "Europe/Paris");
        command
    }

    /// `workshop` with its arguments, separated by spaces.
    pub fn workshop(&self, arguments: &str) -> Command {
        let mut command = Command::from_std(self.command(arguments));
        command.timeout(PATIENCE);
        command
    }

    /// The aws CLI, with its arguments separated by spaces, against the sandbox's own embedded cloud, which runs.
    pub fn aws(&self, arguments: &str) -> Ended {
        let status = self.home.json(&["local", "status", "--json"]);
        let endpoint = status["endpoint"].as_str().unwrap_or_else(|| panic!("no endpoint in {status:#}"));
        let mut command = self.home.command(python_tool("aws"));
        command.args(arguments.split_whitespace()).envs(credentials(endpoint));
        Ended::of(command.output().expect("the aws CLI starts"))
    }

    /// `workshop` with credentials, for an endpoint.
    pub fn workshop_at(&self, endpoint: &str, arguments: &str) -> Command {
        let mut command = self.workshop(arguments);
        command.envs(credentials(endpoint));
        command
    }

    /// Starts `workshop` with credentials for an endpoint, its input and outputs in pipes.
    pub fn spawn(&self, endpoint: &str, arguments: &str) -> Child {
        let mut command = self.command(arguments);
        command.envs(credentials(endpoint)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("workshop starts")
    }
}
