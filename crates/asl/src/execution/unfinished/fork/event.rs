//! The events of a history, as far as a fork reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

/// An event of the execution that is forked, as `GetExecutionHistory` tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PastEvent {
    pub(super) id: u64,
    pub(super) previous: u64,
    pub(super) kind: Kind,
}

/// What happened. Payloads that were left out or cut off are absent.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Entered {
        name: Arc<str>,
        input: Option<Arc<str>>,
    },
    Exited {
        name: Arc<str>,
        output: Option<Arc<str>>,
        /// Absent where they were cut off.
        assigned: Option<BTreeMap<String, Arc<str>>>,
    },
    ParallelStarted,
    IterationStarted {
        name: Arc<str>,
        index: u64,
    },
    /// What a Parallel or Map state as a whole came to.
    ContainerEnded,
    /// The execution began, ended without success or was redriven.
    Whole,
    Succeeded,
    Other,
}

impl PastEvent {
    /// Reads an event in the API's JSON; none where it has no id or no type.
    pub fn of_api_json(event: &Value) -> Option<Self> {
        let number = |name: &str| event.get(name).and_then(Value::as_u64);
        let kind = event.get("type")?.as_str()?;
        let previous = number("previousEventId").unwrap_or_default();
        Some(Self { id: number("id")?, previous, kind: Kind::of_api_json(kind, event)? })
    }

    /// Its number.
    pub fn id(&self) -> u64 {
        self.id
    }
}

impl Kind {
    fn of_api_json(kind: &str, event: &Value) -> Option<Self> {
        Some(match kind {
            "ParallelStateStarted" => Self::ParallelStarted,
            "MapIterationStarted" => {
                let details = event.get("mapIterationStartedEventDetails")?;
                Self::IterationStarted { name: name(details)?, index: details.get("index")?.as_u64()? }
            }
            "ParallelStateSucceeded" | "ParallelStateFailed" | "MapStateSucceeded" | "MapStateFailed" => {
                Self::ContainerEnded
            }
            "ExecutionStarted" | "ExecutionFailed" | "ExecutionAborted" | "ExecutionTimedOut" | "ExecutionRedriven" => {
                Self::Whole
            }
            "ExecutionSucceeded" => Self::Succeeded,
            kind if kind.ends_with("StateEntered") => {
                let details = event.get("stateEnteredEventDetails")?;
                Self::Entered { name: name(details)?, input: payload(details, "input") }
            }
            kind if kind.ends_with("StateExited") => {
                let details = event.get("stateExitedEventDetails")?;
                Self::Exited { name: name(details)?, output: payload(details, "output"), assigned: assigned(details) }
            }
            _ => Self::Other,
        })
    }
}

fn name(details: &Value) -> Option<Arc<str>> {
    details.get("name")?.as_str().map(Arc::from)
}

fn payload(details: &Value, member: &str) -> Option<Arc<str>> {
    if is_cut_off(details, member) { None } else { details.get(member)?.as_str().map(Arc::from) }
}

fn is_cut_off(details: &Value, member: &str) -> bool {
    let cut_off = details.get(format!("{member}Details")).and_then(|about| about.get("truncated"));
    cut_off.and_then(Value::as_bool).unwrap_or_default()
}

fn assigned(details: &Value) -> Option<BTreeMap<String, Arc<str>>> {
    const MEMBER: &str = "assignedVariables";
    if is_cut_off(details, MEMBER) {
        return None;
    }
    let variables = details.get(MEMBER).and_then(Value::as_object).into_iter().flatten();
    variables.map(|(name, text)| Some((name.clone(), Arc::from(text.as_str()?)))).collect()
}
