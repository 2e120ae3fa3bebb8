//! Prints a command's failure.

use std::io::Write;
use std::process::ExitCode;

use anstream::AutoStream;

use super::Ui;
use super::text::{Tone, escaped_json, printable, toned, visible};
use crate::cli::error::{CliError, ErrorKind};

impl Ui {
    /// Prints a failure and gives its exit code.
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
            let mut object = serde_json::json!({"error": {
                "kind": error.kind.name(), "message": error.message, "cause": error.cause.as_ref().or(detail),
                "hint": error.hint,
            }});
            if !error.others.is_empty() {
                let other = |other: &CliError| serde_json::json!({"message": other.message, "hint": other.hint});
                object["error"]["others"] = error.others.iter().map(other).collect();
            }
            let _ = writeln!(err, "{}", escaped_json(&object.to_string()));
            return code;
        }
        let _ = writeln!(err, "{} {}", toned(Tone::Bad, "error:"), visible(&error.message));
        if let Some(excerpt) = &error.excerpt {
            let _ = writeln!(err, "{}", printable(excerpt));
        }
        for cause in error.cause.iter().chain(detail) {
            let _ = writeln!(err, "  {} {}", toned(Tone::Faint, "cause:"), visible(cause));
        }
        if let Some(hint) = &error.hint {
            let _ = writeln!(err, "  {} {}", toned(Tone::Good, "try:"), visible(hint));
        }
        for other in &error.others {
            self.fail(other);
        }
        code
    }
}

/// Prints clap's help, version or complaint. Exit code 2 for a complaint, 0 for what was asked for.
pub(crate) fn print_clap(answer: &clap::Error) -> ExitCode {
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

/// A panic is a bug, and its message may hold somebody else's text: it is printed as everything else is.
pub(crate) fn tame_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("unnamed").to_owned();
        let _ = writeln!(std::io::stderr(), "{}", printable(&format!("thread '{name}' {panic}")));
    }));
}
