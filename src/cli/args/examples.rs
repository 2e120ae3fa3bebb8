//! What stands below a command's options in its help, in the room that there is: examples keep their columns, prose is set
//! anew.

use clap::Command;

use crate::cli::ui::wrapped;

/// Where the room is not known, and the most that is taken of it: as the parser does with the rest of the help.
pub(super) const WIDEST: usize = 100;

/// In less room than this an explanation does not stand beside its example, but below it.
const BESIDE: usize = 24;

/// How far an explanation stands from the left that is below its example.
const BELOW: usize = 6;

/// The command and those below it, with what stands below their options in so many columns.
pub(super) fn fitted(command: Command, room: Option<usize>) -> Command {
    let room = room.unwrap_or(WIDEST).min(WIDEST);
    let text = command.get_after_help().map(|text| set(&text.to_string(), room));
    let command = match text {
        Some(text) => command.after_help(text),
        None => command,
    };
    command.mut_subcommands(|below| fitted(below, Some(room)))
}

/// A text whose lines have at most so many columns, as far as their words do. Prose goes on over the ends of lines until an
/// empty line; what begins with two spaces is an example or goes on with one.
fn set(text: &str, room: usize) -> String {
    let mut lines = Vec::new();
    let mut prose = String::new();
    for line in text.lines().chain([""]) {
        let is_prose = !line.is_empty() && !line.starts_with("  ");
        if is_prose && !prose.is_empty() {
            prose.push(' ');
        }
        if is_prose {
            prose.push_str(line);
        }
        // A colon leads to what follows, line by line.
        if !prose.is_empty() && (!is_prose || line.ends_with(':')) {
            lines.push(wrapped(&prose, Some(room)));
            prose.clear();
        }
        if !is_prose {
            lines.push(example(line, room));
        }
    }
    lines.join("\n").trim_end().to_owned()
}

/// An example and, after two spaces or more, what it is for.
fn example(line: &str, room: usize) -> String {
    if line.chars().count() <= room {
        return line.to_owned();
    }
    let begins = line.len() - line.trim_start().len();
    let gap = line.get(begins..).and_then(|rest| rest.find("  ")).map(|at| begins + at);
    let (typed, explained) = line.split_at(gap.unwrap_or(if begins > BELOW { 0 } else { line.len() }));
    let column = line.len() - explained.trim_start().len();
    let explained = explained.trim_start();
    if explained.is_empty() {
        return typed.to_owned();
    }
    let beside = room.saturating_sub(column) >= BESIDE && typed.len() < column;
    let indent = if beside { column } else { BELOW };
    let explained = wrapped(explained, Some(room.saturating_sub(indent)));
    let explained = explained.replace('\n', &format!("\n{:indent$}", ""));
    match (typed.is_empty(), beside) {
        (true, _) => format!("{:indent$}{explained}", ""),
        (false, true) => format!("{typed:<column$}{explained}"),
        (false, false) => format!("{typed}\n{:indent$}{explained}", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Examples:
  workshop list                    the newest executions, with a countdown for those that wait
  workshop list --status running   only those that run
                                   or wait for something that comes much later
  workshop rollback -t 2026-11-22T20:59 --dry-run --stage a-long-name

The first sentence of several.
It goes on here.

Words:
  word   what it means";

    #[test]
    fn explanations_stay_beside_their_examples_where_there_is_room() {
        insta::assert_snapshot!(set(TEXT, 80), @r"
        Examples:
          workshop list                    the newest executions, with a countdown for
                                           those that wait
          workshop list --status running   only those that run
                                           or wait for something that comes much later
          workshop rollback -t 2026-11-22T20:59 --dry-run --stage a-long-name

        The first sentence of several. It goes on here.

        Words:
          word   what it means
        ");
        insta::assert_snapshot!(set(TEXT, 50), @r"
        Examples:
          workshop list
              the newest executions, with a countdown for
              those that wait
          workshop list --status running
              only those that run
              or wait for something that comes much later
          workshop rollback -t 2026-11-22T20:59 --dry-run --stage a-long-name

        The first sentence of several. It goes on here.

        Words:
          word   what it means
        ");
    }

    #[test]
    fn the_help_of_every_command_fits() {
        fn check(command: &Command, room: usize) {
            let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let is_wide = |line: &&str| line.chars().count() > room && line.trim_start().contains("  ");
            assert_eq!(text.lines().find(is_wide), None, "{} in {room} columns:\n{text}", command.get_name());
            command.get_subcommands().for_each(|below| check(below, room));
        }
        for room in [60, 80, 100] {
            check(&fitted(<crate::cli::args::Cli as clap::CommandFactory>::command(), Some(room)), room);
        }
    }
}
