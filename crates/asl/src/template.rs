//! Payload templates: `Parameters` and `ResultSelector`, JSON in which a name that ends in `.$` has its value computed.

use std::borrow::Cow;

use jsonata::{TemplatePath, min_json_size_bytes};
use serde_json::{Map, Value};

use crate::finding::{FindingKind, Findings};
use crate::intrinsic::{Expression, ExpressionFailure, looks_computed};
use crate::path::PathScope;
use crate::quotas::MAX_PAYLOAD_BYTES;

/// A parsed template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Template {
    Literal(Value),
    Object(Vec<(String, Template)>),
    Array(Vec<Template>),
    Computed { field: String, expression: Expression },
}

/// Why a template cannot be filled in. The texts are AWS's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TemplateFailure {
    /// A path has no value.
    NotFound(String),
    /// An intrinsic function failed, or there is nothing to read from.
    Intrinsic(String),
    /// More than a payload may hold.
    TooLarge,
}

impl Template {
    /// Reads a template at a location; what is wrong with it goes to `findings`.
    pub(crate) fn parse(value: &Value, location: &str, findings: &mut Findings) -> Self {
        Self::read(value, &TemplatePath::Field(location), findings)
    }

    fn read(value: &Value, place: &TemplatePath<'_>, findings: &mut Findings) -> Self {
        match value {
            Value::Object(members) => Self::object(members, place, findings),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                Self::Array(items.map(|(i, item)| Self::read(item, &TemplatePath::Item(place, i), findings)).collect())
            }
            literal => Self::Literal(literal.clone()),
        }
    }

    fn object(members: &Map<String, Value>, place: &TemplatePath<'_>, findings: &mut Findings) -> Self {
        let mut fields = Vec::with_capacity(members.len());
        for (field, value) in members {
            let Some(name) = field.strip_suffix(".$") else {
                if looks_computed(value) {
                    let message = format!(
                        "The value of '{field}' looks like a path or an intrinsic function, but the name does not end with '.$'."
                    );
                    findings.add_at(FindingKind::NoDollar, place, message);
                }
                fields.push((field.clone(), Self::read(value, &TemplatePath::Member(place, field), findings)));
                continue;
            };
            if let Some(expression) = computed(field, value, place, findings) {
                fields.push((name.to_owned(), Self::Computed { field: field.clone(), expression }));
            }
        }
        Self::Object(fields)
    }

    /// Evaluates the template.
    ///
    /// # Errors
    /// When an expression has no value, or all of them together are larger than a payload may be.
    pub(crate) fn fill(&self, scope: PathScope<'_>) -> Result<Value, TemplateFailure> {
        let mut left = MAX_PAYLOAD_BYTES;
        self.fill_within(&mut left, scope)
    }

    fn fill_within(&self, left: &mut usize, scope: PathScope<'_>) -> Result<Value, TemplateFailure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Array(items) => {
                let items = items.iter().map(|item| item.fill_within(left, scope));
                items.collect::<Result<_, _>>().map(Value::Array)
            }
            Self::Object(fields) => {
                let mut object = Map::with_capacity(fields.len());
                for (name, field) in fields {
                    object.insert(name.clone(), field.fill_within(left, scope)?);
                }
                Ok(Value::Object(object))
            }
            Self::Computed { field, expression } => {
                let value = evaluate(expression, field, scope)?;
                let rest = left.checked_sub(min_json_size_bytes(&value));
                *left = rest.ok_or(TemplateFailure::TooLarge)?;
                Ok(value)
            }
        }
    }
}

/// Evaluates the expression of a field.
///
/// # Errors
/// When it has no value, in the words that AWS has for `Parameters`, `ErrorPath` and `CausePath`.
pub(crate) fn evaluate(expression: &Expression, field: &str, scope: PathScope<'_>) -> Result<Value, TemplateFailure> {
    expression.evaluate(scope).map(Cow::into_owned).map_err(|failure| match failure {
        ExpressionFailure::Intrinsic(problem) | ExpressionFailure::Unreadable(problem) => {
            TemplateFailure::Intrinsic(problem)
        }
        ExpressionFailure::NotFound => TemplateFailure::NotFound(format!(
            "The JSONPath '{}' specified for the field '{field}' could not be found in the input '{}'",
            expression.text(),
            expression.root_text(scope)
        )),
    })
}

fn computed(field: &str, value: &Value, place: &TemplatePath<'_>, findings: &mut Findings) -> Option<Expression> {
    match Expression::parse(value.as_str().unwrap_or_default()) {
        Ok(expression) => Some(expression),
        Err(_) => {
            let message = format!(
                "The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
            );
            findings.add_at(FindingKind::SchemaValidationFailed, place, message);
            None
        }
    }
}
