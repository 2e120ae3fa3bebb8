//! Failures of the embedded cloud.

use cloud_server::LocalError;
use cloud_server::lifecycle::LifecycleError;

use super::{CliError, ErrorKind};

impl From<LifecycleError> for CliError {
    fn from(error: LifecycleError) -> Self {
        let kind = match error {
            LifecycleError::NotRunning | LifecycleError::Stale { .. } | LifecycleError::NotAnswering { .. } => {
                ErrorKind::Unreachable
            }
            _ => ErrorKind::Failed,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<LocalError> for CliError {
    fn from(error: LocalError) -> Self {
        Self::new(ErrorKind::Failed, error.to_string())
    }
}
