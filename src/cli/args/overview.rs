//! The help of the whole program: its commands by what one wants to do, on one screen of 24 lines and 80 columns.

use std::fmt::Write;

use crate::cli::ui::{Tone, toned, wrapped};

/// Commands that stand on one line, and what they are for.
type Line = (&'static [&'static str], &'static str);

/// The commands, by what one wants to do.
pub(super) const GROUPS: &[(&str, &[Line])] = &[
    (
        "make",
        &[
            (&["init", "package"], "make a project of your own; zip its functions"),
            (&["validate"], "say what is wrong with definitions, without a cloud"),
            (&["test", "graph"], "test workflows in virtual time; draw them"),
            (&["print"], "show the service with everything filled in"),
        ],
    ),
    (
        "deploy",
        &[
            (&["deploy"], "make the cloud match the service"),
            (&["diff", "info"], "what `deploy` would change; what is deployed"),
            (&["rollback"], "return to an earlier deployment"),
            (&["remove"], "delete everything of a stack"),
        ],
    ),
    (
        "run and watch",
        &[
            (&["start", "skip"], "start an execution; end the wait that it is in"),
            (&["list", "show"], "executions, with countdowns; one's timeline"),
            (&["explain"], "which permission one lacked, and where to add it"),
            (&["logs", "open"], "all that a function or an execution did; its page"),
            (&["stop", "redrive"], "end an execution; go on where one had not finished"),
            (&["fork", "invoke"], "begin where one was; invoke a function"),
        ],
    ),
    (
        "this machine",
        &[
            (&["local"], "the embedded cloud: run, start, stop, look, empty"),
            (&["completions"], "complete words in bash, zsh, fish or PowerShell"),
            (&["help"], "`help COMMAND`: what it takes, with examples"),
        ],
    ),
];

/// How far what commands are for stands from the left.
const INDENT: usize = 28;

/// The screen, in so many columns where that is known.
pub(super) fn screen(room: Option<usize>) -> String {
    let beside = |text: &str| {
        let text = wrapped(text, room.map(|room| room.saturating_sub(INDENT)));
        text.replace('\n', &format!("\n{:INDENT$}", ""))
    };
    let about = wrapped("From an Amazon States Language file to a running workflow, here or on AWS.", room);
    let mut text = format!("{about}\n\nUsage: workshop COMMAND [OPTIONS]\n\n");
    for (group, lines) in GROUPS {
        for (at, (commands, what)) in lines.iter().enumerate() {
            let group = if at == 0 { toned(Tone::Strong, format!("{group:<14}")) } else { " ".repeat(14) };
            let commands = format!("{:<14}", commands.join(", "));
            // Writing to a string can't fail.
            let _ = writeln!(text, "{group}{}{}", toned(Tone::Good, commands), beside(what));
        }
    }
    let options = toned(Tone::Strong, format!("{:<14}", "options"));
    let told = "--local (no account needed), --stage NAME, --region REGION, --json, --verbose; `workshop help deploy` shows \
                them all";
    let told = wrapped(told, Some(room.unwrap_or(80).min(80).saturating_sub(14)));
    let _ = writeln!(text, "\n{options}{}", told.replace('\n', &format!("\n{:14}", "")));
    text
}
