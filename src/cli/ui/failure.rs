//! Prints a command's failure.

use std::io::Write;
use std::process::ExitCode;

use anstream::AutoStream;

use super::Ui;
use super::text::{Tone, toned, visible};
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
            let object = serde_json::json!({"error": {
                "kind": error.kind.name(), "message": error.message, "cause": error.cause.as_ref().or(detail),
                "hint": error.hint,
            }});
            let _ = writeln!(err, "{object}");
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

/// Prints clap's help, version or complaint. Exit code 2 for a complaint, 0 for what was asked for.
pub(crate) fn print_clap(answer: &clap::Error) -> ExitCode {
    let _ = answer.print();
    ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2))
}
