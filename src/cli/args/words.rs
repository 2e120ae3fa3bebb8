//! Which of the words that were typed stand where the names of commands do.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

/// The places of the words that are neither options nor values of options, up to `--`.
pub(super) fn places(arguments: &[OsString], command: &Command) -> Vec<usize> {
    let mut found = Vec::new();
    let mut reached = vec![command];
    let mut at = 1;
    while let Some(argument) = arguments.get(at) {
        let text = argument.to_string_lossy();
        if text == "--" {
            break;
        }
        if text.starts_with('-') && text.len() > 1 {
            at += if takes_the_next(&text, &reached) { 2 } else { 1 };
            continue;
        }
        found.push(at);
        let below = reached.last().and_then(|command| command.find_subcommand(text.as_ref()));
        reached.extend(below);
        at += 1;
    }
    found
}

/// Whether the argument after this option is its value, by the options of the commands that were reached.
fn takes_the_next(text: &str, reached: &[&Command]) -> bool {
    let mut known = reached.iter().flat_map(|command| command.get_arguments());
    let takes = |arg: &Arg| matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    if let Some(long) = text.strip_prefix("--") {
        let named = |arg: &&Arg| {
            arg.get_long() == Some(long) || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&long))
        };
        return known.find(named).is_some_and(takes);
    }
    let mut letters = text.chars().skip(1);
    match (letters.next(), letters.next()) {
        (Some(letter), None) => known.find(|arg| arg.get_short() == Some(letter)).is_some_and(takes),
        _ => false,
    }
}
