//! An execution as it is stored: its row, and the head that lists show.

use std::cmp::Reverse;
use std::sync::Arc;

use asl::{ChildId, TaskId};
use cloud_core::Location;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::format::FormatVersion;
use crate::integration::mocks::MockedRun;

/// What is kept of an execution.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ExecutionRow {
    pub(crate) format: FormatVersion<2, 1>,
    pub(crate) head: ExecutionHead,
    /// The task that has started it, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) started_by: Option<Box<StartedBy>>,
    /// The Map Run that it is a child of, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) map_child: Option<Box<MapChild>>,
    /// The client tokens of its last redrives, the newest last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redrive_tokens: Option<Box<RedriveTokens>>,
    /// What answers its tasks, if it is a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mocks: Option<Box<MockedRun>>,
    /// When it wants to be woken; set when it is written, so that a restart need not read the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_wake: Option<Timestamp>,
    /// Whether tasks or children are under way, or a Map Run waits for its turn; set when it is written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) has_work: bool,
    pub(crate) state: ExecutionState,
}

/// A running execution's row as a restart reads it: the state is parsed where something is under way.
#[derive(Debug, Deserialize)]
pub(crate) struct RecoveryRow<'a> {
    #[allow(dead_code, reason = "it refuses other versions")]
    pub(crate) format: FormatVersion<2, 1>,
    pub(crate) head: ExecutionHead,
    #[serde(default)]
    pub(crate) started_by: Option<StartedBy>,
    #[serde(default)]
    pub(crate) map_child: Option<Box<MapChild>>,
    #[serde(default)]
    pub(crate) mocks: Option<Box<MockedRun>>,
    /// What runs always has one: its time limit at the latest.
    pub(crate) next_wake: Timestamp,
    #[serde(default)]
    pub(crate) has_work: bool,
    /// Borrowed from the row: of a million executions that wait nearly none is parsed.
    #[serde(borrow)]
    pub(crate) state: &'a RawValue,
}

impl ExecutionRow {
    /// Has it go on without the task that has waited for its end; whether there was one.
    pub(crate) fn go_on_alone(&mut self) -> bool {
        let is_running = self.is_running();
        match self.started_by.as_deref_mut() {
            Some(started_by) if is_running => std::mem::replace(&mut started_by.is_awaited, false),
            _ => false,
        }
    }

    /// What it came to, once it has ended.
    pub(crate) fn outcome(&self) -> Option<&asl::Outcome> {
        match &self.state {
            ExecutionState::Running(_) => None,
            ExecutionState::Ended(ended) => Some(&ended.outcome),
        }
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.state, ExecutionState::Running(_))
    }

    /// The input that it was started with.
    pub(crate) fn input(&self) -> &str {
        match &self.state {
            ExecutionState::Running(execution) => execution.input(),
            ExecutionState::Ended(ended) => &ended.input,
        }
    }
}

/// What a step does to the list of executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListChange {
    /// Nothing: it goes on.
    None,
    /// It has started.
    Started,
    /// It has started and ended in one.
    StartedAndEnded,
    /// It has ended.
    Ended,
    /// It goes on after its end.
    Redriven,
    /// It has gone on after its end, and ended again in one.
    RedrivenAndEnded,
}

/// How often an execution was redriven, and when it was last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Redriven {
    pub(crate) count: u64,
    pub(crate) at: Timestamp,
}

/// The client tokens that have redriven an execution.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RedriveTokens(pub(crate) Vec<RedriveToken>);

/// A client token that has redriven an execution: the same request again is answered as the first was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RedriveToken {
    pub(crate) token: Box<str>,
    /// When it was first used.
    pub(crate) at: Timestamp,
}

/// The task of another execution that has started an execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StartedBy {
    pub(crate) execution: ExecutionKey,
    pub(crate) task: TaskId,
    /// Whether the task waits for the end.
    pub(crate) is_awaited: bool,
}

/// A Map Run's child's place in the execution that runs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MapChild {
    pub(crate) execution: ExecutionKey,
    pub(crate) child: ChildId,
    pub(crate) map_run_arn: Arc<str>,
}

/// A Map Run as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MapRunRow {
    pub(crate) format: FormatVersion<1>,
    pub(crate) execution: ExecutionKey,
    /// As it was when it began, or as it has ended.
    pub(crate) summary: asl::MapRunSummary,
}

/// What an execution needs to go on, or what it came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum ExecutionState {
    Running(Box<asl::Execution>),
    Ended(Box<EndedState>),
}

/// What an execution came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EndedState {
    pub(crate) input: String,
    pub(crate) outcome: asl::Outcome,
    /// What a redrive goes on with. One that has succeeded has none, nor have those of programs that could not redrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) unfinished: Option<Box<asl::Execution>>,
}

/// What lists show of an execution, beside its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExecutionHead {
    pub(crate) format: FormatVersion<1>,
    pub(crate) status: asl::Status,
    pub(crate) started_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stopped_at: Option<Timestamp>,
    /// The revision of its state machine that it runs.
    pub(crate) revision: u64,
    /// The version that it was started by, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<u64>,
    /// The alias that it was started by, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alias: Option<Box<str>>,
    /// The id of the Map Run that it is a child of, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) map_run: Option<Box<str>>,
    /// How many items it works on, if it is a Map Run's child and that is not one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) items: Option<u64>,
    /// Whether it is an express child of a Map Run.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_express: bool,
    /// How often it was redriven, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) redriven: Option<Box<Redriven>>,
    /// Counts up with every start: the order of executions that started in the same instant.
    pub(crate) sequence: u64,
}

/// When an execution was started, redriven or has ended, which puts it in its place in lists, and its sequence number, as the
/// key of its head says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) listed_at: Timestamp,
    pub(crate) sequence: u64,
}

impl Place {
    /// The place in the key of a head: what [`ExecutionHead::place`] writes.
    pub(crate) fn in_key(key: &str) -> Option<Self> {
        let place = key.rsplit('/').nth(1)?;
        let second = i64::from_str_radix(place.get(..10)?, 16).ok()?.checked_sub(EARLIEST_S)?;
        let nanosecond = i32::from_str_radix(place.get(10..18)?, 16).ok()?;
        let listed_at = Timestamp::new(second, nanosecond).ok()?;
        Some(Self { listed_at, sequence: u64::from_str_radix(place.get(18..)?, 16).ok()? })
    }
}

/// A place in the list of a machine's executions, newest first.
pub(crate) type Position = (Reverse<Timestamp>, Reverse<u64>);

/// How long an execution is kept after its end, with its history and its name (Step Functions developer guide, "Quotas
/// related to state machine executions": 90 days).
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What is added to a second so that it is never negative: the seconds from the earliest moment to 1970.
const EARLIEST_S: i64 = 377_705_116_800;

impl ExecutionHead {
    /// The head of an execution that starts now.
    pub(crate) fn starting(now: Timestamp, revision: u64, sequence: u64) -> Self {
        Self {
            format: FormatVersion,
            status: asl::Status::Running,
            started_at: now,
            stopped_at: None,
            revision,
            version: None,
            alias: None,
            map_run: None,
            items: None,
            is_express: false,
            redriven: None,
            sequence,
        }
    }

    /// Whether it ended so long ago that it is gone, and its name free again.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.stopped_at.is_some_and(|stopped_at| now.duration_since(stopped_at) >= KEPT)
    }

    /// How often it was redriven.
    pub(crate) fn redrive_count(&self) -> u64 {
        self.redriven.as_ref().map_or(0, |redriven| redriven.count)
    }

    /// Its moment in lists (API reference of `ListExecutions`): of one that runs its start or redrive, of another its end.
    pub(crate) fn listed_at(&self) -> Timestamp {
        let begun_at = self.redriven.as_ref().map_or(self.started_at, |redriven| redriven.at);
        self.stopped_at.unwrap_or(begun_at)
    }

    /// Where it is in the list.
    pub(crate) fn position(&self) -> Position {
        (Reverse(self.listed_at()), Reverse(self.sequence))
    }

    /// The key of its row in the table of heads.
    pub(crate) fn key(&self, key: &ExecutionKey) -> String {
        self.key_at(key, self.listed_at())
    }

    /// The key that the row had when another moment put it in its place.
    pub(crate) fn key_at(&self, key: &ExecutionKey, listed_at: Timestamp) -> String {
        let (machine, name) = key.parts();
        format!("{}/{name}", Self::place(machine, listed_at, self.sequence))
    }

    /// What the keys of a machine's heads begin with at a place in its list: in byte order, oldest first.
    pub(crate) fn place(machine: &str, listed_at: Timestamp, sequence: u64) -> String {
        let second = listed_at.as_second().saturating_add(EARLIEST_S);
        let nanosecond = listed_at.subsec_nanosecond();
        format!("{machine}/{second:010x}{nanosecond:08x}{sequence:016x}")
    }
}

/// Names one execution among all: its machine's key and its name, `region/machine/name`. A Map Run's child has its run's
/// label beside the machine: `region/machine:label/name`.
///
/// Clones share the text: timers, mailboxes and caches of many executions hold it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ExecutionKey(Arc<str>);

impl ExecutionKey {
    /// Neither part can contain a slash, so that keys of different executions differ.
    pub(crate) fn new(machine: &str, name: &str) -> Self {
        Self(format!("{machine}/{name}").into())
    }

    /// Reads the key of a stored row.
    pub(crate) fn stored(row: &str) -> Self {
        Self(row.trim_end_matches('/').into())
    }

    /// Where its row is kept, and the prefix of its history's rows. It ends with a slash, so that it is no prefix of
    /// another execution's.
    pub(crate) fn row(&self) -> String {
        format!("{}/", self.0)
    }

    /// Where the machine is.
    pub(crate) fn location(&self) -> Location {
        Location::from_key_prefix(self.0.split('/').next().unwrap_or_default())
    }

    /// The execution's ARN.
    pub(crate) fn arn(&self) -> String {
        let (machine, name) = self.parts();
        self.location().arn("states", &format!("execution:{}:{name}", name_of(machine)))
    }

    /// The ARN of an express child of a Map Run that is listed under this key; see `MapChildStart::key`.
    pub(crate) fn express_arn(&self) -> String {
        let (machine, name) = self.parts();
        self.location().arn("states", &format!("express:{}:{name}:{name}", name_of(machine)))
    }

    /// The ARN of its state machine, without version.
    pub(crate) fn machine_arn(&self) -> String {
        let (machine, _) = self.parts();
        self.location().arn("states", &format!("stateMachine:{}", name_of(machine)))
    }

    /// The machine's key and the execution's name.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.0.rsplit_once('/').unwrap_or(("", &self.0))
    }

    /// Where a row of its history is kept, named by its first event. An execution has 25,000 events at most.
    pub(crate) fn history(&self, first_event: u64) -> String {
        format!("{}/{first_event:08}", self.0)
    }
}

/// The name in a machine's key, `region/name`, with the label of a Map Run as ARNs have it.
fn name_of(machine: &str) -> String {
    machine.rsplit_once('/').map_or(machine, |(_, name)| name).replacen(':', "/", 1)
}

/// The machine's own key, where a key may be that of a Map Run's children.
pub(crate) fn owner(machine: &str) -> &str {
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
        let one = ExecutionKey::new("us-east-1/m", "run-1");
        let ten = ExecutionKey::new("us-east-1/m", "run-10");
        assert!(!ten.row().starts_with(&one.row()));
        assert!(one.history(1).starts_with(&one.row()));
        assert_eq!(ExecutionKey::stored(&one.row()), one);
        assert_eq!(one.parts(), ("us-east-1/m", "run-1"));
        assert_eq!(one.location(), Location::from_key_prefix("us-east-1"));
        assert_eq!(one.arn(), "arn:aws:states:us-east-1:000000000000:execution:m:run-1");
        let item = ExecutionKey::new("us-east-1/m:label", "x");
        assert_eq!(item.arn(), "arn:aws:states:us-east-1:000000000000:execution:m/label:x");
        assert_eq!(owner(item.parts().0), "us-east-1/m");
        assert_eq!(owner("000000000002:us-east-1/m"), "000000000002:us-east-1/m");
        assert_eq!(one.machine_arn(), "arn:aws:states:us-east-1:000000000000:stateMachine:m");
    }

    #[test]
    fn heads_are_in_order_of_their_moments() {
        let place = |moment: &str, sequence| ExecutionHead::place("m", moment.parse().unwrap(), sequence);
        let ordered = [
            place("-009999-01-02T01:59:59Z", u64::MAX),
            place("1969-12-31T23:59:58.9Z", 5),
            place("1970-01-01T00:00:00Z", 4),
            place("2026-01-01T00:00:00.000000001Z", 9),
            place("2026-01-01T00:00:00.000000001Z", 10),
            place("2026-01-01T00:00:00.1Z", 2),
            place("9999-12-30T22:00:00.999999999Z", 1),
        ];
        assert!(ordered.is_sorted(), "{ordered:?}");
    }
}
