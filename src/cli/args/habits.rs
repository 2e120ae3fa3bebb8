//! What people type by habit who come from `sls`, `aws`, `sam`, `temporal`, `wrangler` or `terraform`.
//!
//! It is asked only for what is no command here. What does no harm and means one command runs it; for the rest one line
//! names the command.

/// What a habit leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Words that stand for the habit's; a name that follows the habit's words belongs to the option `name`.
    Runs { words: &'static [&'static str], name: Option<&'static str> },
    /// What to type instead.
    Advice(&'static str),
}

use Meaning::Advice;

const fn runs(words: &'static [&'static str]) -> Meaning {
    Meaning::Runs { words, name: None }
}

const TAIL: Meaning = Meaning::Runs { words: &["logs", "--tail"], name: Some("--function") };
const LIST: Meaning = runs(&["list"]);
const DEPLOYMENTS: Meaning = runs(&["deploy", "list"]);
const REMOVE: Meaning = Advice("`workshop remove` deletes everything of a stack.");
const STOP: Meaning = Advice("`workshop stop NAME` ends an execution.");
const WATCH: Meaning =
    Advice("`workshop deploy --local --watch` deploys to this machine, and again whenever a file changes.");
const LOCAL: Meaning =
    Advice("`workshop local run` runs the embedded cloud until Ctrl-C, `workshop local start` in the background.");

/// The habits, in the order of `docs/commands.md`. One of two words comes before one of its first word alone.
pub(super) const HABITS: &[(&str, Meaning)] = &[
    ("tail", TAIL),
    ("logs tail", TAIL),
    ("executions", LIST),
    ("list-executions", LIST),
    ("ls", LIST),
    ("ps", LIST),
    ("history", runs(&["show"])),
    ("server start-dev", runs(&["local", "run"])),
    ("build", runs(&["package"])),
    ("lint", runs(&["validate"])),
    ("plan", runs(&["diff"])),
    ("deployments list", DEPLOYMENTS),
    ("deployments", DEPLOYMENTS),
    ("version", runs(&["--version"])),
    ("destroy", REMOVE),
    ("delete", REMOVE),
    ("uninstall", REMOVE),
    ("down", REMOVE),
    ("rm", REMOVE),
    ("terminate", STOP),
    ("cancel", STOP),
    ("abort", STOP),
    ("kill", STOP),
    (
        "status",
        Advice(
            "`workshop list` shows executions, `workshop info` what is deployed, `workshop local status` the embedded cloud.",
        ),
    ),
    ("describe", Advice("`workshop show NAME` describes an execution, `workshop info` what is deployed.")),
    ("execute", Advice("`workshop start` starts an execution; with `--follow` it stays until the end.")),
    ("invoke stepf", Advice("`workshop start` starts an execution; with `--follow` it stays until the end.")),
    (
        "invoke local",
        Advice("`workshop invoke -f NAME --local` runs a function that `workshop deploy --local` has put there."),
    ),
    ("dev", WATCH),
    ("sync", WATCH),
    ("watch", WATCH),
    ("up", Advice("`workshop deploy` makes the cloud match the service.")),
    ("publish", Advice("`workshop deploy` makes the cloud match the service.")),
    ("offline", LOCAL),
    ("server", LOCAL),
    ("workflow", Advice("leave it out: `workshop start`, `list`, `show` and `stop` are about executions.")),
    ("stepfunctions", Advice("leave it out: `workshop start`, `list`, `show` and `stop` are about executions.")),
];

/// The habit of words that stand where commands' names do, and how many of the words are its own.
pub(super) fn of(words: &[&str]) -> Option<(&'static str, Meaning)> {
    let is_typed = |habit: &str| {
        let own: Vec<&str> = habit.split(' ').collect();
        words.starts_with(&own)
    };
    HABITS.iter().copied().find(|(habit, _)| is_typed(habit))
}
