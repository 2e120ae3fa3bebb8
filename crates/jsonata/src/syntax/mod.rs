//! From the text of an expression to the tree that is evaluated, and what can be wrong with the text.

pub(crate) mod ast;
mod lexer;
pub(crate) mod parser;
pub(crate) mod resolve;
pub(crate) mod signature;

use std::fmt;

/// A syntax error in JSONata's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    code: &'static str,
    message: String,
    at: usize,
}

impl SyntaxError {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, at: usize) -> Self {
        Self { code, message: message.into(), at }
    }

    /// JSONata's code of the error, such as `S0201`.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence without its code, the form in which `CreateStateMachine` reports it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where the parser noticed it, in bytes from the beginning of the expression.
    pub fn at(&self) -> usize {
        self.at
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for SyntaxError {}

/// A text in JSON's quotes, as JSONata's messages show what they talk about.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
