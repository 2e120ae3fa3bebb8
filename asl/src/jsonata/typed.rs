//! Results of the type that a field needs.

use serde_json::Value;

use super::{Bindings, EvaluationFailure, Expression};

/// What JSON calls the type of a value.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Expression {
    /// A text, for fields such as `Error` and `Cause`.
    pub(crate) fn string(&self, field: &str, bindings: &dyn Bindings) -> Result<String, EvaluationFailure> {
        match self.value(field, bindings)? {
            Value::String(text) => Ok(text),
            other => Err(self.mistyped(field, "string", &other)),
        }
    }

    /// A truth, for a Choice rule's `Condition`.
    pub(crate) fn boolean(&self, field: &str, bindings: &dyn Bindings) -> Result<bool, EvaluationFailure> {
        match self.value(field, bindings)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(self.mistyped(field, "boolean", &other)),
        }
    }

    /// Items, for a Map.
    pub(crate) fn array(&self, field: &str, bindings: &dyn Bindings) -> Result<Vec<Value>, EvaluationFailure> {
        match self.value(field, bindings)? {
            Value::Array(items) => Ok(items),
            other => Err(self.mistyped(field, "array", &other)),
        }
    }

    /// A number, for tolerances in percent.
    pub(crate) fn number(&self, field: &str, bindings: &dyn Bindings) -> Result<f64, EvaluationFailure> {
        let value = self.value(field, bindings)?;
        value.as_f64().ok_or_else(|| self.mistyped(field, "number", &value))
    }

    /// An instant, for `Timestamp`. The text for a string that is none is not recorded from AWS.
    pub(crate) fn timestamp(&self, field: &str, bindings: &dyn Bindings) -> Result<jiff::Timestamp, EvaluationFailure> {
        let text = self.string(field, bindings)?;
        crate::rfc3339::parse(&text).ok_or_else(|| self.mistyped(field, "timestamp", &Value::String(text)))
    }

    fn mistyped(&self, field: &str, expected: &str, value: &Value) -> EvaluationFailure {
        let actual = type_of(value);
        let what =
            format!("returned an unexpected result type. Expected '{expected}', but was '{actual}' for value: {value}");
        self.failed(field, &what)
    }
}
