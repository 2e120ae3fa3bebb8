//! One example of each refusal and of each note, with its place and what to do.

mod events;
mod file;
mod functions;
mod machines;
mod provider;

use super::*;

/// The errors and notes of a file with one good function and these lines more.
pub(super) fn of(rest: &str) -> String {
    let text = format!("service: a\nprovider: {{name: aws, runtime: nodejs22.x}}\n{rest}");
    match Outside::default().parse(&text) {
        Ok(parsed) => parsed.notes.iter().map(|note| format!("note {}: {}\n", note.at, note.message)).collect(),
        Err(errors) => shown_errors(&errors),
    }
}

pub(super) fn function(lines: &str) -> String {
    of(&format!("functions:\n  f:\n    handler: a.b\n{lines}"))
}

pub(super) fn event(event: &str) -> String {
    function(&format!("    events:\n      - {event}\n"))
}

pub(super) fn provider(lines: &str) -> String {
    Outside::default().shown(&format!("service: a\nprovider:\n  name: aws\n  runtime: nodejs22.x\n{lines}"))
}

pub(super) fn machine(lines: &str) -> String {
    of(&format!("stepFunctions:\n  stateMachines:\n    m:\n      definition: {{StartAt: A}}\n{lines}"))
}
