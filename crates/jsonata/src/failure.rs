//! Why an evaluation has no result.

use std::fmt;

use crate::syntax::quoted;
use crate::text::NotJson;

/// What evaluation gives.
pub(super) type Evaluated<T> = Result<T, Failure>;

/// An error of an evaluation. Boxed: it is rare, and results are moved often.
#[derive(Clone, Debug)]
pub(super) struct Failure(Box<Error>);

#[derive(Clone, Debug)]
struct Error {
    /// `None`: a bound that was passed. JSONata has no code for these, nor has AWS.
    code: Option<&'static str>,
    message: String,
    /// What follows the name of the function, while nobody has said which one it is.
    after_name: Option<String>,
}

/// The bounds, in AWS's words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bound {
    Depth,
    Steps,
    Memory,
}

impl Failure {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Error { code: Some(code), message: message.into(), after_name: None }))
    }

    /// An error whose text names the function that was called, which only its caller knows.
    pub(super) fn of_function(code: &'static str, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self(Box::new(Error { code: Some(code), message: before.into(), after_name: Some(after.into()) }))
    }

    pub(super) fn bound(bound: Bound) -> Self {
        let message = match bound {
            Bound::Depth => {
                "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive"
            }
            Bound::Steps => "Expression evaluation timeout: Check for infinite loop",
            Bound::Memory => "Expression evaluation memory limit exceeded: Check for excessive memory usage",
        };
        Self(Box::new(Error { code: None, message: message.to_owned(), after_name: None }))
    }

    /// The name that the function was called by. The innermost caller's word counts.
    pub(super) fn named(mut self, name: Option<&str>) -> Self {
        if let Some(name) = name
            && let Some(after) = self.0.after_name.take()
        {
            self.0.message.push_str(&quoted(name));
            self.0.message.push_str(&after);
        }
        self
    }

    /// JSONata's code of the error; `None` for a bound that was passed.
    pub(super) fn code(&self) -> Option<&'static str> {
        self.0.code
    }

    /// The error as the continuation of AWS's sentence: a coded error is a sentence of its own, a bound follows a colon.
    pub(super) fn after_sentence(&self) -> String {
        let separator = if self.0.code.is_some() { "." } else { ":" };
        format!("{separator} {self}")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.0.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.0.message)?;
        match &self.0.after_name {
            Some(after) => write!(f, "undefined{after}"),
            None => Ok(()),
        }
    }
}

/// Why an evaluation has no result that is JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvaluationError {
    code: Option<&'static str>,
    message: String,
}

impl EvaluationError {
    /// JSONata's code of the error, such as `T1006`; `None` when a bound was passed or the result is a function.
    pub fn code(&self) -> Option<&'static str> {
        self.code
    }
}

impl From<NotJson> for EvaluationError {
    fn from(problem: NotJson) -> Self {
        match problem {
            NotJson::Failure(failure) => Self { code: failure.code(), message: failure.to_string() },
            NotJson::Function => Self { code: None, message: "The result is or contains a function".to_owned() },
        }
    }
}
