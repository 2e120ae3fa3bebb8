//! The only folder that writes to stdout and stderr: results, notes, progress, errors, the trace of calls.

mod answer;
mod call_line;
mod failure;
mod hidden;
mod json;
pub(crate) mod table;
pub(crate) mod text;
mod trace;
mod wait;

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anstream::AutoStream;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle, WeakProgressBar};
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::global::{ColorWhen, Global};

pub(crate) use answer::{Answer, print_answer, print_words};
pub(crate) use failure::tame_panics;
pub(crate) use hidden::ask_hidden;
pub(crate) use text::{Tone, toned, visible, wrapped};

/// Where output goes and in which form.
#[derive(Clone)]
pub(crate) struct Ui {
    json: bool,
    verbose: bool,
    color: anstream::ColorChoice,
    /// The progress line that stands on the terminal, if one does.
    bar: Arc<Mutex<Option<WeakProgressBar>>>,
}

impl Ui {
    /// From the options of the command line.
    pub(crate) fn new(global: &Global) -> Self {
        let color = match global.color {
            ColorWhen::Auto => anstream::ColorChoice::Auto,
            ColorWhen::Always => anstream::ColorChoice::Always,
            ColorWhen::Never => anstream::ColorChoice::Never,
        };
        Self { json: global.json, verbose: global.verbose, color, bar: Arc::default() }
    }

    /// For what is said before the options are known.
    fn before_options(json: bool) -> Self {
        Self { json, verbose: false, color: anstream::ColorChoice::Auto, bar: Arc::default() }
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
        let text = text::printable(&text.to_string());
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| stdout_failed(&error))
    }

    /// Prints a result that is sentences: where there is no room for a line it goes on below, without a break inside a word.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub(crate) fn told(&self, text: impl std::fmt::Display) -> Result<(), CliError> {
        self.result(wrapped(&text.to_string(), self.width()))
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
        json::indented(std::io::stdout().lock(), value).map_err(|error| stdout_failed(&error))
    }

    /// Prints a value as JSON on one line, for results that come one by one.
    ///
    /// # Errors
    /// As [`Ui::result`].
    pub(crate) fn json_line(&self, value: &impl Serialize) -> Result<(), CliError> {
        json::line(std::io::stdout().lock(), value).map_err(|error| stdout_failed(&error))
    }

    /// Says something on stderr that is no result. A stderr that can't be written is no reason to stop.
    pub(crate) fn note(&self, text: impl std::fmt::Display) {
        let text = wrapped(&text::printable(&text.to_string()), notes_width());
        // Locked for the whole line: several threads may have something to say.
        let _ = writeln!(AutoStream::new(std::io::stderr().lock(), self.color), "{text}");
    }

    /// Says something on stderr while a progress line may stand on the terminal, which steps aside for it.
    pub(crate) fn note_beside_progress(&self, text: impl std::fmt::Display) {
        let bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(WeakProgressBar::upgrade);
        match bar {
            Some(bar) => bar.suspend(|| self.note(text)),
            None => self.note(text),
        }
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
        *self.bar.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.downgrade());
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

    /// A picture of several lines that is drawn again and again; none where results go to no terminal. What it showed last
    /// stays.
    pub(crate) fn picture(&self) -> Option<ProgressBar> {
        if self.json || !self.is_terminal() || !std::io::stderr().is_terminal() {
            return None;
        }
        let bar = self.progress().with_finish(ProgressFinish::Abandon);
        if let Ok(style) = ProgressStyle::with_template("{msg}") {
            bar.set_style(style);
        }
        Some(bar)
    }

    /// A text of ours as a picture shows it: without colour where none is wanted.
    pub(crate) fn painted(&self, text: &str) -> String {
        let choice = match self.color {
            anstream::ColorChoice::Auto => AutoStream::choice(&std::io::stderr()),
            choice => choice,
        };
        match choice {
            anstream::ColorChoice::Never => anstream::adapter::strip_str(text).to_string(),
            _ => text::printable(text),
        }
    }

    /// How many columns results may take: the terminal's, or those of COLUMNS where somebody sets it. Any number where
    /// neither is known.
    pub(crate) fn width(&self) -> Option<usize> {
        results_width()
    }

    /// How many lines the terminal has.
    pub(crate) fn height(&self) -> Option<usize> {
        terminal_size().map(|(_, rows)| rows)
    }

    /// Whether results go to a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        std::io::stdout().is_terminal()
    }

    /// Whether somebody is at the terminal to answer a question.
    pub(crate) fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal()
    }

    /// Asks for a line on the terminal; nothing when there is none to read. Ctrl-C works while it waits.
    pub(crate) async fn ask(&self, question: &str) -> Option<String> {
        let mut err = AutoStream::new(std::io::stderr(), self.color);
        let _ = write!(err, "{}", text::printable(question)).and_then(|()| err.flush());
        let answer = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).map(|length| (length > 0).then_some(answer))
        });
        answer.await.ok()?.ok()?
    }

    /// Asks a yes-or-no question on the terminal; without one the answer is no. Ctrl-C works while it waits.
    pub(crate) async fn confirm(&self, question: &str) -> bool {
        if !self.can_ask() {
            return false;
        }
        let answer = self.ask(&format!("{question} [y/N] ")).await.unwrap_or_default();
        matches!(answer.trim(), "y" | "Y" | "yes")
    }
}

fn stdout_failed(error: &std::io::Error) -> CliError {
    let mut failure = CliError::io("The result can't be written to stdout", error);
    failure.quiet = error.kind() == std::io::ErrorKind::BrokenPipe;
    failure
}

/// Columns and rows of the terminal that results go to; none where they go to no terminal.
fn terminal_size() -> Option<(usize, usize)> {
    size_of(&std::io::stdout())
}

/// As [`Ui::width`], before the options are known.
pub(crate) fn results_width() -> Option<usize> {
    wanted_width().or_else(|| terminal_size().map(|(columns, _)| columns))
}

/// How many columns notes and errors may take: as [`Ui::width`], of the terminal that they go to.
fn notes_width() -> Option<usize> {
    wanted_width().or_else(|| size_of(&std::io::stderr()).map(|(columns, _)| columns))
}

/// The columns that somebody sets.
fn wanted_width() -> Option<usize> {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|columns| *columns > 0)
}

fn size_of(terminal: &impl std::os::fd::AsFd) -> Option<(usize, usize)> {
    let size = rustix::termios::tcgetwinsize(terminal).ok()?;
    Some((usize::from(size.ws_col), usize::from(size.ws_row))).filter(|(columns, rows)| *columns > 0 && *rows > 0)
}
