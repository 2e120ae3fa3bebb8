//! Error names in Retry and Catch that cannot occur, are taken before, or do not exist.

use std::collections::BTreeSet;

use crate::lint::finding::{Lint, Lints};
use crate::lint::rules::LintRule;
use crate::lint::view::{FlowView, MachineView, Part, StateView, names};
use crate::resource::{Pattern, TaskResource};

/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html>.
const RESERVED: [&str; 18] = [
    "States.ALL",
    "States.BranchFailed",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.HeartbeatTimeout",
    "States.Http.Socket",
    "States.IntrinsicFailure",
    "States.ItemReaderFailed",
    "States.NoChoiceMatched",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.QueryEvaluationError",
    // In no list of the documentation; what runs fail with.
    "States.ReferencePathConflict",
    "States.ResultPathMatchFailure",
    "States.ResultWriterFailed",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

/// What decides which errors a state can fail with.
struct Origin<'s, 'a> {
    state: &'s StateView<'a>,
    /// Whether the state, or one inside it, whose error would come out of it, uses JSONPath.
    has_json_path: bool,
    has_jsonata: bool,
    has_distributed_map: bool,
    /// The names that Fail states of the definition raise.
    raised: &'s BTreeSet<&'a str>,
}

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    let states = machine.flows.iter().flat_map(|flow| &flow.states);
    let raised = states.filter(|state| state.kind == "Fail").filter_map(|state| state.text("Error")).collect();
    for (flow_index, flow) in machine.flows.iter().enumerate() {
        for (index, state) in flow.states.iter().enumerate() {
            if state.list("Retry").chain(state.list("Catch")).next().is_some() {
                let inside = if state.kind == "Task" { Vec::new() } else { machine.inside(flow_index, index) };
                let origin = Origin::of(state, &inside, &raised);
                ["Retry", "Catch"].into_iter().for_each(|field| check_entries(&origin, field, lints));
            }
        }
    }
}

impl<'s, 'a> Origin<'s, 'a> {
    fn of(state: &'s StateView<'a>, inside: &[&FlowView<'a>], raised: &'s BTreeSet<&'a str>) -> Self {
        let states = || std::iter::once(state).chain(inside.iter().flat_map(|flow| &flow.states));
        let is_distributed =
            |flow: &&FlowView<'_>| flow.inside.is_some_and(|inside| inside.part == Part::DistributedItems);
        Self {
            state,
            has_json_path: states().any(|state| !state.is_jsonata),
            has_jsonata: states().any(|state| state.is_jsonata),
            has_distributed_map: inside.iter().any(is_distributed),
            raised,
        }
    }
}

fn check_entries(origin: &Origin<'_, '_>, field: &str, lints: &mut Lints) {
    let mut earlier: BTreeSet<&str> = BTreeSet::new();
    for (i, entry) in origin.state.list(field).enumerate() {
        for (j, name) in names(entry, "ErrorEquals").enumerate() {
            lints.extend(check_name(origin, field, name, &earlier).map(|(rule, message, fix)| Lint {
                rule,
                location: format!("{}/{field}[{i}]/ErrorEquals[{j}]", origin.state.location),
                message,
                fix,
            }));
        }
        earlier.extend(names(entry, "ErrorEquals"));
    }
}

fn check_name(
    origin: &Origin<'_, '_>,
    field: &str,
    name: &str,
    earlier: &BTreeSet<&str>,
) -> Option<(LintRule, String, String)> {
    let is_known = RESERVED.contains(&name) || name.starts_with("States.Http.StatusCode.");
    if name.starts_with("States.") && !is_known && !origin.raised.contains(name) {
        let near = RESERVED.iter().find(|known| known.eq_ignore_ascii_case(name) || is_one_off(known, name));
        let fix = match near {
            Some(near) => format!("Write `{near}`."),
            None => "Take one of the reserved names, or an error of the task itself.".to_owned(),
        };
        return Some((LintRule::UnknownReservedError, format!("There is no reserved error name `{name}`."), fix));
    }
    if let Some(taken_by) = taken_by(earlier, name) {
        let message = format!("`{name}` never comes this far: the earlier `{taken_by}` takes it.");
        let fix = format!("Put the entry before the one with `{taken_by}`, or delete it.");
        return Some((LintRule::ShadowedError, message, fix));
    }
    let reason = impossible(origin, field, name)?;
    let message = format!("`{name}` cannot occur here: {reason}.");
    Some((
        LintRule::ImpossibleError,
        message,
        format!("Delete `{name}` from this {field}, or name the error that is meant."),
    ))
}

/// The earlier name that takes an error. `States.TaskFailed` stands for every error that a task reports; which of the
/// reserved names it stands for is left open.
fn taken_by<'e>(earlier: &BTreeSet<&'e str>, name: &str) -> Option<&'e str> {
    let wildcard = || earlier.get("States.TaskFailed").filter(|_| !name.starts_with("States."));
    earlier.get(name).or_else(wildcard).copied()
}

/// Why the state cannot fail with this error, when that is sure.
fn impossible(origin: &Origin<'_, '_>, field: &str, name: &str) -> Option<String> {
    let of_distributed_map = matches!(
        name,
        "States.ExceedToleratedFailureThreshold" | "States.ItemReaderFailed" | "States.ResultWriterFailed"
    );
    match name {
        "States.Runtime" if field == "Retry" => Some("a States.Runtime error always ends the execution".to_owned()),
        "States.ParameterPathFailure"
        | "States.ReferencePathConflict"
        | "States.ResultPathMatchFailure"
        | "States.IntrinsicFailure"
            if !origin.has_json_path =>
        {
            Some("it belongs to JSONPath, and the state uses JSONata".to_owned())
        }
        "States.QueryEvaluationError" if !origin.has_jsonata => {
            Some("it belongs to JSONata, and the state uses JSONPath".to_owned())
        }
        _ if of_distributed_map && !origin.has_distributed_map && !is_reported(origin.state) => {
            Some("only a Map state in DISTRIBUTED mode fails with it".to_owned())
        }
        _ if origin.state.kind == "Task" => impossible_in_task(origin.state, name),
        _ => None,
    }
}

/// Whether somebody outside reports the failure of the task, and so chooses its name.
fn is_reported(state: &StateView<'_>) -> bool {
    let resource = state.text("Resource").and_then(TaskResource::parse);
    state.kind == "Task"
        && match resource {
            Some(TaskResource::Service { pattern, .. }) => pattern == Pattern::WaitForCallback,
            Some(TaskResource::Lambda { .. }) => false,
            Some(TaskResource::Activity { .. }) | None => true,
        }
}

fn impossible_in_task(state: &StateView<'_>, name: &str) -> Option<String> {
    let has_heartbeat =
        ["HeartbeatSeconds", "HeartbeatSecondsPath"].iter().any(|field| state.fields.contains_key(*field));
    if name == "States.HeartbeatTimeout" && !has_heartbeat {
        return Some("the task has no HeartbeatSeconds".to_owned());
    }
    if is_reported(state) {
        return None;
    }
    match name {
        "States.BranchFailed" => Some("only a Parallel state has branches".to_owned()),
        "States.NoChoiceMatched" => Some("only a Choice state fails with it".to_owned()),
        _ if name.starts_with("Lambda.") => match TaskResource::parse(state.text("Resource")?)? {
            TaskResource::Service { resource_type, .. } if !matches!(&*resource_type, "lambda" | "aws-sdk:lambda") => {
                Some(format!("the task calls `{resource_type}`, not Lambda"))
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether two names differ by one letter more, less or other, or by two neighbours that changed places.
fn is_one_off(one: &str, other: &str) -> bool {
    let one: Vec<char> = one.chars().collect();
    let other: Vec<char> = other.chars().collect();
    let same_start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let one = &one[same_start..];
    let other = &other[same_start..];
    let same_end = one.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    match (&one[..one.len() - same_end], &other[..other.len() - same_end]) {
        ([a, b], [c, d]) => a == d && b == c,
        (left, right) => left.len() <= 1 && right.len() <= 1,
    }
}
