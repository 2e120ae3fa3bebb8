//! Templates: JSON in which strings such as `{% $states.input.x %}` are expressions.

use serde_json::{Map, Value};

use super::text::NoJson;
use super::{Bindings, Expression};
use crate::definition::{FindingKind, Findings};
use crate::document::least_size_bytes;
use crate::template::Place;

/// What a filled template may come to, whatever it is used for: far more than a payload, and bounded.
const MAX_FILLED_BYTES: usize = 16 * 1024 * 1024;

/// A JSON value in which strings such as `{% $x %}` are expressions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Template {
    Literal(Value),
    Object(Vec<(String, Template)>),
    Array(Vec<Template>),
    Expression(Expression),
}

/// Why a template or a field could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EvaluationFailure {
    /// AWS's text, without the sentence before it that names the state.
    pub(crate) cause: String,
    /// The field, as in the event: `Output/result`, `Arguments/list[0]`.
    pub(crate) location: String,
}

impl Template {
    /// Reads a template; what is wrong with its expressions goes to `findings`.
    pub(crate) fn parse(value: &Value, location: &str, findings: &mut Findings) -> Self {
        Self::read(value, &Place::Field(location), findings)
    }

    fn read(value: &Value, place: &Place<'_>, findings: &mut Findings) -> Self {
        match value {
            Value::String(text) => match within_marks(text) {
                Some(expression) => Self::expression(expression, text, place, findings),
                None => Self::Literal(value.clone()),
            },
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| {
                    (name.clone(), Self::read(value, &Place::Member(place, name), findings))
                };
                let members: Vec<_> = members.iter().map(member).collect();
                if members.iter().all(|(_, member)| matches!(member, Self::Literal(_))) {
                    return Self::Literal(value.clone());
                }
                Self::Object(members)
            }
            Value::Array(items) => {
                let item = |(i, item): (usize, &Value)| Self::read(item, &Place::Item(place, i), findings);
                let items: Vec<_> = items.iter().enumerate().map(item).collect();
                if items.iter().all(|item| matches!(item, Self::Literal(_))) {
                    return Self::Literal(value.clone());
                }
                Self::Array(items)
            }
            literal => Self::Literal(literal.clone()),
        }
    }

    /// `written` is the text with the marks around it.
    fn expression(text: &str, written: &str, place: &Place<'_>, findings: &mut Findings) -> Self {
        let expression = match Expression::parse(text) {
            Ok(expression) => expression,
            Err(syntax) => {
                let offset = start(written) + syntax.at();
                findings.add_within(FindingKind::InvalidJsonataExpression, place, offset, syntax.message());
                return Self::Literal(Value::Null);
            }
        };
        for name in expression.reads().top_level() {
            let level = if name.starts_with('$') { "" } else { " at the top level" };
            let message = format!("Reference to '{name}'{level} is not supported.");
            findings.add_at(FindingKind::UnsupportedJsonataExpression, place, message);
        }
        Self::Expression(expression)
    }

    /// Fills the template in. `field` is the state's field, such as `Output`.
    ///
    /// # Errors
    /// When an expression fails or gives nothing.
    pub(crate) fn fill(&self, field: &str, bindings: &dyn Bindings) -> Result<Value, EvaluationFailure> {
        let mut left = MAX_FILLED_BYTES;
        self.fill_within(&Place::Field(field), bindings, &mut left)
    }

    fn fill_within(
        &self,
        at: &Place<'_>,
        bindings: &dyn Bindings,
        left: &mut usize,
    ) -> Result<Value, EvaluationFailure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Array(items) => {
                let item = |(i, item): (usize, &Self)| item.fill_within(&Place::Item(at, i), bindings, left);
                items.iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::Array)
            }
            Self::Object(members) => {
                let mut object = Map::with_capacity(members.len());
                for (name, member) in members {
                    object.insert(name.clone(), member.fill_within(&Place::Member(at, name), bindings, left)?);
                }
                Ok(Value::Object(object))
            }
            Self::Expression(expression) => {
                let value = expression.value_at(at, bindings)?;
                match left.checked_sub(least_size_bytes(&value)) {
                    Some(rest) => *left = rest,
                    None => {
                        let bound = super::failure::Failure::bound(super::failure::Bound::Memory);
                        return Err(expression.threw(&at.to_string(), &bound));
                    }
                }
                Ok(value)
            }
        }
    }
}

/// The text between the marks, which must be the very start and end.
pub(super) fn within_marks(text: &str) -> Option<&str> {
    text.strip_prefix("{%")?.strip_suffix("%}").map(str::trim)
}

/// Where the text between the marks begins, in bytes.
fn start(written: &str) -> usize {
    written.len() - written.strip_prefix("{%").unwrap_or(written).trim_start().len()
}

impl Expression {
    /// The value for a field.
    ///
    /// # Errors
    /// AWS's text, when evaluation fails or gives nothing.
    pub(crate) fn value(&self, field: &str, bindings: &dyn Bindings) -> Result<Value, EvaluationFailure> {
        self.value_at(&Place::Field(field), bindings)
    }

    fn value_at(&self, at: &Place<'_>, bindings: &dyn Bindings) -> Result<Value, EvaluationFailure> {
        match self.evaluate_over(None, bindings) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(self.failed(&at.to_string(), "returned nothing (undefined).")),
            Err(NoJson::Failure(failure)) => Err(self.threw(&at.to_string(), &failure)),
            // Not recorded from AWS.
            Err(NoJson::Function) => {
                let what = "returned an unexpected result type: a function can't be represented as JSON.";
                Err(self.failed(&at.to_string(), what))
            }
        }
    }

    fn threw(&self, field: &str, failure: &super::failure::Failure) -> EvaluationFailure {
        self.failed(field, &format!("threw an error during evaluation{}", failure.after_sentence()))
    }

    /// AWS's sentence about an expression.
    pub(super) fn failed(&self, field: &str, what: &str) -> EvaluationFailure {
        EvaluationFailure {
            cause: format!("The JSONata expression '{}' specified for the field '{field}' {what}", self.text()),
            location: field.to_owned(),
        }
    }
}
