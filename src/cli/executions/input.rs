//! The input of an execution or a function, from wherever it comes: JSON on the command line, a file, stdin.

use std::io::Read;
use std::path::Path;

use crate::cli::error::{CliError, ErrorKind};

/// A text, and how messages name where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) text: String,
    pub(super) from: String,
}

/// The text that `--data` means: `@FILE` is a file's, `-` what comes in on stdin, anything else the text itself.
///
/// # Errors
/// The file or stdin can't be read.
pub(super) async fn of_data(data: &str) -> Result<Input, CliError> {
    match data.strip_prefix('@') {
        _ if data == "-" => stdin().await,
        Some(file) => of_file(Path::new(file)),
        None => Ok(Input { text: data.to_owned(), from: "The input".to_owned() }),
    }
}

/// A file's text.
///
/// # Errors
/// It can't be read, or is no text.
pub(super) fn of_file(file: &Path) -> Result<Input, CliError> {
    let from = file.display().to_string();
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Input { text, from }),
        Err(error) => Err(CliError::io(&format!("{from} can't be read"), &error)),
    }
}

/// What comes in on stdin until its end.
///
/// # Errors
/// It can't be read, or is no text.
pub(super) async fn stdin() -> Result<Input, CliError> {
    let read = tokio::task::spawn_blocking(|| {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    });
    match read.await {
        Ok(Ok(text)) => Ok(Input { text, from: "What came in on stdin".to_owned() }),
        Ok(Err(error)) => Err(CliError::io("The input can't be read from stdin", &error)),
        Err(_) => Err(CliError::new(ErrorKind::Failed, "The input can't be read from stdin.")),
    }
}

impl Input {
    /// The text as JSON; nothing is `{}`.
    ///
    /// # Errors
    /// It is no JSON: the sentence has line and column.
    pub(super) fn json(self) -> Result<String, CliError> {
        if self.text.trim().is_empty() {
            return Ok("{}".to_owned());
        }
        match serde_json::from_str::<serde::de::IgnoredAny>(&self.text) {
            Ok(_) => Ok(self.text),
            Err(error) => {
                let place = format!("line {}, column {}", error.line(), error.column());
                Err(CliError::new(ErrorKind::Usage, format!("{} is not valid JSON: {place}.", self.from))
                    .because(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(text: &str) -> Input {
        Input { text: text.to_owned(), from: "event.json".to_owned() }
    }

    #[test]
    fn json_stays_as_it_is_written_and_nothing_is_an_empty_object() {
        assert_eq!(input(" \n").json().unwrap(), "{}");
        assert_eq!(input(" {\"a\": 1.0}\n").json().unwrap(), " {\"a\": 1.0}\n");
        assert_eq!(input("3").json().unwrap(), "3");
    }

    #[test]
    fn what_is_no_json_is_told_with_line_and_column() {
        let refused = input("{\n  \"a\": 1,\n}").json().unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Usage);
        insta::assert_snapshot!(refused.message, @"event.json is not valid JSON: line 3, column 1.");
        insta::assert_snapshot!(refused.cause.unwrap(), @"key must be a string at line 3 column 1");
    }
}
