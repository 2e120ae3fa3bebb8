//! Wait states that end at once, or never.

use jiff::Timestamp;
use serde_json::Value;

use crate::lint::finding::{Lint, Lints, MachineType};
use crate::lint::rules::LintRule;
use crate::lint::view::{MachineView, StateView};
use crate::timestamp;

pub(crate) fn check(machine: &MachineView<'_>, machine_type: MachineType, now: Timestamp, lints: &mut Lints) {
    for state in machine.states().filter(|state| state.kind == "Wait") {
        let seconds = state.fields.get("Seconds").and_then(Value::as_u64);
        lints.extend(seconds.and_then(|seconds| too_long(machine, machine_type, state, "Seconds", seconds)));
        let Some(until) = state.text("Timestamp").and_then(timestamp::parse) else { continue };
        match u64::try_from(until.duration_since(now).as_secs()) {
            Ok(seconds) if until >= now => {
                lints.extend(too_long(machine, machine_type, state, "Timestamp", seconds));
            }
            _ => lints.add(Lint {
                rule: LintRule::TimestampInThePast,
                location: format!("{}/Timestamp", state.location),
                message: format!("\"{}\" does not wait: its moment has passed.", state.name),
                fix: "Write a moment to come, or take it from the input.".to_owned(),
            }),
        }
    }
}

fn too_long(
    machine: &MachineView<'_>,
    machine_type: MachineType,
    state: &StateView<'_>,
    field: &str,
    seconds: u64,
) -> Option<Lint> {
    let timeout = machine.timeout_s.filter(|timeout| *timeout <= seconds && *timeout <= machine_type.longest_s());
    let limit = match timeout {
        Some(timeout) => format!("its TimeoutSeconds, {timeout} seconds"),
        None if seconds > machine_type.longest_s() => machine_type.longest().to_owned(),
        None => return None,
    };
    let kind = match machine_type {
        MachineType::Standard => "a standard",
        MachineType::Express => "an express",
    };
    Some(Lint {
        rule: LintRule::WaitPastLimit,
        location: format!("{}/{field}", state.location),
        message: format!("\"{}\" never comes to its end: {kind} execution is ended after {limit}.", state.name),
        fix: "Wait for a shorter time, or end this execution and start another one when the time has come.".to_owned(),
    })
}
