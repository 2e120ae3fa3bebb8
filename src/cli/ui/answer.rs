//! Prints what a command line ends in that runs no command: help, the version, a complaint.

use std::io::Write;
use std::process::ExitCode;

use super::Ui;
use super::text::visible;
use crate::cli::error::CliError;

/// What a command line ends in that runs no command.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Help that was asked for or is needed, and complaints, in the parser's own words and colours.
    Parser(clap::Error),
    /// A result.
    Text(String),
    /// A result for programs.
    Json(serde_json::Value),
    /// A complaint, for people or for programs.
    Failure { error: CliError, is_json: bool },
}

/// Prints what a command line ends in that runs no command. Exit code 2 for a complaint, 0 for what was asked for.
pub(crate) fn print_answer(answer: &Answer) -> ExitCode {
    let printed = match answer {
        Answer::Parser(error) => return print_clap(error),
        Answer::Failure { error, is_json } => return Ui::before_options(*is_json).fail(error),
        Answer::Text(text) => Ui::before_options(false).result(text),
        Answer::Json(value) => Ui::before_options(true).json(value),
    };
    printed.map_or_else(|error| Ui::before_options(false).fail(&error), |()| ExitCode::SUCCESS)
}

/// Prints the parser's help or complaint.
fn print_clap(answer: &clap::Error) -> ExitCode {
    // It repeats what was typed, and what the environment sets. Where that could steer a terminal its colours go too: they
    // can't be told from it.
    let plain = answer.render().to_string();
    let safe = visible(&plain);
    if safe == plain && !has_controls() {
        let _ = answer.print();
    } else if answer.use_stderr() {
        let _ = write!(std::io::stderr(), "{safe}");
    } else {
        let _ = write!(std::io::stdout(), "{safe}");
    }
    ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2))
}

/// Whether something that the parser may repeat has control characters.
fn has_controls() -> bool {
    let set = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WORKSHOP_"));
    let mut texts = std::env::args_os().chain(set.map(|(_, value)| value));
    texts.any(|text| text.to_string_lossy().chars().any(char::is_control))
}

/// Prints words for a shell that completes a line, without what would steer its terminal.
pub(crate) fn print_words(words: &[u8]) -> ExitCode {
    // The separators are controls themselves: a newline, or for bash a vertical tab.
    let is_separator = |character: char| matches!(character, '\n' | '\u{b}' | '\t');
    let text = String::from_utf8_lossy(words);
    let safe: String = text.chars().filter(|character| !character.is_control() || is_separator(*character)).collect();
    // A shell that does not read has no line to complete any more.
    let _ = std::io::stdout().write_all(safe.as_bytes());
    ExitCode::SUCCESS
}
