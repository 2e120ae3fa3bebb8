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
    kind: Kind,
    message: String,
    /// What follows the name of the function, while nobody has said which one it is.
    after_name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An error with JSONata's code.
    Coded(&'static str),
    /// A bound that was passed. JSONata has no code for these, nor has AWS.
    Bound,
    /// What AWS calls an internal error, and gives an id instead of a text.
    Internal,
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
        Self(Box::new(Error { kind: Kind::Coded(code), message: message.into(), after_name: None }))
    }

    /// An error whose text names the function that was called, which only its caller knows.
    pub(super) fn of_function(code: &'static str, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self(Box::new(Error { kind: Kind::Coded(code), message: before.into(), after_name: Some(after.into()) }))
    }

    /// An error that AWS does not explain.
    pub(super) fn internal(id: impl Into<String>) -> Self {
        Self(Box::new(Error { kind: Kind::Internal, message: id.into(), after_name: None }))
    }

    pub(super) fn bound(bound: Bound) -> Self {
        let message = match bound {
            Bound::Depth => {
                "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive"
            }
            Bound::Steps => "Expression evaluation timeout: Check for infinite loop",
            Bound::Memory => "Expression evaluation memory limit exceeded: Check for excessive memory usage",
        };
        Self(Box::new(Error { kind: Kind::Bound, message: message.to_owned(), after_name: None }))
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

    /// JSONata's code of the error, if it has one.
    pub(super) fn code(&self) -> Option<&'static str> {
        match self.0.kind {
            Kind::Coded(code) => Some(code),
            Kind::Bound | Kind::Internal => None,
        }
    }

    /// The end of AWS's sentence about an expression: a coded error is a sentence of its own, a bound follows a colon, and of an
    /// internal error the id is told.
    pub(super) fn end_of_sentence(&self) -> String {
        match self.0.kind {
            Kind::Coded(_) => format!("threw an error during evaluation. {self}"),
            Kind::Bound => format!("threw an error during evaluation: {self}"),
            Kind::Internal => format!("threw an internal error during evaluation. {}", self.0.message),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            Kind::Coded(code) => write!(f, "{code}: ")?,
            Kind::Internal => f.write_str("Internal error ")?,
            Kind::Bound => {}
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
    /// JSONata's code of the error, such as `T1006`; `None` when a bound was passed, for what AWS calls an internal error, or when the
    /// result is a function.
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
