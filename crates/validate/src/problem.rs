//! One thing that is wrong with a definition, wherever it was found.

use std::ops::Range;

use crate::rules;
use crate::severity::Severity;
use model::call::{Call, CallKind};
use model::document::Repeated;
use model::pseudo::UnknownParameter;
use model::source::{Position, Source};

/// Something that is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Which rule it breaks; stable.
    pub code: &'static str,
    /// Where in the definition, as AWS writes it: `/States/A/Next`.
    pub location: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// The bytes of the source that it is about.
    pub span: Range<usize>,
}

/// A problem with where it begins and ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The problem.
    pub problem: Problem,
    /// Its first character.
    pub start: Position,
    /// After the last character.
    pub end: Position,
}

/// A source and what is wrong with it, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The text.
    pub source: Source,
    /// What is wrong with it.
    pub problems: Vec<Placed>,
}

impl Checked {
    /// A source with its problems in whatever order they were found.
    pub(super) fn new(source: Source, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| (problem.span.start, problem.span.end, problem.severity));
        problems.dedup();
        let mut at = Cursor { text: &source.text, offset: 0, position: Position { line: 1, column: 1 } };
        let placed = problems.into_iter().map(|problem| {
            at = at.moved_to(problem.span.start);
            let start = at.position;
            let end = at.moved_to(problem.span.end).position;
            Placed { problem, start, end }
        });
        let problems = placed.collect();
        Self { source, problems }
    }
}

/// A place in a text that moves forward, so that many places cost one walk.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    text: &'a str,
    offset: usize,
    position: Position,
}

impl Cursor<'_> {
    fn moved_to(mut self, offset: usize) -> Self {
        let mut offset = offset.clamp(self.offset, self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let passed = &self.text[self.offset..offset];
        let last_line = passed.rsplit('\n').next().unwrap_or_default();
        let lines = passed.matches('\n').count();
        let before = if lines == 0 { self.position.column } else { 1 };
        self.position = Position { line: self.position.line + lines, column: before + last_line.chars().count() };
        self.offset = offset;
        self
    }
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

pub(super) fn of_repeated(repeated: &Repeated) -> Problem {
    let place = match &repeated.within {
        Some(within) => format!("\"{within}\""),
        None => "the definition".to_owned(),
    };
    Problem {
        severity: Severity::Warning,
        code: rules::REPEATED_KEY,
        location: None,
        message: format!("In {place} there was a \"{}\" already; only the last one counts.", repeated.key),
        fix: "Give one of them another name, or delete it.".to_owned(),
        span: repeated.span.clone(),
    }
}

pub(super) fn of_unknown(unknown: UnknownParameter) -> Problem {
    Problem {
        severity: Severity::Error,
        code: rules::UNKNOWN_PSEUDO_PARAMETER,
        location: None,
        message: unknown.message,
        fix: unknown.hint,
        span: unknown.span,
    }
}

/// A task that AWS does and the embedded cloud does not.
pub(super) fn of_unserved(call: &Call, resource: &str) -> Problem {
    let what = match call.kind {
        CallKind::Reader => "reads its items with",
        CallKind::Writer => "writes its results with",
        CallKind::Task | CallKind::Children => "calls",
    };
    Problem {
        severity: Severity::Note,
        code: rules::NOT_ON_EMBEDDED_CLOUD,
        location: None,
        message: format!(
            "\"{}\" {what} {resource}, which the embedded cloud does not serve: there the execution ends with \
             States.Runtime, which no Catch takes.",
            call.state
        ),
        fix: "Nothing is wrong with it on AWS. With --local, let a function do this task.".to_owned(),
        span: call.span.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_source() {
        let source = Source::new("a", "{\n \"é\": 1,\r\n\"日\": {}}\n");
        let spans = (0..source.text.len()).flat_map(|start| [start..start, start..source.text.len() + 5]);
        let problems = spans.map(|span| Problem {
            severity: Severity::Error,
            code: "x",
            location: None,
            message: String::new(),
            fix: String::new(),
            span,
        });
        let checked = Checked::new(source.clone(), problems.rev().collect());
        for placed in checked.problems {
            assert_eq!(placed.start, source.position(placed.problem.span.start));
            assert_eq!(placed.end, source.position(placed.problem.span.end));
        }
    }
}
