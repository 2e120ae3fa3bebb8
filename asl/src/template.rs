//! Payload templates: `Parameters` and `ResultSelector`, JSON in which a name that ends in `.$` has its value computed.

use serde_json::{Map, Value};

use crate::MAX_PAYLOAD_BYTES;
use crate::definition::Findings;
use crate::document::least_size_bytes;
use crate::intrinsic::{Expression, ExpressionFailure};
use crate::path::{PathSyntax, Scope};

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
    /// A path leads nowhere.
    NotFound(String),
    /// An intrinsic function failed.
    Intrinsic(String),
    /// More than a payload may hold.
    TooLarge,
}

impl Template {
    /// Reads a template at a location; what is wrong with it goes to `findings`.
    pub(crate) fn parse(value: &Value, location: &str, findings: &mut Findings) -> Self {
        match value {
            Value::Object(members) => Self::object(members, location, findings),
            Value::Array(items) => Self::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(i, item)| Self::parse(item, &format!("{location}[{i}]"), findings))
                    .collect(),
            ),
            literal => Self::Literal(literal.clone()),
        }
    }

    fn object(members: &Map<String, Value>, location: &str, findings: &mut Findings) -> Self {
        let mut fields = Vec::with_capacity(members.len());
        for (field, value) in members {
            let Some(name) = field.strip_suffix(".$") else {
                fields.push((field.clone(), Self::parse(value, &format!("{location}/{field}"), findings)));
                continue;
            };
            if let Some(expression) = computed(field, value, location, findings) {
                fields.push((name.to_owned(), Self::Computed { field: field.clone(), expression }));
            }
        }
        Self::Object(fields)
    }

    /// Fills the template in.
    ///
    /// # Errors
    /// When an expression has no value, or all of them together are larger than a payload may be.
    pub(crate) fn fill(&self, scope: Scope<'_>) -> Result<Value, TemplateFailure> {
        let mut left = MAX_PAYLOAD_BYTES;
        self.fill_within(&mut left, scope)
    }

    fn fill_within(&self, left: &mut usize, scope: Scope<'_>) -> Result<Value, TemplateFailure> {
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
                let rest = left.checked_sub(least_size_bytes(&value));
                *left = rest.ok_or(TemplateFailure::TooLarge)?;
                Ok(value)
            }
        }
    }
}

/// Evaluates an expression on behalf of a field.
///
/// # Errors
/// When it has no value, in the words that AWS has for `Parameters`, `ErrorPath` and `CausePath`.
pub(crate) fn evaluate(expression: &Expression, field: &str, scope: Scope<'_>) -> Result<Value, TemplateFailure> {
    expression.evaluate(scope).map_err(|failure| match failure {
        ExpressionFailure::Intrinsic(problem) => TemplateFailure::Intrinsic(problem),
        ExpressionFailure::NotFound => TemplateFailure::NotFound(format!(
            "The JSONPath '{}' specified for the field '{field}' could not be found in the input '{}'",
            expression.text(),
            expression.root_value(scope)
        )),
    })
}

fn computed(field: &str, value: &Value, location: &str, findings: &mut Findings) -> Option<Expression> {
    match Expression::parse(value.as_str().unwrap_or_default()) {
        Ok(expression) => Some(expression),
        Err(PathSyntax::NotImplemented(feature)) => {
            findings.not_implemented(location, format!("{feature}, used by the field '{field}',"));
            None
        }
        Err(PathSyntax::Malformed(_)) => {
            let message = format!(
                "The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
            );
            findings.schema(location, message);
            None
        }
    }
}
