//! Understands the command line, or says why it can't be understood.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, Error, ErrorKind as Complaint};

use super::habits::{self, Meaning};
use super::{suggestions, version, words};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::ui::Answer;

/// The arguments as `command` understands them.
///
/// # Errors
/// There is something else to be said than what a command says.
pub(super) fn matches(arguments: Vec<OsString>, command: &Command) -> Result<clap::ArgMatches, Answer> {
    if arguments.len() == 2 && arguments.iter().skip(1).all(|argument| argument == "-v") {
        return Err(Answer::Text(version::text(false)));
    }
    let complaint = match command.clone().try_get_matches_from(&arguments) {
        Ok(matches) => return Ok(matches),
        Err(complaint) => complaint,
    };
    match meant(&arguments, &complaint, command) {
        None => Err(answer(&arguments, complaint)),
        Some(Habit { typed, meaning: Meaning::Advice(advice), .. }) => {
            let error = CliError::new(ErrorKind::Usage, format!("There is no `workshop {typed}`: {advice}"));
            Err(Answer::Failure { error, is_json: wants_json(&arguments) })
        }
        Some(Habit { meaning: Meaning::Runs { words, name }, places, is_help, .. }) => {
            let replaced = match is_help {
                true => replaced(&arguments, &places, words.iter().filter(|word| !word.starts_with('-')), None),
                false => replaced(&arguments, &places, words.iter(), name),
            };
            command.clone().try_get_matches_from(&replaced).map_err(|complaint| answer(&replaced, complaint))
        }
    }
}

/// A habit that was typed.
struct Habit {
    typed: &'static str,
    meaning: Meaning,
    /// Where its words stand.
    places: Vec<usize>,
    /// Whether `help` was asked about it.
    is_help: bool,
}

/// The habit behind what the parser does not know.
fn meant(arguments: &[OsString], complaint: &Error, command: &Command) -> Option<Habit> {
    if !matches!(complaint.kind(), Complaint::InvalidSubcommand | Complaint::UnknownArgument) {
        return None;
    }
    let places = words::places(arguments, command);
    let texts: Vec<_> = places.iter().filter_map(|at| arguments.get(*at)).map(|word| word.to_string_lossy()).collect();
    let all: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    let is_help = all.first() == Some(&"help");
    let skipped = usize::from(is_help);
    let (typed, meaning) = habits::of(all.get(skipped..)?)?;
    let places = places.into_iter().skip(skipped).take(typed.split(' ').count()).collect();
    Some(Habit { typed, meaning, places, is_help })
}

/// The arguments with what a habit stands for in its place. A name right after it becomes the value of an option.
fn replaced<'a>(
    arguments: &[OsString],
    places: &[usize],
    words: impl Iterator<Item = &'a &'a str>,
    name: Option<&str>,
) -> Vec<OsString> {
    let is_own = |at: usize| places.contains(&at);
    let after = places.last().map_or(0, |last| last + 1);
    let mut words: Vec<OsString> = words.map(OsString::from).collect();
    let mut replaced = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        if is_own(at) {
            replaced.append(&mut words);
            continue;
        }
        if at == after && !argument.to_string_lossy().starts_with('-') {
            replaced.extend(name.map(OsString::from));
        }
        replaced.push(argument.clone());
    }
    replaced
}

/// What to say instead of running a command.
fn answer(arguments: &[OsString], mut complaint: Error) -> Answer {
    let is_json = wants_json(arguments);
    match complaint.kind() {
        Complaint::DisplayVersion if is_json => Answer::Json(version::json()),
        Complaint::DisplayVersion => Answer::Text(version::text(has(arguments, &["--verbose", "-v"]))),
        Complaint::DisplayHelp => Answer::Parser(complaint),
        Complaint::MissingSubcommand => Answer::Failure { error: failure(&complaint), is_json },
        _ => {
            suggestions::keep_harmless(&mut complaint);
            match is_json {
                true => Answer::Failure { error: failure(&complaint), is_json },
                false => Answer::Parser(complaint),
            }
        }
    }
}

/// Whether JSON was asked for, wherever it stands: what is wrong may stand before it.
fn wants_json(arguments: &[OsString]) -> bool {
    let is_output = |pair: &[OsString]| matches!(pair, [option, value] if option == "--output" && value == "json");
    has(arguments, &["--json", "--output=json"]) || options(arguments).windows(2).any(is_output)
}

fn has(arguments: &[OsString], names: &[&str]) -> bool {
    options(arguments).iter().any(|argument| names.iter().any(|name| argument == name))
}

/// What stands before `--`.
fn options(arguments: &[OsString]) -> &[OsString] {
    let end = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    arguments.get(..end).unwrap_or_default()
}

/// A complaint of the parser as other failures are told.
fn failure(complaint: &Error) -> CliError {
    if let Complaint::DisplayHelpOnMissingArgumentOrSubcommand | Complaint::MissingSubcommand = complaint.kind() {
        let typed = complaint.get(ContextKind::InvalidSubcommand).map(ToString::to_string);
        let typed = typed.unwrap_or_else(|| "workshop".to_owned());
        return CliError::new(ErrorKind::Usage, format!("A command is missing after `{typed}`."))
            .try_this(format!("`{typed} --help` lists the commands."));
    }
    let text = complaint.render().to_string();
    let (what, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
    let what: Vec<&str> = what.lines().map(str::trim).collect();
    let (first, more) = what.split_first().map_or(("", &[] as &[&str]), |(first, more)| (*first, more));
    let sentence = format!("{} {}", first.trim_start_matches("error: "), more.join(", "));
    let mut letters = sentence.trim_end().chars();
    let initial: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let tips = rest.lines().filter_map(|line| line.trim_start().strip_prefix("tip: "));
    let usage = rest.lines().filter(|line| line.starts_with("Usage: "));
    let hint: Vec<&str> = tips.chain(usage).collect();
    let failure = CliError::new(ErrorKind::Usage, format!("{initial}{}.", letters.as_str().trim_end_matches('.')));
    if hint.is_empty() { failure } else { failure.try_this(hint.join("; ")) }
}
