//! Log lines that services write, counted as changes: whoever shows a log is told of them.

use std::sync::Arc;

use jiff::Timestamp;

use super::changes::{Changes, Topic};
use crate::error::ServiceError;
use crate::location::Location;
use crate::ports::{LogWriter, PortFuture};

/// Writes lines, and counts that there are new ones.
pub struct CountedLogs {
    logs: Arc<dyn LogWriter>,
    changes: Changes,
}

impl CountedLogs {
    /// Around whoever writes them.
    #[must_use]
    pub fn new(logs: Arc<dyn LogWriter>, changes: Changes) -> Self {
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
            self.changes.mark(|| [Topic::log(location, group)]);
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
