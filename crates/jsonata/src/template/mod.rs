//! Templates: JSON in which strings such as `{% $states.input.x %}` are expressions.

mod typed;

use std::fmt;

use serde_json::{Map, Value};

use crate::bindings::Bindings;
use crate::expression::Expression;
use crate::failure::{Bound, Failure};
use crate::size::min_json_size_bytes;
use crate::text::NotJson;

/// What a filled template may come to, whatever it is used for: far more than a payload, and bounded.
const MAX_FILLED_BYTES: usize = 16 * 1024 * 1024;

/// Where a part of a template is written, as AWS writes it: `Output/result`, `Arguments/list[0]`. It becomes a text only when
/// that is needed.
#[derive(Clone, Copy, Debug)]
pub enum TemplatePath<'a> {
    /// The field that has the template.
    Field(&'a str),
    /// A member of an object.
    Member(&'a TemplatePath<'a>, &'a str),
    /// An item of an array.
    Item(&'a TemplatePath<'a>, usize),
}

impl fmt::Display for TemplatePath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(location) => f.write_str(location),
            Self::Member(path, name) => write!(f, "{path}/{name}"),
            Self::Item(path, i) => write!(f, "{path}[{i}]"),
        }
    }
}

/// What is wrong with an expression of a template.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TemplateProblem<'a> {
    /// The sort of problem.
    pub kind: TemplateProblemKind,
    /// Where the text that holds the expression is written.
    pub path: TemplatePath<'a>,
    /// Where in that text, in bytes from its beginning, as far as it is known.
    pub offset: Option<usize>,
    /// What is wrong, in AWS's words.
    pub message: String,
}

/// The sorts of problem that a template can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateProblemKind {
    /// The expression is not well formed.
    InvalidExpression,
    /// The expression reads what is not there: a context value.
    UnsupportedReference,
}

/// Receives each problem in turn.
type Report<'r> = dyn FnMut(TemplateProblem<'_>) + 'r;

/// A JSON value in which strings such as `{% $x %}` are expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum Template {
    /// A value without expressions.
    Literal(Value),
    /// An object with an expression somewhere inside.
    Object(Vec<(String, Template)>),
    /// An array with an expression somewhere inside.
    Array(Vec<Template>),
    /// An expression.
    Expression(Expression),
}

/// Why a template or a field could not be evaluated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct FieldError {
    /// AWS's text, without the sentence before it that names the state.
    pub cause: String,
    /// The field, as in the event: `Output/result`, `Arguments/list[0]`.
    pub location: String,
}

impl Template {
    /// Reads a template that is written at `location`; `report` is called for everything that is wrong with its expressions.
    pub fn parse(value: &Value, location: &str, mut report: impl FnMut(TemplateProblem<'_>)) -> Self {
        Self::read(value, &TemplatePath::Field(location), &mut report)
    }

    fn read(value: &Value, path: &TemplatePath<'_>, report: &mut Report<'_>) -> Self {
        match value {
            Value::String(text) => match within_marks(text) {
                Some(expression) => Self::expression(expression, text, path, report),
                None => Self::Literal(value.clone()),
            },
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| {
                    (name.clone(), Self::read(value, &TemplatePath::Member(path, name), report))
                };
                let members: Vec<_> = members.iter().map(member).collect();
                if members.iter().all(|(_, member)| matches!(member, Self::Literal(_))) {
                    return Self::Literal(value.clone());
                }
                Self::Object(members)
            }
            Value::Array(items) => {
                let item = |(i, item): (usize, &Value)| Self::read(item, &TemplatePath::Item(path, i), report);
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
    fn expression(text: &str, written: &str, path: &TemplatePath<'_>, report: &mut Report<'_>) -> Self {
        let expression = match Expression::parse(text) {
            Ok(expression) => expression,
            Err(error) => {
                report(TemplateProblem {
                    kind: TemplateProblemKind::InvalidExpression,
                    path: *path,
                    offset: Some(start(written) + error.at()),
                    message: error.message().to_owned(),
                });
                return Self::Literal(Value::Null);
            }
        };
        for name in expression.reads().top_level() {
            let level = if name.starts_with('$') { "" } else { " at the top level" };
            let message = format!("Reference to '{name}'{level} is not supported.");
            let kind = TemplateProblemKind::UnsupportedReference;
            report(TemplateProblem { kind, path: *path, offset: None, message });
        }
        Self::Expression(expression)
    }

    /// Fills the template in. `field` is the state's field, such as `Output`.
    ///
    /// # Errors
    /// When an expression fails or gives nothing.
    pub fn fill(&self, field: &str, bindings: &dyn Bindings) -> Result<Value, FieldError> {
        let mut left = MAX_FILLED_BYTES;
        self.fill_within(&TemplatePath::Field(field), bindings, &mut left)
    }

    fn fill_within(
        &self,
        at: &TemplatePath<'_>,
        bindings: &dyn Bindings,
        left: &mut usize,
    ) -> Result<Value, FieldError> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Array(items) => {
                let item = |(i, item): (usize, &Self)| item.fill_within(&TemplatePath::Item(at, i), bindings, left);
                items.iter().enumerate().map(item).collect::<Result<_, _>>().map(Value::Array)
            }
            Self::Object(members) => {
                let mut object = Map::with_capacity(members.len());
                for (name, member) in members {
                    object.insert(name.clone(), member.fill_within(&TemplatePath::Member(at, name), bindings, left)?);
                }
                Ok(Value::Object(object))
            }
            Self::Expression(expression) => {
                let value = expression.value_at(at, bindings)?;
                match left.checked_sub(min_json_size_bytes(&value)) {
                    Some(rest) => *left = rest,
                    None => {
                        let bound = Failure::bound(Bound::Memory);
                        return Err(expression.threw(&at.to_string(), &bound));
                    }
                }
                Ok(value)
            }
        }
    }
}

/// The text between the marks, which must be the very start and end.
fn within_marks(text: &str) -> Option<&str> {
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
    pub fn value(&self, field: &str, bindings: &dyn Bindings) -> Result<Value, FieldError> {
        self.value_at(&TemplatePath::Field(field), bindings)
    }

    fn value_at(&self, at: &TemplatePath<'_>, bindings: &dyn Bindings) -> Result<Value, FieldError> {
        match self.run(None, bindings) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(self.failed(&at.to_string(), "returned nothing (undefined).")),
            Err(NotJson::Failure(failure)) => Err(self.threw(&at.to_string(), &failure)),
            // Not recorded from AWS.
            Err(NotJson::Function) => {
                let what = "returned an unexpected result type: a function can't be represented as JSON.";
                Err(self.failed(&at.to_string(), what))
            }
        }
    }

    fn threw(&self, field: &str, failure: &Failure) -> FieldError {
        self.failed(field, &failure.end_of_sentence())
    }

    /// AWS's sentence about an expression.
    pub(crate) fn failed(&self, field: &str, what: &str) -> FieldError {
        FieldError {
            cause: format!("The JSONata expression '{}' specified for the field '{field}' {what}", self.text()),
            location: field.to_owned(),
        }
    }
}
