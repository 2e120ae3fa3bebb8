//! The help of the whole program: its commands by what one wants to do, on one screen of 24 lines and 80 columns.

use std::fmt::Write;

use crate::cli::ui::{Tone, toned};

/// Commands that stand on one line, and what they are for.
type Line = (&'static [&'static str], &'static str);

/// The commands, by what one wants to do.
pub(super) const GROUPS: &[(&str, &[Line])] = &[
    (
        "make",
        &[
            (&["init"], "make a project of your own"),
            (&["validate"], "say what is wrong with definitions, without a cloud"),
            (&["test"], "run test cases: workflows in virtual time, mocked"),
            (&["print"], "show the service with everything filled in"),
            (&["package"], "build and zip the functions"),
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
            (&["start"], "start an execution"),
            (&["list", "show"], "executions, with countdowns; one's timeline"),
            (&["logs", "open"], "what a function or execution did; AWS's page of it"),
            (&["stop", "skip"], "end an execution; end the wait that it is in"),
            (&["invoke"], "invoke a function and print what it answers"),
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

/// The screen.
pub(super) fn screen() -> String {
    let mut text = String::from(
        "From an Amazon States Language file to a running workflow, here or on AWS.\n\nUsage: workshop COMMAND [OPTIONS]\n\n",
    );
    for (group, lines) in GROUPS {
        for (at, (commands, what)) in lines.iter().enumerate() {
            let group = if at == 0 { toned(Tone::Strong, format!("{group:<14}")) } else { " ".repeat(14) };
            let commands = format!("{:<14}", commands.join(", "));
            // Writing to a string can't fail.
            let _ = writeln!(text, "{group}{}{what}", toned(Tone::Good, commands));
        }
    }
    let options = toned(Tone::Strong, format!("{:<14}", "options"));
    let _ = write!(
        text,
        "\n{options}--local (no account needed), --stage NAME, --region REGION,\n{:14}--json, --verbose; `workshop help deploy` shows them all\n",
        ""
    );
    text
}
