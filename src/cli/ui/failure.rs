//! Prints a command's failure.

use std::io::Write;
use std::process::ExitCode;

use anstream::AutoStream;

use super::Ui;
use super::text::{Tone, printable, toned, visible, wrapped};
use crate::cli::error::{CliError, ErrorKind};

impl Ui {
    /// Prints a failure and gives its exit code.
    pub(crate) fn fail(&self, error: &CliError) -> ExitCode {
        let code = ExitCode::from(error.kind as u8);
        match error.kind {
            ErrorKind::Interrupted if error.hint.is_none() => return code,
            _ if error.quiet => return ExitCode::SUCCESS,
            _ if error.message.is_empty() => return code,
            _ => {}
        }
        let detail = error.more.detail.as_ref().filter(|_| self.verbose);
        let mut err = AutoStream::new(std::io::stderr(), self.color);
        if self.json {
            let mut object = serde_json::json!({"error": {
                "kind": error.kind.name(), "message": error.message, "cause": error.cause.as_ref().or(detail),
                "hint": error.hint,
            }});
            if !error.more.others.is_empty() {
                let other = |other: &CliError| serde_json::json!({"message": other.message, "hint": other.hint});
                object["error"]["others"] = error.more.others.iter().map(other).collect();
            }
            // A stderr that takes no more leaves nobody to tell.
            let _ = super::json::line(&mut err, &object);
            return code;
        }
        // The first line stands behind a word, and what goes on below to the right of where that begins.
        let shown = |word: &str, text: &str| {
            let room = super::notes_width().map(|room| room.saturating_sub(word.len()));
            wrapped(&visible(text), room).replace('\n', "\n    ")
        };
        let _ = writeln!(err, "{} {}", toned(Tone::Bad, "error:"), shown("error: ", &error.message));
        if let Some(excerpt) = &error.more.excerpt {
            let _ = writeln!(err, "{}", printable(excerpt));
        }
        for cause in error.cause.iter().chain(detail) {
            let _ = writeln!(err, "  {} {}", toned(Tone::Faint, "cause:"), shown("  cause: ", cause));
        }
        if let Some(hint) = &error.hint {
            let _ = writeln!(err, "  {} {}", toned(Tone::Good, "try:"), shown("  try: ", hint));
        }
        for other in &error.more.others {
            self.fail(other);
        }
        code
    }
}

/// A panic is a bug, and its message may hold somebody else's text: it is printed as everything else is.
pub(crate) fn tame_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("unnamed").to_owned();
        let _ = writeln!(std::io::stderr(), "{}", printable(&format!("thread '{name}' {panic}")));
    }));
}
