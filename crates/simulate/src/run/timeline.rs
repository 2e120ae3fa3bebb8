//! What a run did, line by line: when, in which state, what happened, and which mock answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::{EventDetails, Failure, HistoryEvent};
use jiff::SignedDuration;

use super::chosen::target;
use super::ran::{Call, Run};

/// A line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineLine {
    /// The virtual time since the start.
    pub after: SignedDuration,
    /// The state, with the iterations around it; empty for what is about the whole execution.
    pub state: String,
    /// What happened.
    pub what: String,
    /// A payload or a cause, if one belongs to it.
    pub detail: Option<Arc<str>>,
    /// How it is to be taken.
    pub tone: Tone,
}

/// How a line is to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It goes on.
    Plain,
    /// Something worked.
    Good,
    /// Something failed.
    Bad,
}

/// The timeline of a run, its Map Runs' children too.
pub fn timeline(run: &Run) -> Vec<TimelineLine> {
    let mut lines = of_history(run, &run.history, None);
    for (index, child) in run.children.iter().enumerate() {
        lines.extend(of_history(run, &child.history, Some(index)));
    }
    lines.sort_by_key(|line| line.after);
    lines
}

fn of_history(run: &Run, history: &[HistoryEvent], child: Option<usize>) -> Vec<TimelineLine> {
    let prefix = child.and_then(|index| run.children.get(index)).map(|child| shown(&child.place)).unwrap_or_default();
    let mut states: BTreeMap<u64, String> = BTreeMap::new();
    let mut lines = Vec::new();
    for event in history {
        let state = match &event.details {
            EventDetails::StateEntered { name, .. } => name.to_string(),
            EventDetails::MapIterationStarted(iteration) => format!("{}[{}]", iteration.name, iteration.index),
            _ => states.get(&event.previous_event_id).cloned().unwrap_or_default(),
        };
        let call = run.calls.iter().find(|call| call.child == child && call.event == event.id && event.id > 0);
        let is_over = matches!(event.details, EventDetails::StateExited { .. });
        states.insert(event.id, if is_over { String::new() } else { state.clone() });
        let Some((what, detail, tone)) = described(event, call) else { continue };
        let is_whole = event.id == 1 || what.starts_with("the execution");
        let state = if is_whole { prefix.clone() } else { format!("{prefix}{state}") };
        lines.push(TimelineLine { after: event.timestamp.duration_since(run.started_at), state, what, detail, tone });
    }
    lines
}

fn shown(place: &[(Arc<str>, u64)]) -> String {
    place.iter().map(|(state, index)| format!("{state}[{index}] ")).collect()
}

/// What an event says; nothing for one that only repeats the one before.
fn described(event: &HistoryEvent, call: Option<&Call>) -> Option<(String, Option<Arc<str>>, Tone)> {
    use EventDetails as E;
    let plain = |what: &str, detail: Option<Arc<str>>| Some((what.to_owned(), detail, Tone::Plain));
    let good = |what: &str, detail: Option<Arc<str>>| Some((what.to_owned(), detail, Tone::Good));
    let bad = |what: &str, failure: &Failure| Some((what.to_owned(), reason(failure), Tone::Bad));
    match &event.details {
        E::ExecutionStarted { input, .. } => plain("the execution starts", Some(Arc::clone(input))),
        E::ExecutionSucceeded { output } => good("the execution succeeds", Some(Arc::clone(output))),
        E::ExecutionFailed(failure) => bad("the execution fails", failure),
        E::ExecutionAborted(failure) => bad("the execution is stopped", failure),
        E::ExecutionTimedOut(failure) => bad("the execution times out", failure),
        E::StateEntered { input, .. } => plain("entered", Some(Arc::clone(input))),
        E::StateExited { output, .. } => plain("left", Some(Arc::clone(output))),
        E::LambdaFunctionScheduled { .. } | E::ActivityScheduled { .. } | E::TaskScheduled { .. } => {
            let call = call?;
            let by = match call.answered_by {
                Some(line) => format!("mock on line {line}"),
                None => "no mock".to_owned(),
            };
            let target = target(&call.resource, &call.input);
            Some((format!("calls {target} ({by})"), Some(call.input.to_string().into()), Tone::Plain))
        }
        E::LambdaFunctionSucceeded { output } | E::ActivitySucceeded { output } | E::TaskSucceeded { output, .. } => {
            good("the task succeeds", Some(Arc::clone(output)))
        }
        E::TaskSubmitted { .. } => plain("the task is accepted", None),
        E::LambdaFunctionFailed(failure)
        | E::ActivityFailed(failure)
        | E::TaskFailed { failure, .. }
        | E::LambdaFunctionStartFailed(failure)
        | E::ActivityScheduleFailed(failure)
        | E::TaskStartFailed { failure, .. } => bad("the task fails", failure),
        E::LambdaFunctionTimedOut(failure) | E::ActivityTimedOut(failure) | E::TaskTimedOut { failure, .. } => {
            bad("the task times out", failure)
        }
        E::EvaluationFailed { failure, .. } => bad("an expression fails", failure),
        E::MapStateStarted { length } => plain(&format!("{length} iterations"), None),
        E::MapIterationFailed(_) => Some(("the iteration fails".to_owned(), None, Tone::Bad)),
        E::MapRunStarted { .. } => plain("the Map Run starts", None),
        E::MapRunFailed(failure) => bad("the Map Run fails", failure),
        E::ParallelStateFailed | E::MapStateFailed => Some(("fails".to_owned(), None, Tone::Bad)),
        _ => None,
    }
}

fn reason(failure: &Failure) -> Option<Arc<str>> {
    let told = match (&failure.error, &failure.cause) {
        (Some(error), Some(cause)) if !cause.is_empty() => Some(format!("{error}: {cause}")),
        (Some(error), _) => Some(error.clone()),
        (None, cause) => cause.clone(),
    };
    told.map(Arc::from)
}
