//! What a cloud in the background says to the command that started it: one line on its standard output.

use std::io::Write as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use cloud_store::StoreError;

use crate::file_error::FileError;
use crate::run::{LocalError, Ready, RunOptions, run};

/// How the start went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Report {
    Ready(Ready),
    PortInUse { port: u16 },
    DiskFull { path: PathBuf },
    Failed { reason: String },
}

impl Report {
    fn of(error: &LocalError) -> Self {
        match error {
            LocalError::PortInUse { port } => Self::PortInUse { port: *port },
            LocalError::File(FileError::DiskFull { path }) => Self::DiskFull { path: path.clone() },
            LocalError::Store(StoreError::DiskFull { path }) => Self::DiskFull { path: path.clone() },
            other => Self::Failed { reason: other.to_string() },
        }
    }

    /// Says it, if anybody still listens.
    fn say(&self) {
        if let Ok(line) = serde_json::to_string(self) {
            let mut stdout = std::io::stdout().lock();
            let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        }
    }
}

/// Runs the embedded cloud as [`super::start`] starts it: its first line on standard output says whether it is ready.
pub async fn run_in_background(options: RunOptions) -> Result<(), LocalError> {
    let result = run(options, |ready, _| Report::Ready(ready.clone()).say()).await;
    if let Err(error) = &result {
        Report::of(error).say();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_and_comes_back() {
        let reports = [
            Report::Ready(Ready { pid: 1, port: 4567, default_port_taken: true, last_port_taken: None }),
            Report::of(&LocalError::PortInUse { port: 4566 }),
            Report::of(&LocalError::NoFreePort { first: 1, last: 2 }),
        ];
        for report in reports {
            let line = serde_json::to_string(&report).unwrap();
            assert!(!line.contains('\n'));
            assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report);
        }
    }
}
