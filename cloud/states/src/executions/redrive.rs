//! Whether an execution can be redriven, as `DescribeExecution` and `RedriveExecution` say it.

use asl::{NotRedrivable, Status};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::rows::execution::{ExecutionKey, ExecutionRow, ExecutionState, owner};
use crate::rows::machine::seconds;
use crate::states::States;

/// How long after its end an execution can be redriven (API reference, `RedriveExecution`).
const REDRIVABLE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Why an execution can't be redriven now, in AWS's words and order.
pub(crate) fn not_redrivable(
    states: &States,
    key: &ExecutionKey,
    row: &ExecutionRow,
    now: Timestamp,
) -> Option<String> {
    if matches!(row.head.status, Status::Running | Status::Succeeded) {
        return Some(NotRedrivable::Status(row.head.status).to_string());
    }
    let machine = owner(key.parts().0);
    if states.with_machine(machine, |machine| machine.is_some_and(|machine| machine.deleting)) {
        return Some("State machine is in DELETING status".to_owned());
    }
    let unfinished = match &row.state {
        ExecutionState::Ended(ended) => ended.unfinished.as_ref(),
        ExecutionState::Running(_) => None,
    };
    let Some(unfinished) = unfinished else {
        return Some(NotRedrivable::NothingLeft.to_string());
    };
    if let Err(reason) = unfinished.check_redrivable(now) {
        return Some(reason.to_string());
    }
    let is_over = row.head.stopped_at.is_some_and(|stopped_at| now.duration_since(stopped_at) >= REDRIVABLE);
    is_over.then(|| "Execution redrivable period exceeded".to_owned())
}

/// Adds what `DescribeExecution` says of redrives.
pub(super) fn describe(states: &States, key: &ExecutionKey, row: &ExecutionRow, answer: &mut Map<String, Value>) {
    answer.insert("redriveCount".into(), json!(row.head.redrive_count()));
    if let Some(redriven) = &row.head.redriven {
        answer.insert("redriveDate".into(), seconds(redriven.at));
    }
    let status = match not_redrivable(states, key, row, states.clock.now()) {
        Some(reason) => {
            answer.insert("redriveStatusReason".into(), json!(reason));
            "NOT_REDRIVABLE"
        }
        None if row.map_child.is_some() => "REDRIVABLE_BY_MAP_RUN",
        None => "REDRIVABLE",
    };
    answer.insert("redriveStatus".into(), json!(status));
}
