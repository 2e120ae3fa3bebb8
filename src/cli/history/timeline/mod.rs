//! An execution's history as lines that people read: when, how long after the start, which state, what happened.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::cli::history::failure::event_failure;
use crate::cli::time::moment;
use crate::cli::ui::table::cut;
use crate::cli::ui::{Tone, toned, visible, wrapped};
use aws::history::HistoryEvent;

/// How many characters of an input or output are shown unless all of it is wanted.
const SHORT: usize = 72;

/// On terminals that are narrower the date is left out.
const WIDE: usize = 100;

/// What is always left for what happened, in characters.
const NARROWEST: usize = 12;

/// Renders events one after the other; it remembers which state each belongs to.
#[derive(Debug)]
pub(crate) struct Timeline {
    zone: TimeZone,
    width: usize,
    full: bool,
    room: Option<usize>,
    started: Option<Timestamp>,
    states: BTreeMap<i64, String>,
}

impl Timeline {
    /// For one execution. `width` is the room for the names of states and `room` that for a line; `full` shows inputs and
    /// outputs whole.
    pub(crate) fn new(zone: TimeZone, width: usize, full: bool, room: Option<usize>) -> Self {
        let width = room.map_or(width, |room| width.min(room / 4));
        Self { zone, width, full, room, started: None, states: BTreeMap::new() }
    }

    /// Whether each line has its date, or its time of day alone.
    pub(crate) fn is_dated(&self) -> bool {
        self.room.is_none_or(|room| room >= WIDE)
    }

    /// The lines of one event.
    pub(crate) fn render(&mut self, event: &HistoryEvent) -> String {
        let started = *self.started.get_or_insert(event.timestamp);
        let width = self.width;
        let state = cut(&self.state_of(event), width.max(1));
        let time = if self.is_dated() {
            moment::local_exact(event.timestamp, &self.zone)
        } else {
            moment::local_time(event.timestamp, &self.zone)
        };
        let elapsed = format!("+{}", moment::measured(moment::ms_between(started, event.timestamp)));
        let (tone, what) = description(event);
        let before = format!("{time}  {elapsed:<10}  {state:<width$}  ").chars().count();
        let left = self.room.map(|room| room.saturating_sub(before).max(NARROWEST));
        let what = left.map_or_else(|| what.clone(), |left| cut(&what, left));
        let left = left.map(|left| left.saturating_sub(what.chars().count() + 2));
        let mut text = format!("{}  {elapsed:<10}  {state:<width$}  {}", toned(Tone::Faint, time), toned(tone, what));
        for (name, value) in [("input", &event.input), ("output", &event.output)] {
            let Some(value) = value else { continue };
            if self.full {
                text.push_str(&format!("\n    {name}:\n{}", indented(value)));
            } else if is_worth_showing(event, name) {
                let short = abbreviated(value);
                let short = left.map_or_else(|| short.clone(), |left| cut(&short, left));
                text.push_str(&format!("  {}", toned(Tone::Faint, short)));
            }
        }
        if let Some(reason) = event_failure(event) {
            text.push_str(&self.reason(&visible(&reason), left));
        }
        text.trim_end().to_owned()
    }

    /// Why something failed: on the same line where it fits, else whole on lines of its own.
    fn reason(&self, reason: &str, left: Option<usize>) -> String {
        match (self.room, left) {
            (Some(room), Some(left)) if reason.chars().count() > left => {
                let lines = wrapped(reason, Some(room.saturating_sub(4)));
                format!("\n    {}", toned(Tone::Bad, lines.replace('\n', "\n    ")))
            }
            _ => format!("  {}", toned(Tone::Bad, reason)),
        }
    }

    /// An event that names no state belongs to that of the event that led to it.
    fn state_of(&mut self, event: &HistoryEvent) -> String {
        let own = event.state.as_deref().map(visible);
        let left = event.kind.ends_with("StateExited");
        let state = own.or_else(|| self.states.get(&event.previous_event()).cloned()).unwrap_or_default();
        let later = if left { String::new() } else { state.clone() };
        self.states.insert(event.id, later);
        if event.kind.starts_with("Execution") { String::new() } else { state }
    }
}

/// What an event says happened, in words.
fn description(event: &HistoryEvent) -> (Tone, String) {
    let target = || visible(&target(event));
    match event.kind.as_str() {
        "ExecutionStarted" => (Tone::Strong, "started".to_owned()),
        "ExecutionSucceeded" => (Tone::Good, "succeeded".to_owned()),
        "ExecutionFailed" => (Tone::Bad, "failed".to_owned()),
        "ExecutionTimedOut" => (Tone::Bad, "timed out".to_owned()),
        "ExecutionAborted" => (Tone::Warning, "was stopped".to_owned()),
        "ExecutionRedriven" => (Tone::Strong, "goes on after its failure".to_owned()),
        "WaitStateEntered" => (Tone::Strong, "waits".to_owned()),
        kind if kind.ends_with("StateEntered") => (Tone::Strong, "entered".to_owned()),
        kind if kind.ends_with("StateExited") => (Tone::Strong, "left".to_owned()),
        "LambdaFunctionScheduled" | "TaskScheduled" | "ActivityScheduled" => {
            (Tone::Faint, format!("calls {}", target()))
        }
        "LambdaFunctionStarted" | "TaskStarted" | "ActivityStarted" => (Tone::Faint, "it runs".to_owned()),
        "LambdaFunctionSucceeded" | "TaskSucceeded" | "ActivitySucceeded" => (Tone::Good, "it answered".to_owned()),
        "LambdaFunctionFailed" | "TaskFailed" | "ActivityFailed" => (Tone::Bad, "it failed".to_owned()),
        "LambdaFunctionTimedOut" | "TaskTimedOut" | "ActivityTimedOut" => (Tone::Bad, "it timed out".to_owned()),
        kind if kind.ends_with("Failed") || kind.ends_with("TimedOut") => (Tone::Bad, words(kind)),
        kind => (Tone::Faint, words(kind)),
    }
}

/// `MapIterationStarted` as `map iteration started`.
fn words(kind: &str) -> String {
    let mut text = String::new();
    for character in kind.chars() {
        if character.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.push(character.to_ascii_lowercase());
    }
    visible(&text)
}

/// What a task calls: a function by its name, else the service and action.
fn target(event: &HistoryEvent) -> String {
    if let Some(function) = function_called(event) {
        return function;
    }
    match (&event.resource_type, &event.resource) {
        (Some(kind), Some(action)) => format!("{kind}:{action}"),
        (_, Some(arn)) => arn.rsplit(':').next().unwrap_or(arn).to_owned(),
        _ => "a task".to_owned(),
    }
}

/// The name of the function that an event schedules, if it is one that does.
pub(crate) fn function_called(event: &HistoryEvent) -> Option<String> {
    match event.kind.as_str() {
        "LambdaFunctionScheduled" => event.resource.as_deref().and_then(function_name),
        // Some emulators schedule a function as a task whose resource is the function itself.
        "TaskScheduled" if event.resource.as_deref().is_some_and(|resource| resource.starts_with("arn:")) => {
            event.resource.as_deref().filter(|arn| arn.contains(":lambda:")).and_then(function_name)
        }
        "TaskScheduled" if event.resource_type.as_deref() == Some("lambda") => {
            let parameters: Value = serde_json::from_str(event.input.as_deref()?).ok()?;
            function_name(parameters.get("FunctionName")?.as_str()?)
        }
        _ => None,
    }
}

/// The function's name in an ARN, a partial ARN or a name, without its version.
fn function_name(text: &str) -> Option<String> {
    let name = match text.split_once("function:") {
        Some((_, rest)) => rest.split(':').next()?,
        None => text.split(':').next()?,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

/// Most events repeat the input or output of the one before; these are where it is news.
fn is_worth_showing(event: &HistoryEvent, name: &str) -> bool {
    match name {
        "input" => event.kind == "ExecutionStarted",
        _ => matches!(event.kind.as_str(), "LambdaFunctionSucceeded" | "TaskSucceeded" | "ActivitySucceeded"),
    }
}

/// JSON text on one line, cut where it is long.
pub(crate) fn abbreviated(json: &str) -> String {
    let compact = match serde_json::from_str::<Value>(json) {
        Ok(value) => value.to_string(),
        Err(_) => json.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    let mut characters = compact.chars();
    let start: String = characters.by_ref().take(SHORT).collect();
    visible(&if characters.next().is_some() { format!("{start}…") } else { start })
}

/// JSON text over several lines, set in.
fn indented(json: &str) -> String {
    let pretty = serde_json::from_str::<Value>(json).and_then(|value| serde_json::to_string_pretty(&value));
    let text = pretty.unwrap_or_else(|_| json.to_owned());
    visible(&text).lines().map(|line| format!("      {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
