//! The test file that an execution becomes.

use std::collections::BTreeMap;
use std::fmt::Write;

use asl::FieldValidation;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::recorded::{Recorded, RecordedEvent};
use super::tasks::{Ended, History, RecordedTask};
use crate::duration::shown_duration;
use crate::judge::Failure;
use crate::run::Subject;
use crate::toml_text::{toml_data, toml_key, toml_text, toml_value};

/// A test file with one case.
pub(super) struct Draft {
    name: String,
    machine: String,
    start: Timestamp,
    input: Value,
    /// When and how it was stopped, in TOML.
    stop: Option<String>,
    mocks: BTreeMap<String, Vec<String>>,
    /// The keys of `expect` with their values in TOML.
    expect: BTreeMap<&'static str, String>,
}

impl Draft {
    /// # Errors
    /// The history has no start or no end, or somebody stopped or redrove the execution.
    pub(super) fn of(subject: &Subject, recorded: &Recorded) -> Result<Self, String> {
        let first = recorded.events.first().filter(|event| event.kind == "ExecutionStarted");
        let first = first.ok_or("its history does not begin with its start")?;
        if recorded.events.iter().any(|event| event.kind == "ExecutionRedriven") {
            return Err("it was redriven, and a case runs once".to_owned());
        }
        let last = recorded.events.iter().rev().find(|event| status(&event.kind).is_some());
        let last = last.ok_or("it has not ended")?;
        let mut tasks = History::of(&recorded.events).tasks();
        for child in &recorded.children {
            let own = History::of(&child.events).tasks();
            tasks.extend(own.into_iter().map(|task| RecordedTask { index: task.index.or(Some(child.index)), ..task }));
        }
        Ok(Self {
            name: recorded.name.clone(),
            machine: recorded.machine.clone(),
            start: first.at,
            input: first.input.clone().unwrap_or(Value::Null),
            stop: (last.kind == "ExecutionAborted").then(|| stop(first, last)),
            mocks: mocks(subject, &tasks),
            expect: expectations(subject, recorded, last, &tasks),
        })
    }

    /// Whether a key of `expect` is in it that can be done without; how it ends can't.
    pub(super) fn expects(&self, about: &str) -> bool {
        about != "status" && self.expect.contains_key(about)
    }

    pub(super) fn leave_out(&mut self, about: &str) {
        self.expect.remove(about);
    }

    /// The file. What was left out is said in comments.
    pub(super) fn text(&self, left_out: &[Failure]) -> String {
        let mut text = format!(
            "machine = {}\n\n[[cases]]\nname = {}\nstart = {}\ninput = {}\n",
            toml_text(&self.machine),
            toml_text(&self.name),
            toml_text(&self.start.to_string()),
            toml_data(&self.input)
        );
        if let Some(stop) = &self.stop {
            // Writing to a string can't fail.
            let _ = writeln!(text, "stop = {stop}");
        }
        for (state, mocks) in &self.mocks {
            // Writing to a string can't fail.
            let _ = match mocks.as_slice() {
                [only] => writeln!(text, "mocks.{} = [{only}]", toml_key(state)),
                several => writeln!(text, "mocks.{} = [\n  {},\n]", toml_key(state), several.join(",\n  ")),
            };
        }
        text.push_str("\n[cases.expect]\n");
        for (key, value) in &self.expect {
            let _ = writeln!(text, "{key} = {value}");
        }
        for failure in left_out {
            let what = failure.message.replace(char::is_control, " ");
            let _ = writeln!(text, "# Not expected, because a test gives another value: {}. {what}", failure.about);
        }
        text
    }
}

/// When and how somebody stopped an execution.
fn stop(first: &RecordedEvent, last: &RecordedEvent) -> String {
    let after = last.at.duration_since(first.at).max(SignedDuration::ZERO);
    let mut parts = vec![format!("after = {}", toml_text(&shown_duration(after)))];
    parts.extend(last.error.iter().map(|error| format!("error = {}", toml_text(error))));
    parts.extend(last.cause.iter().map(|cause| format!("cause = {}", toml_text(cause))));
    format!("{{ {} }}", parts.join(", "))
}

/// How an execution has ended, by the type of its last event.
fn status(kind: &str) -> Option<&'static str> {
    match kind {
        "ExecutionSucceeded" => Some("SUCCEEDED"),
        "ExecutionFailed" => Some("FAILED"),
        "ExecutionTimedOut" => Some("TIMED_OUT"),
        "ExecutionAborted" => Some("ABORTED"),
        _ => None,
    }
}

/// A mock for each task, by state; equal ones that follow each other are one.
fn mocks(subject: &Subject, tasks: &[RecordedTask]) -> BTreeMap<String, Vec<String>> {
    let mut of_states: BTreeMap<String, Vec<(String, u64)>> = BTreeMap::new();
    for task in tasks {
        let mocks = of_states.entry(task.state.clone()).or_default();
        let mock = mock(subject, task);
        match mocks.last_mut() {
            Some((last, times)) if *last == mock => *times += 1,
            _ => mocks.push((mock, 1)),
        }
    }
    let shown = |(mock, times): (String, u64)| format!("{{ {mock}, times = {times} }}");
    of_states.into_iter().map(|(state, mocks)| (state, mocks.into_iter().map(shown).collect())).collect()
}

fn mock(subject: &Subject, task: &RecordedTask) -> String {
    let mut parts = Vec::new();
    parts.extend(task.index.map(|index| format!("index = {index}")));
    parts.push(match &task.ended {
        Ended::Succeeded(output) => format!("return = {}", toml_data(output)),
        Ended::Failed { error, cause } => {
            let error = error.iter().map(|error| format!("error = {}", toml_text(error)));
            let cause = cause.iter().map(|cause| format!("cause = {}", toml_text(cause)));
            let parts: Vec<String> = error.chain(cause).collect();
            if parts.is_empty() { "throw = {}".to_owned() } else { format!("throw = {{ {} }}", parts.join(", ")) }
        }
        Ended::Never => "never = true".to_owned(),
    });
    if task.after > SignedDuration::ZERO && task.ended != Ended::Never {
        parts.push(format!("after = {}", toml_text(&shown_duration(task.after))));
    }
    if let Ended::Succeeded(output) = &task.ended
        && let Some((_, resource)) = subject.machine.resources().find(|(state, _)| *state == task.state)
        && resource.check_mock_result(output, FieldValidation::Strict).is_err()
    {
        // The service has answered so, whatever its model says.
        parts.push("validate = \"NONE\"".to_owned());
    }
    parts.extend(task.submitted.as_ref().map(|output| format!("submitted = {}", toml_data(output))));
    parts.join(", ")
}

fn expectations(
    subject: &Subject,
    recorded: &Recorded,
    last: &RecordedEvent,
    tasks: &[RecordedTask],
) -> BTreeMap<&'static str, String> {
    let mut expect = BTreeMap::new();
    expect.extend(status(&last.kind).map(|status| ("status", toml_text(status))));
    expect.extend(last.output.as_ref().map(|output| ("output", toml_data(output))));
    if last.kind != "ExecutionTimedOut" {
        expect.extend(last.error.as_ref().map(|error| ("error", toml_text(error))));
        expect.extend(last.cause.as_ref().map(|cause| ("cause", toml_text(cause))));
    }
    let of_children = recorded.children.iter().flat_map(|child| &child.events);
    let entered = recorded.events.iter().chain(of_children).filter(|event| event.kind.ends_with("StateEntered"));
    let path: Vec<Value> = entered.filter_map(|event| event.state.clone()).map(Value::from).collect();
    let is_side_by_side =
        recorded.events.iter().any(|it| it.kind == "ParallelStateStarted" || it.kind == "MapStateStarted");
    // The order of what runs side by side is not the same twice.
    let key = if is_side_by_side { "visits" } else { "path" };
    let mut states = path;
    if is_side_by_side {
        states.sort_by_key(Value::to_string);
        states.dedup();
    }
    expect.extend(toml_value(&Value::Array(states)).map(|states| (key, states)));
    let mut counts: BTreeMap<&str, u64> =
        subject.machine.resources().map(|(state, _)| (state, 0)).filter(|_| subject.maps.is_empty()).collect();
    for task in tasks {
        *counts.entry(&task.state).or_default() += 1;
    }
    if !counts.is_empty() {
        let counts: Vec<String> =
            counts.iter().map(|(state, count)| format!("{} = {count}", toml_key(state))).collect();
        expect.insert("calls", format!("{{ {} }}", counts.join(", ")));
    }
    expect
}
