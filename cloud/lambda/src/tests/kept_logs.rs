//! Log lines, kept for tests to look at.

use std::sync::{Mutex, PoisonError};

use cloud_core::{Location, LogWriter, PortFuture, ServiceError};
use jiff::Timestamp;

/// Keeps every line, or takes none and lets everybody wait.
#[derive(Debug, Default)]
pub(crate) struct KeptLogs {
    is_stuck: bool,
    lines: Mutex<Vec<(String, String)>>,
    waiting_bytes: Mutex<usize>,
}

impl KeptLogs {
    /// A log service that never gets to write anything.
    pub(crate) fn stuck() -> Self {
        Self { is_stuck: true, ..Self::default() }
    }

    /// The lines of a group.
    pub(crate) fn lines(&self, group: &str) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter(|(written, _)| written == group).map(|(_, line)| line.clone()).collect()
    }

    /// The most bytes that waited for this log service at once.
    pub(crate) fn most_waiting_bytes(&self) -> usize {
        *self.waiting_bytes.lock().unwrap()
    }
}

impl LogWriter for KeptLogs {
    fn write<'a>(
        &'a self,
        location: &'a Location,
        group: &'a str,
        _stream: &'a str,
        lines: Vec<(Timestamp, String)>,
    ) -> PortFuture<'a, Result<(), ServiceError>> {
        Box::pin(async move {
            if self.is_stuck {
                *self.waiting_bytes.lock().unwrap() += lines.iter().map(|(_, line)| line.len()).sum::<usize>();
                std::future::pending::<()>().await;
            }
            let group = location.key(group);
            self.lines.lock().unwrap().extend(lines.into_iter().map(|(_, line)| (group.clone(), line)));
            Ok(())
        })
    }

    fn flush<'a>(&'a self, _location: &'a Location, _group: &'a str) -> PortFuture<'a, ()> {
        Box::pin(async {})
    }

    fn has_group(&self, location: &Location, group: &str) -> bool {
        !self.lines(&location.key(group)).is_empty()
    }
}
