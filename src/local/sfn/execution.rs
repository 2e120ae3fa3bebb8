//! An execution as the cloud keeps it: one row, and a short summary of it in memory.

use std::sync::Arc;

use asl::{ChildId, TaskId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::local::arn::Region;

/// What is kept of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ExecutionRow {
    pub(super) summary: Summary,
    /// The task that has started it, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<Origin>,
    /// The Map Run that it is a child of, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) item: Option<Box<Item>>,
    pub(super) stage: Stage,
}

impl ExecutionRow {
    /// What it came to, once it has ended.
    pub(super) fn outcome(&self) -> Option<&asl::Outcome> {
        match &self.stage {
            Stage::Running(_) => None,
            Stage::Ended { outcome, .. } => Some(outcome),
        }
    }
}

/// The task of another execution that has started an execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) execution: ExecutionKey,
    pub(super) task: TaskId,
    /// Whether the task waits for the end.
    pub(super) is_awaited: bool,
}

/// A Map Run's child's place in the execution that runs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) execution: ExecutionKey,
    pub(super) child: ChildId,
    pub(super) map_run_arn: Arc<str>,
}

/// A Map Run as the cloud keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct MapRunRow {
    pub(super) execution: ExecutionKey,
    /// As it was when it began, or as it has ended.
    pub(super) summary: asl::MapRunSummary,
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
    /// The alias that it was started by, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) alias: Option<Box<str>>,
    /// The id of the Map Run that it is a child of, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) map_run: Option<Box<str>>,
    /// Counts up with every start: the order of executions that started in the same instant.
    pub(super) sequence: u64,
}

/// Names one execution among all: its machine's key and its name, `region/machine/name`. A Map Run's child has its run's
/// label beside the machine: `region/machine:label/name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    pub(super) fn region(&self) -> Region {
        Region::new(self.0.split('/').next().unwrap_or_default())
    }

    /// The execution's ARN.
    pub(super) fn arn(&self) -> String {
        let (machine, name) = self.parts();
        self.region().arn("states", &format!("execution:{}:{name}", name_of(machine)))
    }

    /// The ARN of its state machine, without version.
    pub(super) fn machine_arn(&self) -> String {
        let (machine, _) = self.parts();
        self.region().arn("states", &format!("stateMachine:{}", name_of(machine)))
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

/// The name in a machine's key, `region/name`, with the label of a Map Run as ARNs have it.
fn name_of(machine: &str) -> String {
    machine.rsplit_once('/').map_or(machine, |(_, name)| name).replacen(':', "/", 1)
}

/// The machine's own key, where a key may be that of a Map Run's children.
pub(super) fn owner(machine: &str) -> &str {
    let name = machine.rfind('/').map_or(0, |slash| slash + 1);
    match machine.get(name..).and_then(|name| name.find(':')) {
        Some(colon) => machine.get(..name + colon).unwrap_or(machine),
        None => machine,
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
        assert_eq!(one.region(), Region::new("us-east-1"));
        assert_eq!(one.arn(), "arn:aws:states:us-east-1:000000000000:execution:m:run-1");
        let item = ExecutionKey::new("us-east-1/m:label", "x");
        assert_eq!(item.arn(), "arn:aws:states:us-east-1:000000000000:execution:m/label:x");
        assert_eq!(owner(item.parts().0), "us-east-1/m");
        assert_eq!(owner("000000000002:us-east-1/m"), "000000000002:us-east-1/m");
        assert_eq!(one.machine_arn(), "arn:aws:states:us-east-1:000000000000:stateMachine:m");
    }
}
