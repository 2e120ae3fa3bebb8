//! What is wrong with the text of an expression.

use std::fmt;

/// A syntax error in JSONata's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    code: &'static str,
    message: String,
    position: usize,
}

impl Syntax {
    /// `at` is an offset in bytes; what is reported counts UTF-16 units, as JSONata does.
    pub(super) fn new(code: &'static str, message: impl Into<String>, text: &str, at: usize) -> Self {
        let before = text.get(..at).unwrap_or(text);
        Self { code, message: message.into(), position: before.encode_utf16().count() }
    }

    pub(super) fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence without its code, the form in which `CreateStateMachine` reports it.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Where the parser noticed, in UTF-16 units from the beginning of the expression.
    #[cfg(test)]
    pub(crate) fn position(&self) -> usize {
        self.position
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
