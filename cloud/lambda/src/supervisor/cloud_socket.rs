//! The socket to the cloud: orders come in, reports go out.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;

use super::orders::{Namespaces, Orders, Report, receive};

/// The socket to the cloud.
pub(super) struct Cloud {
    socket: File,
}

impl Cloud {
    /// The socket, which is this process's standard input.
    pub(super) fn connect() -> io::Result<Self> {
        let socket: OwnedFd = io::stdin().as_fd().try_clone_to_owned()?;
        Ok(Self { socket: socket.into() })
    }

    /// Tells the cloud something, if it is still there.
    pub(super) fn report(&self, report: &Report) {
        if let Ok(mut line) = serde_json::to_vec(report) {
            line.push(b'\n');
            // Without a cloud nobody needs to hear it: the end of the socket ends the sandbox.
            let _ = (&self.socket).write_all(&line);
        }
    }

    /// Another end of the same socket.
    pub(super) fn try_clone(&self) -> io::Result<File> {
        self.socket.try_clone()
    }

    /// Tells the cloud that there is no sandbox, and why.
    pub(super) fn fail(&self, what: &str, error: &io::Error) -> ExitCode {
        self.report(&Report::NotFenced { reason: format!("{what}: {error}") });
        ExitCode::FAILURE
    }

    /// Which namespaces to make; told first.
    pub(super) fn namespaces(&self) -> io::Result<Namespaces> {
        receive(&self.socket)
    }

    /// What to run; it may be long until this is told.
    ///
    /// # Errors
    /// When there will be none: the cloud has no use for this supervisor, or is gone itself.
    pub(super) fn orders(&self) -> io::Result<Orders> {
        receive(&self.socket)
    }
}
