//! Results of the type that a field needs.

use serde_json::Value;

use crate::bindings::Bindings;
use crate::expression::Expression;
use crate::template::FieldError;

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
    /// Evaluates to a text, for fields such as `Error` and `Cause`.
    ///
    /// # Errors
    /// When evaluation fails, or gives nothing or a value of another type.
    pub fn string(&self, field: &str, bindings: &dyn Bindings) -> Result<String, FieldError> {
        match self.value(field, bindings)? {
            Value::String(text) => Ok(text),
            other => Err(self.unexpected_type(field, "string", &other)),
        }
    }

    /// Evaluates to a boolean, for a Choice rule's `Condition`.
    ///
    /// # Errors
    /// Like [`Expression::string`].
    pub fn boolean(&self, field: &str, bindings: &dyn Bindings) -> Result<bool, FieldError> {
        match self.value(field, bindings)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(self.unexpected_type(field, "boolean", &other)),
        }
    }

    /// Evaluates to an array, for the items of a Map.
    ///
    /// # Errors
    /// Like [`Expression::string`].
    pub fn array(&self, field: &str, bindings: &dyn Bindings) -> Result<Vec<Value>, FieldError> {
        match self.value(field, bindings)? {
            Value::Array(items) => Ok(items),
            other => Err(self.unexpected_type(field, "array", &other)),
        }
    }

    /// Evaluates to a number, for tolerances in percent.
    ///
    /// # Errors
    /// Like [`Expression::string`].
    pub fn number(&self, field: &str, bindings: &dyn Bindings) -> Result<f64, FieldError> {
        let value = self.value(field, bindings)?;
        value.as_f64().ok_or_else(|| self.unexpected_type(field, "number", &value))
    }

    /// The error for a value that is not of the type that a field needs, in AWS's words. `expected` is the type's name.
    pub fn unexpected_type(&self, field: &str, expected: &str, value: &Value) -> FieldError {
        let actual = type_of(value);
        let what =
            format!("returned an unexpected result type. Expected '{expected}', but was '{actual}' for value: {value}");
        self.failed(field, &what)
    }
}
