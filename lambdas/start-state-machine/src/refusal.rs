//! An answer that says no: a status, a code that programs can rely on, and a sentence for people.

use serde_json::{Value, json};

/// Why a request was not carried out. `code` is stable; `message` may be reworded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// The HTTP status: 400 for the caller's mistake, 409 for a taken name, 5xx for ours.
    pub(crate) status: u16,
    /// The stable code, e.g. `missing_key`.
    pub(crate) code: &'static str,
    /// A full sentence: what is wrong and what to send instead.
    pub(crate) message: String,
    /// What is known about the execution that is in the way, for a 409.
    pub(crate) execution: Option<Value>,
}

impl Refusal {
    /// A mistake in the request.
    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    /// Any refusal that carries nothing but its sentence.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), execution: None }
    }

    /// The body to answer with.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "error": self.code, "message": self.message });
        if let Some(execution) = &self.execution {
            body["execution"] = execution.clone();
        }
        body
    }
}
