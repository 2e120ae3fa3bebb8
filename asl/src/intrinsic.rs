//! Intrinsic functions: `States.Format('Hello, {}', $.name)` and its kin.

mod arrays;
mod call;
mod parse;
mod strings;

use serde_json::Value;

use crate::path::{Path, PathSyntax, Scope};

/// What a field whose value is computed holds: a path, or a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Path(Path),
    Call { text: String, call: Call },
}

/// A function with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    function: Function,
    arguments: Vec<Argument>,
}

#[derive(Clone, Debug, PartialEq)]
enum Argument {
    Path(Path),
    Call(Call),
    /// A text in quotes, as it was written: what a backslash means depends on the function.
    Text(String),
    Literal(Value),
}

/// The functions that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Format,
    StringToJson,
    JsonToString,
    StringSplit,
    Base64Encode,
    Base64Decode,
    Uuid,
    JsonMerge,
    Array,
    ArrayPartition,
    ArrayContains,
    ArrayRange,
    ArrayGetItem,
    ArrayLength,
    ArrayUnique,
    MathAdd,
    MathRandom,
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExpressionFailure {
    /// A path leads nowhere.
    NotFound,
    /// A function could not do its work: `States.IntrinsicFailure`.
    Intrinsic(String),
}

impl Expression {
    /// Reads a path or a call.
    pub(crate) fn parse(text: &str) -> Result<Self, PathSyntax> {
        if text.starts_with("States.") {
            return Ok(Self::Call { text: text.to_owned(), call: parse::call(text)? });
        }
        Path::parse(text).map(Self::Path)
    }

    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Path(path) => path.text(),
            Self::Call { text, .. } => text,
        }
    }

    /// What the expression reads from, for the text of an error.
    pub(crate) fn root_value<'a>(&self, scope: Scope<'a>) -> &'a Value {
        match self {
            Self::Path(path) => path.root_value(scope),
            Self::Call { .. } => scope.payload,
        }
    }

    pub(crate) fn evaluate(&self, scope: Scope<'_>) -> Result<Value, ExpressionFailure> {
        match self {
            Self::Path(path) => path.read(scope).map_err(|_| ExpressionFailure::NotFound),
            Self::Call { text, call } => call.evaluate(scope).map_err(|problem| {
                ExpressionFailure::Intrinsic(format!("The function '{text}' had the following error: {problem}"))
            }),
        }
    }
}
