//! The only file that writes to stdout and stderr: results, notes, progress, errors.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::args::{ColorWhen, Global};
use super::error::{CliError, ErrorKind};

/// What a piece of text is, for its colour on a terminal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tone {
    /// A heading or name.
    Strong,
    /// Something done well.
    Good,
    /// Something to look at.
    Warning,
    /// A failure.
    Bad,
    /// Something of less weight: times, ids.
    Faint,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Self::Strong => Style::new().bold(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Warning => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Faint => Style::new().dimmed(),
        }
    }
}

/// A text in its tone. The stream that prints it takes the colour out again where there is no terminal.
pub(crate) fn toned(tone: Tone, text: impl std::fmt::Display) -> String {
    let style = tone.style();
    format!("{style}{text}{style:#}")
}

/// Where output goes and in which form.
#[derive(Debug, Clone)]
pub(crate) struct Ui {
    json: bool,
    verbose: bool,
    color: anstream::ColorChoice,
}

impl Ui {
    /// From the options of the command line.
    pub(crate) fn new(global: &Global) -> Self {
        let color = match global.color {
            ColorWhen::Auto => anstream::ColorChoice::Auto,
            ColorWhen::Always => anstream::ColorChoice::Always,
            ColorWhen::Never => anstream::ColorChoice::Never,
        };
        Self { json: global.json, verbose: global.verbose, color }
    }

    /// Whether results are wanted as JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether more is to be said.
    pub(crate) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Prints a result line (or several) on stdout.
    ///
    /// # Errors
    /// stdout can't be written; a reader that has gone away ends the command quietly.
    pub(crate) fn result(&self, text: impl std::fmt::Display) -> Result<(), CliError> {
        let mut out = AutoStream::new(std::io::stdout(), self.color);
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| stdout_failed(&error))
    }

    /// Prints a result while a progress line stands on the terminal, which steps aside for it.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub(crate) fn result_beside(&self, bar: &ProgressBar, text: impl std::fmt::Display) -> Result<(), CliError> {
        bar.suspend(|| self.result(text))
    }

    /// Prints a value as JSON on stdout, indented.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| CliError::new(ErrorKind::Failed, "The result can't be written as JSON.").because(error))?;
        self.result(text)
    }

    /// Prints a value as JSON on one line, for results that come one by one.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub(crate) fn json_line(&self, value: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string(value)
            .map_err(|error| CliError::new(ErrorKind::Failed, "The result can't be written as JSON.").because(error))?;
        self.result(text)
    }

    /// Says something on stderr that is no result. A stderr that can't be written is no reason to stop.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        let _ = writeln!(AutoStream::new(std::io::stderr(), self.color), "{text}");
    }

    /// A line on stderr that shows what is being done and for how long; hidden where stderr is no terminal.
    pub(crate) fn progress(&self) -> ProgressBar {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        bar
    }

    /// A progress line without the time it has taken, for one that counts down.
    pub(crate) fn countdown(&self) -> ProgressBar {
        let bar = self.progress();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
            bar.set_style(style);
        }
        bar
    }

    /// Asks a yes-or-no question on the terminal; without one the answer is no. Ctrl-C works while it waits.
    pub(crate) async fn confirm(&self, question: &str) -> bool {
        if !std::io::stdin().is_terminal() {
            return false;
        }
        let mut err = AutoStream::new(std::io::stderr(), self.color);
        let _ = write!(err, "{question} [y/N] ").and_then(|()| err.flush());
        let answer = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).map(|_| answer)
        });
        matches!(answer.await, Ok(Ok(answer)) if matches!(answer.trim(), "y" | "Y" | "yes"))
    }

    /// Tells a failure and gives its exit code.
    pub(crate) fn fail(&self, error: &CliError) -> ExitCode {
        let code = ExitCode::from(error.kind as u8);
        match error.kind {
            ErrorKind::Interrupted if error.hint.is_none() => return code,
            _ if error.quiet => return ExitCode::SUCCESS,
            _ => {}
        }
        let detail = error.detail.as_ref().filter(|_| self.verbose);
        let mut err = AutoStream::new(std::io::stderr(), self.color);
        if self.json {
            let told = serde_json::json!({"error": {
                "kind": error.kind.name(), "message": error.message, "cause": error.cause.as_ref().or(detail),
                "hint": error.hint,
            }});
            let _ = writeln!(err, "{told}");
            return code;
        }
        let _ = writeln!(err, "{} {}", toned(Tone::Bad, "error:"), visible(&error.message));
        for cause in error.cause.iter().chain(detail) {
            let _ = writeln!(err, "  {} {}", toned(Tone::Faint, "cause:"), visible(cause));
        }
        if let Some(hint) = &error.hint {
            let _ = writeln!(err, "  {} {}", toned(Tone::Good, "try:"), visible(hint));
        }
        code
    }
}

fn stdout_failed(error: &std::io::Error) -> CliError {
    let mut failure = CliError::io("The result can't be written to stdout", error);
    failure.quiet = error.kind() == std::io::ErrorKind::BrokenPipe;
    failure
}

/// Prints clap's help, version or complaint. Exit code 2 for a complaint, 0 for what was asked for.
pub(crate) fn print_clap(answer: &clap::Error) -> ExitCode {
    let _ = answer.print();
    ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2))
}

/// A text from elsewhere with its control characters made visible, so that it can't steer the terminal. Newlines and tabs
/// stay.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            // Bidirectional controls can make a line read as something else.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => shown.extend(character.escape_unicode()),
            _ if character.is_control() => shown.extend(character.escape_default()),
            _ => shown.push(character),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[31mred\r\nb\u{7}\tc"), "a\\u{1b}[31mred\\r\nb\\u{7}\tc");
        assert_eq!(visible("\u{202e}evil"), "\\u{202e}evil");
        assert_eq!(visible("plain é 日本"), "plain é 日本");
    }
}
