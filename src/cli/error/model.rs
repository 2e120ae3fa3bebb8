//! A project file that is wrong.

use std::ops::Range;

use model::source::{ModelError, Position, Source};
use validate::excerpt::excerpt;

use super::{CliError, ErrorKind};
use crate::cli::ui::{Tone, toned};

impl From<ModelError> for CliError {
    fn from(error: ModelError) -> Self {
        let mut failure = Self::new(ErrorKind::Project, error.to_string());
        failure.hint = error.hint;
        failure
    }
}

impl CliError {
    /// A command that is about a project, where there is none. `why` says what the lesson does not do for it.
    pub(crate) fn no_project(why: &str) -> Self {
        Self::new(ErrorKind::Project, format!("There is no project here, {why}."))
            .try_this("Run the command in the project's folder, or name its service file with `--config FILE`.")
    }

    /// Everything that is wrong with a file, each with its line and a caret under the place.
    pub(crate) fn in_source(errors: Vec<ModelError>, source: &Source) -> Self {
        let failure = |error: ModelError| {
            let position = error.position.filter(|_| error.file == source.file);
            let mut failure = Self::from(error);
            failure.more.excerpt = position.map(|position| marked(source, position));
            failure
        };
        together(errors.into_iter().map(failure))
    }
}

impl From<Vec<ModelError>> for CliError {
    fn from(errors: Vec<ModelError>) -> Self {
        together(errors.into_iter().map(Self::from))
    }
}

/// Several failures as one.
fn together(mut failures: impl Iterator<Item = CliError>) -> CliError {
    let mut first = failures.next().unwrap_or_else(|| CliError::new(ErrorKind::Project, "The service file is wrong."));
    first.more.others = failures.collect();
    first
}

/// The line of a place, with carets under what stands there.
fn marked(source: &Source, position: Position) -> String {
    let excerpt = excerpt(source, &span(&source.text, source.offset(position)));
    let gutter = position.line.to_string();
    let margin = " ".repeat(gutter.len());
    let bar = toned(Tone::Faint, "|");
    let carets = toned(Tone::Bad, "^".repeat(excerpt.marked));
    let indent = " ".repeat(excerpt.indent);
    format!(" {} {bar} {}\n {margin} {bar} {indent}{carets}", toned(Tone::Faint, gutter), excerpt.line)
}

/// The text in quotes, the name in brackets or the bare word that begins at an offset.
fn span(text: &str, start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    let line = rest.lines().next().unwrap_or_default();
    let closing = |close: char| line.char_indices().skip(1).find(|(_, c)| *c == close).map(|(at, c)| at + c.len_utf8());
    let length = match line.chars().next() {
        Some(quote @ ('"' | '\'')) => closing(quote),
        Some('[') => closing(']'),
        Some('{') => closing('}'),
        _ => line.find(|c: char| c.is_whitespace() || "=,]}#:".contains(c)),
    };
    start..start + length.unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_a_place_is_marked() {
        let text = "memroy = 1\nkind = \"a b\" # x\n[functions.f]\nlast";
        let at = |start: &str| &text[span(text, text.find(start).unwrap())];
        assert_eq!(at("memroy"), "memroy");
        assert_eq!(at("\"a b"), "\"a b\"");
        assert_eq!(at("[fun"), "[functions.f]");
        assert_eq!(at("last"), "last");
        assert_eq!(span(text, text.len()), text.len()..text.len());
    }
}
