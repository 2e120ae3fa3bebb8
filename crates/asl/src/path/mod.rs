//! JSONPath in AWS's dialect: paths read parts of a payload, of the Context Object or of a variable.
//!
//! Segment Functions reads paths with an early version of the Java library Jayway JsonPath on Jackson's values, and so its
//! dialect is that library's (version 2.0.0: `jayway.txt` has its answers), not RFC 9535's: `['a','b']` merges, a definite path without a value is an error with
//! that library's words, an index beyond an array's end is null, `[-1]` is beyond the end, `[(@.length-1)]` is the last
//! item, `length()` is the name of a member, and a bare word in a filter is a text. `serde_json_path` refuses five of
//! those seven by design and answers an error for a path that it can't read with other words; `jsonpath-rust` follows the
//! RFC too. Neither bounds the work of `$..*..*..*`. What would be left of them is walking a tree, which is the fifty
//! lines of `evaluate`; so this is our own.

mod branches;
mod comparison;
mod evaluate;
mod filter;
#[cfg(test)]
mod jayway;
mod parse;
mod reference;
#[cfg(test)]
pub(crate) mod tests;

use std::borrow::Cow;

use serde_json::Value;

use crate::document::Document;

use evaluate::Gap;
pub(crate) use evaluate::PathNotFound;
pub(crate) use parse::{Cursor, PathSyntax};
pub(crate) use reference::ReferencePath;

/// A parsed path: `$.a[0]` on the payload, `$$.Execution.Id` on the Context Object or `$name.a[0]` on a variable.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    text: String,
    root: Root,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    Payload,
    Context,
    /// A variable, by its name without the `$`.
    Variable(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Member(String),
    /// One object of those members that are there; only at the end of a path.
    Members(Vec<String>),
    /// A negative index is before the start: it does not count from the end.
    Index(i64),
    Indices(Vec<i64>),
    /// `[(@.length-1)]`: so many before the end.
    FromEnd(i64),
    /// Negative bounds count from the end where only one is given.
    Slice {
        from: Option<i64>,
        to: Option<i64>,
    },
    Wildcard,
    /// Everything below, this value included; the next segment picks from it.
    Descend,
    Filter(filter::Condition),
}

/// What paths read from: the payload, and the Context Object, which is only built when a path reads it.
#[derive(Clone, Copy)]
pub(crate) struct PathScope<'a> {
    pub(crate) payload: &'a Value,
    /// The payload as it was written, for the texts of errors.
    pub(crate) document: Option<&'a Document>,
    pub(crate) context: &'a dyn Context,
}

impl<'a> PathScope<'a> {
    /// The payload's text; AWS repeats it as it was written.
    pub(crate) fn payload_text(self) -> Cow<'a, str> {
        match self.document {
            Some(document) => Cow::Borrowed(document.text()),
            None => Cow::Owned(self.payload.to_string()),
        }
    }
}

/// The source of the Context Object, of variables and of random numbers.
pub(crate) trait Context {
    fn object(&self) -> &Value;

    /// The value of a variable that is in scope.
    fn variable(&self, name: &str) -> Option<&Value>;

    /// The next of the execution's random numbers.
    fn random(&self) -> u64;
}

impl Path {
    /// `$`, the whole payload.
    pub(crate) fn whole() -> Self {
        Self { text: "$".into(), root: Root::Payload, segments: Vec::new() }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_whole_payload(&self) -> bool {
        self.root == Root::Payload && self.segments.is_empty()
    }

    /// The name of the variable that the path starts at.
    pub(crate) fn variable(&self) -> Option<&str> {
        match &self.root {
            Root::Variable(name) => Some(name),
            Root::Payload | Root::Context => None,
        }
    }

    /// The value that the path starts at; `None` for a variable that is not in scope.
    pub(crate) fn root_value<'a>(&self, scope: PathScope<'a>) -> Option<&'a Value> {
        match &self.root {
            Root::Payload => Some(scope.payload),
            Root::Context => Some(scope.context.object()),
            Root::Variable(name) => scope.context.variable(name),
        }
    }

    /// The text of what the path starts at, for the text of an error.
    pub(crate) fn root_text<'a>(&self, scope: PathScope<'a>) -> Cow<'a, str> {
        match self.root_value(scope) {
            Some(root) if self.root != Root::Payload => Cow::Owned(root.to_string()),
            _ => scope.payload_text(),
        }
    }

    /// Whether it starts at a payload of null, in which AWS looks for nothing.
    pub(crate) fn starts_at_null(&self, scope: PathScope<'_>) -> bool {
        self.root == Root::Payload && scope.payload.is_null()
    }

    /// Reads the path, as `InputPath`, `OutputPath` and payload templates do: an item beyond an array's end is null.
    ///
    /// # Errors
    /// When a definite path has no value, the payload is null, or the path's variable is not in scope.
    pub(crate) fn read<'a>(&'a self, scope: PathScope<'a>) -> Result<Cow<'a, Value>, PathNotFound> {
        if self.starts_at_null(scope) {
            return Err(PathNotFound::without_payload());
        }
        self.read_with(scope, Gap::Null)
    }

    /// Reads the path, as intrinsic functions do: an item beyond an array's end is missing.
    ///
    /// # Errors
    /// When a definite path has no value, or the path's variable is not in scope.
    pub(crate) fn find<'a>(&'a self, scope: PathScope<'a>) -> Result<Cow<'a, Value>, PathNotFound> {
        self.read_with(scope, Gap::Missing)
    }

    fn read_with<'a>(&'a self, scope: PathScope<'a>, gap: Gap) -> Result<Cow<'a, Value>, PathNotFound> {
        match self.root_value(scope) {
            Some(root) => evaluate::read(&self.segments, root, gap),
            None => Err(PathNotFound::variable(self.variable().unwrap_or_default())),
        }
    }
}
