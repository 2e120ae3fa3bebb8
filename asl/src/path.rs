//! JSONPath as AWS speaks it: paths read parts of a payload or of the Context Object.

mod evaluate;
mod filter;
mod parse;
mod reference;

use serde_json::Value;

pub(crate) use evaluate::PathNotFound;
pub(crate) use parse::{Cursor, PathSyntax};
pub(crate) use reference::ReferencePath;

/// A parsed path, `$.a[0]` on the payload or `$$.Execution.Id` on the Context Object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    text: String,
    root: Root,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    Payload,
    Context,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Member(String),
    Members(Vec<String>),
    Index(i64),
    Indices(Vec<i64>),
    Slice {
        from: Option<i64>,
        to: Option<i64>,
    },
    Wildcard,
    /// Everything below, this value included; the next step picks from it.
    Descend,
    Filter(filter::Condition),
}

/// What paths read from: the payload, and the Context Object, which is only built when a path asks for it.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) payload: &'a Value,
    pub(crate) context: &'a dyn Context,
}

/// The source of the Context Object.
pub(crate) trait Context {
    fn object(&self) -> &Value;

    /// The next of the execution's random numbers.
    fn random(&self) -> u64;
}

impl Path {
    /// `$`, the whole payload.
    pub(crate) fn whole() -> Self {
        Self { text: "$".into(), root: Root::Payload, steps: Vec::new() }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_whole_payload(&self) -> bool {
        self.root == Root::Payload && self.steps.is_empty()
    }

    /// Whether the path names one place; one that may match several gives an array, and an empty one for no match.
    pub(crate) fn is_definite(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Member(_) | Step::Index(_)))
    }

    /// The value that the path starts at.
    pub(crate) fn root_value<'a>(&self, scope: Scope<'a>) -> &'a Value {
        match self.root {
            Root::Payload => scope.payload,
            Root::Context => scope.context.object(),
        }
    }

    /// Reads the path.
    ///
    /// # Errors
    /// When a definite path leads nowhere.
    pub(crate) fn read(&self, scope: Scope<'_>) -> Result<Value, PathNotFound> {
        evaluate::read(self, self.root_value(scope))
    }
}
