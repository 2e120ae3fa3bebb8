//! Intrinsic functions such as `States.Format('Hello, {}', $.name)`.

mod arrays;
mod base64;
mod call;
mod jackson;
mod java;
pub(crate) mod java_double;
mod numbers;
mod parse;
mod strings;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde_json::Value;

use crate::path::{Path, PathScope, PathSyntax};

/// A path or a call of an intrinsic function.
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
    Hash,
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

const NAMES: [(&str, Function); 18] = [
    ("States.Format", Function::Format),
    ("States.StringToJson", Function::StringToJson),
    ("States.JsonToString", Function::JsonToString),
    ("States.StringSplit", Function::StringSplit),
    ("States.Base64Encode", Function::Base64Encode),
    ("States.Base64Decode", Function::Base64Decode),
    ("States.Hash", Function::Hash),
    ("States.UUID", Function::Uuid),
    ("States.JsonMerge", Function::JsonMerge),
    ("States.Array", Function::Array),
    ("States.ArrayPartition", Function::ArrayPartition),
    ("States.ArrayContains", Function::ArrayContains),
    ("States.ArrayRange", Function::ArrayRange),
    ("States.ArrayGetItem", Function::ArrayGetItem),
    ("States.ArrayLength", Function::ArrayLength),
    ("States.ArrayUnique", Function::ArrayUnique),
    ("States.MathAdd", Function::MathAdd),
    ("States.MathRandom", Function::MathRandom),
];

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ExpressionFailure {
    /// A path has no value.
    NotFound,
    /// There is nothing that a path could be read from; the text is AWS's.
    Unreadable(String),
    /// A function could not do its work; the text is AWS's. AWS documents `States.IntrinsicFailure` for this, and
    /// answers `States.Runtime` (observed on AWS for every function).
    Intrinsic(String),
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    fn name(self) -> &'static str {
        NAMES.iter().find(|(_, function)| *function == self).map_or("", |(name, _)| *name)
    }
}

impl Call {
    fn variables(&self) -> Vec<&str> {
        let arguments = self.arguments.iter().map(|argument| match argument {
            Argument::Path(path) => path.variable().into_iter().collect(),
            Argument::Call(call) => call.variables(),
            Argument::Text(_) | Argument::Literal(_) => Vec::new(),
        });
        arguments.flatten().collect()
    }
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

    /// The text of what the expression reads from, for the text of an error.
    pub(crate) fn root_text<'a>(&self, scope: PathScope<'a>) -> Cow<'a, str> {
        match self {
            Self::Path(path) => path.root_text(scope),
            Self::Call { .. } => scope.payload_text(),
        }
    }

    /// The names of the variables that it reads, in the order of the text.
    pub(crate) fn variables(&self) -> Vec<&str> {
        match self {
            Self::Path(path) => path.variable().into_iter().collect(),
            Self::Call { call, .. } => call.variables(),
        }
    }

    /// # Errors
    /// When a path has no value or a function refuses its arguments.
    pub(crate) fn evaluate<'a>(&'a self, scope: PathScope<'a>) -> Result<Cow<'a, Value>, ExpressionFailure> {
        match self {
            Self::Path(path) => path.read(scope).map_err(|missing| {
                if missing.is_without_payload {
                    ExpressionFailure::Unreadable(missing.reason)
                } else {
                    ExpressionFailure::NotFound
                }
            }),
            Self::Call { text, call } => call
                .evaluate(scope)
                .map(Cow::Owned)
                .map_err(|problem| ExpressionFailure::Intrinsic(problem.in_expression(text))),
        }
    }
}

/// Whether a text reads like a path or a call, where it will not be one.
pub(crate) fn looks_computed(value: &Value) -> bool {
    let Some(text) = value.as_str() else {
        return false;
    };
    let is_call = text.starts_with("States.") && text.ends_with(')');
    text == "$" || ["$.", "$[", "$$."].iter().any(|start| text.starts_with(start)) || is_call
}
