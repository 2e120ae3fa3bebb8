//! A head as it lies in the table of heads, where the key says when the execution started.

use asl::Status;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::execution::{ExecutionHead, Place, Redriven};
use super::format::FormatVersion;

/// A row of the table of heads. Version 1 has all of a head, version 2 what its key does not say.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HeadRow {
    format: FormatVersion<2, 1>,
    status: Status,
    /// How long the execution ran, once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ran: Option<SignedDuration>,
    #[serde(default, skip_serializing_if = "is_first")]
    revision: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alias: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    map_run: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    redriven: Option<Box<Redriven>>,
    /// Version 1.
    #[serde(default, skip_serializing)]
    started_at: Option<Timestamp>,
    /// Version 1.
    #[serde(default, skip_serializing)]
    stopped_at: Option<Timestamp>,
}

/// Why a row of the table of heads is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeadFault {
    /// The key does not say when the execution started.
    #[error("its key names no start")]
    Key,
    /// The execution would have ended at a moment that there is not.
    #[error("the execution can't have run for {0:#}")]
    Ran(SignedDuration),
}

impl HeadRow {
    /// The row of a head.
    pub(crate) fn new(head: &ExecutionHead) -> Self {
        Self {
            format: FormatVersion,
            status: head.status,
            ran: head.stopped_at.map(|stopped_at| stopped_at.duration_since(head.started_at)),
            revision: head.revision,
            version: head.version,
            alias: head.alias.clone(),
            map_run: head.map_run.clone(),
            redriven: head.redriven.clone(),
            started_at: None,
            stopped_at: None,
        }
    }

    /// The head that lies under a key.
    ///
    /// # Errors
    /// When the key is none of a head, or the row says what can't be.
    pub(crate) fn head(self, key: &str) -> Result<ExecutionHead, HeadFault> {
        let place = Place::in_key(key).ok_or(HeadFault::Key)?;
        let started_at = self.started_at.unwrap_or(place.started_at);
        let stopped_at = match self.ran {
            Some(ran) => Some(started_at.checked_add(ran).map_err(|_| HeadFault::Ran(ran))?),
            None => self.stopped_at,
        };
        Ok(ExecutionHead {
            status: self.status,
            stopped_at,
            version: self.version,
            alias: self.alias,
            map_run: self.map_run,
            redriven: self.redriven,
            ..ExecutionHead::starting(started_at, self.revision, place.sequence)
        })
    }
}

/// Whether a revision is a machine's first, which most executions run.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_first(revision: &u64) -> bool {
    *revision == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::execution::ExecutionKey;

    #[test]
    fn a_head_comes_back_from_its_row_and_key() {
        let key = ExecutionKey::new("us-east-1/m", "e");
        let at = |moment: &str| moment.parse::<Timestamp>().unwrap();
        let first = at("-009999-01-02T01:59:59Z");
        let last = at("9999-12-30T22:00:00.999999999Z");
        let running = ExecutionHead::starting(at("2026-01-02T03:04:05.000000006Z"), 0, 7);
        let ended = ExecutionHead {
            status: Status::Failed,
            stopped_at: Some(last),
            version: Some(2),
            alias: Some("live".into()),
            map_run: Some("r".into()),
            redriven: Some(Box::new(Redriven { count: 3, at: first })),
            ..ExecutionHead::starting(first, 3, u64::MAX)
        };
        for head in [running, ended] {
            let row = serde_json::to_string(&HeadRow::new(&head)).unwrap();
            let read: HeadRow = serde_json::from_str(&row).unwrap();
            assert_eq!(read.head(&head.key(&key)), Ok(head), "{row}");
        }
    }

    #[test]
    fn what_can_not_be_is_refused() {
        let row = HeadRow::new(&ExecutionHead::starting(Timestamp::UNIX_EPOCH, 0, 1));
        assert_eq!(row.clone().head("us-east-1/m/e"), Err(HeadFault::Key));
        let key = ExecutionHead::starting(Timestamp::MAX, 0, 1).key(&ExecutionKey::new("us-east-1/m", "e"));
        let ran = SignedDuration::from_secs(1);
        assert_eq!(HeadRow { ran: Some(ran), ..row }.head(&key), Err(HeadFault::Ran(ran)));
    }
}
