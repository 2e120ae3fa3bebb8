//! An execution as the cloud keeps it: one row, and a short summary of it in memory.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is kept of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ExecutionRow {
    pub(super) summary: Summary,
    pub(super) stage: Stage,
}

/// What an execution needs to go on, or what it came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Stage {
    Running(Box<asl::Execution>),
    Ended { input: String, outcome: asl::Outcome },
}

/// What lists show of an execution; all that stays in memory while it waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) status: asl::Status,
    pub(super) started_at: Timestamp,
    pub(super) stopped_at: Option<Timestamp>,
    /// The revision of its state machine that it runs.
    pub(super) revision: u64,
    /// The version that it was started by, if it was.
    pub(super) version: Option<u64>,
    /// Counts up with every start: the order of executions that started in the same instant.
    pub(super) sequence: u64,
}

/// Names one execution among all: its machine's key and its name, `region/machine/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ExecutionKey(String);

impl ExecutionKey {
    /// Neither part can contain a slash, so that keys of different executions differ.
    pub(super) fn new(machine: &str, name: &str) -> Self {
        Self(format!("{machine}/{name}"))
    }

    /// Reads the key of a stored row.
    pub(super) fn stored(row: &str) -> Self {
        Self(row.trim_end_matches('/').to_owned())
    }

    /// Where its row is kept, and the prefix of its history's rows. It ends with a slash, so that it is no prefix of
    /// another execution's.
    pub(super) fn row(&self) -> String {
        format!("{}/", self.0)
    }

    /// The machine's region.
    pub(super) fn region(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// The machine's key and the execution's name.
    pub(super) fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once('/').unwrap_or(("", &self.0))
    }

    /// Where its history is kept: one row per step, named by its first event.
    pub(super) fn history(&self, first_event: u64) -> String {
        format!("{}/{first_event:08}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_different_executions_are_no_prefixes_of_each_other() {
        let (one, ten) = (ExecutionKey::new("us-east-1/m", "run-1"), ExecutionKey::new("us-east-1/m", "run-10"));
        assert!(!ten.row().starts_with(&one.row()));
        assert!(one.history(1).starts_with(&one.row()));
        assert_eq!(ExecutionKey::stored(&one.row()), one);
        assert_eq!(one.parts(), ("us-east-1/m", "run-1"));
        assert_eq!(one.region(), "us-east-1");
    }
}
