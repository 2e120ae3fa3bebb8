//! Log lines that services write, counted as changes: whoever shows a log is told of them.

use std::sync::Arc;

use cloud_core::{Changes, Location, LogWriter, PortFuture, ServiceError};
use jiff::Timestamp;

/// Writes lines, and counts that there are new ones.
pub(crate) struct CountedLogs {
    logs: Arc<dyn LogWriter>,
    changes: Changes,
}

impl CountedLogs {
    pub(crate) fn new(logs: Arc<dyn LogWriter>, changes: Changes) -> Self {
        Self { logs, changes }
    }
}

impl LogWriter for CountedLogs {
    fn write<'a>(
        &'a self,
        location: &'a Location,
        group: &'a str,
        stream: &'a str,
        lines: Vec<(Timestamp, String)>,
    ) -> PortFuture<'a, Result<(), ServiceError>> {
        Box::pin(async move {
            let written = self.logs.write(location, group, stream, lines).await;
            // Readers wait until what was written before they ask is durable.
            self.changes.mark();
            written
        })
    }

    fn flush<'a>(&'a self, location: &'a Location, group: &'a str) -> PortFuture<'a, ()> {
        self.logs.flush(location, group)
    }

    fn has_group(&self, location: &Location, group: &str) -> bool {
        self.logs.has_group(location, group)
    }
}
