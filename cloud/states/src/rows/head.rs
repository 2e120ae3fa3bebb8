//! A head as it lies in the table of heads, where the key says when the execution was started, redriven or has ended.

use asl::Status;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::execution::{ExecutionHead, Place, Redriven};
use super::format::FormatVersion;

/// A row of the table of heads. Version 1 has all of a head; versions 2 and 3 what its key does not say, which is the start in
/// version 2 as in version 1, and since version 3 the moment that puts the execution in its place in lists.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct HeadRow {
    format: FormatVersion<3, 1>,
    status: Status,
    /// How long after the start the moment is that the key says, where it is not the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after_start: Option<SignedDuration>,
    /// Version 2: how long the execution ran, once it has ended.
    #[serde(default, skip_serializing)]
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
    items: Option<u64>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_express: bool,
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
    /// The key does not say a moment.
    #[error("its key names no moment")]
    Key,
    /// The execution would have ended at a moment that there is not.
    #[error("the execution can't have run for {0:#}")]
    Ran(SignedDuration),
}

impl HeadRow {
    /// The row of a head.
    pub(crate) fn new(head: &ExecutionHead) -> Self {
        let after_start = head.listed_at().duration_since(head.started_at);
        Self {
            format: FormatVersion,
            status: head.status,
            after_start: Some(after_start).filter(|duration| !duration.is_zero()),
            ran: None,
            revision: head.revision,
            version: head.version,
            alias: head.alias.clone(),
            map_run: head.map_run.clone(),
            items: head.items,
            is_express: head.is_express,
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
        let listed_at = place.listed_at;
        let (started_at, stopped_at) = match (self.started_at, self.ran) {
            (Some(started_at), _) => (started_at, self.stopped_at),
            (None, Some(ran)) => (listed_at, Some(listed_at.checked_add(ran).map_err(|_| HeadFault::Ran(ran))?)),
            (None, None) => {
                let since = self.after_start.unwrap_or_default();
                let started_at = listed_at.checked_sub(since).map_err(|_| HeadFault::Ran(since))?;
                (started_at, (self.status != Status::Running).then_some(listed_at))
            }
        };
        Ok(ExecutionHead {
            status: self.status,
            stopped_at,
            version: self.version,
            alias: self.alias,
            map_run: self.map_run,
            items: self.items,
            is_express: self.is_express,
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
            items: Some(3),
            is_express: true,
            redriven: Some(Box::new(Redriven { count: 3, at: first })),
            ..ExecutionHead::starting(first, 3, u64::MAX)
        };
        let again = ExecutionHead {
            redriven: Some(Box::new(Redriven { count: 1, at: at("2026-02-02T03:04:05Z") })),
            ..running.clone()
        };
        for head in [running, again, ended] {
            let row = serde_json::to_string(&HeadRow::new(&head)).unwrap();
            let read: HeadRow = serde_json::from_str(&row).unwrap();
            assert_eq!(read.head(&head.key(&key)), Ok(head), "{row}");
        }
    }

    #[test]
    fn what_can_not_be_is_refused() {
        let row = HeadRow::new(&ExecutionHead::starting(Timestamp::UNIX_EPOCH, 0, 1));
        assert_eq!(row.clone().head("us-east-1/m/e"), Err(HeadFault::Key));
        let key_of = |moment| ExecutionHead::starting(moment, 0, 1).key(&ExecutionKey::new("us-east-1/m", "e"));
        let ran = SignedDuration::from_secs(1);
        assert_eq!(HeadRow { ran: Some(ran), ..row.clone() }.head(&key_of(Timestamp::MAX)), Err(HeadFault::Ran(ran)));
        let early = HeadRow { after_start: Some(ran), ..row };
        assert_eq!(early.head(&key_of(Timestamp::MIN)), Err(HeadFault::Ran(ran)));
    }
}
