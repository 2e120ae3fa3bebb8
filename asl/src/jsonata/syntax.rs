//! What is wrong with the text of an expression.

use std::fmt;

/// A syntax error in JSONata's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    code: &'static str,
    message: String,
    at: usize,
}

impl Syntax {
    pub(super) fn new(code: &'static str, message: impl Into<String>, at: usize) -> Self {
        Self { code, message: message.into(), at }
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence without its code, the form in which `CreateStateMachine` reports it.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Where the parser noticed, in bytes from the beginning of the expression.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// A text in JSON's quotes, as JSONata's messages show what they talk about.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
