//! A project file that is wrong.

use std::ops::Range;

use model::source::{ModelError, Nearby, Position, Source};
use validate::excerpt::excerpt;

use super::{CliError, ErrorKind};
use crate::cli::ui::{Tone, toned};

impl From<ModelError> for CliError {
    fn from(error: ModelError) -> Self {
        let mut failure = Self::new(ErrorKind::Project, error.to_string());
        failure.more.excerpt = error.position.zip(error.nearby).map(|(position, nearby)| marked(position, *nearby));
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
}

impl From<Vec<ModelError>> for CliError {
    fn from(errors: Vec<ModelError>) -> Self {
        let mut failures = errors.into_iter().map(Self::from);
        let mut first = failures.next().unwrap_or_else(|| Self::new(ErrorKind::Project, "The service file is wrong."));
        first.more.others = failures.collect();
        first
    }
}

/// The line of a place, with carets under what stands there.
fn marked(position: Position, nearby: Nearby) -> String {
    let Nearby { text, span } = nearby;
    let span = if span.is_empty() { word(&text, span.start) } else { span };
    let excerpt = excerpt(&Source::new("", text), &span);
    let gutter = position.line.to_string();
    let margin = " ".repeat(gutter.len());
    let bar = toned(Tone::Faint, "|");
    let carets = toned(Tone::Bad, "^".repeat(excerpt.marked));
    let indent = " ".repeat(excerpt.indent);
    format!(" {} {bar} {}\n {margin} {bar} {indent}{carets}", toned(Tone::Faint, gutter), excerpt.line)
}

/// The text in quotes, the name in brackets or the bare word that begins at an offset.
fn word(text: &str, start: usize) -> Range<usize> {
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
        let at = |start: &str| &text[word(text, text.find(start).unwrap())];
        assert_eq!(at("memroy"), "memroy");
        assert_eq!(at("\"a b"), "\"a b\"");
        assert_eq!(at("[fun"), "[functions.f]");
        assert_eq!(at("last"), "last");
        assert_eq!(word(text, text.len()), text.len()..text.len());
    }
}
