//! Payload templates: `Parameters` and `ResultSelector`, JSON in which a name that ends in `.$` takes its value from a path.

use serde_json::{Map, Value};

use crate::definition::Findings;
use crate::path::{Path, PathSyntax, Scope};

/// A parsed template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Template {
    Literal(Value),
    Object(Vec<(String, Template)>),
    Array(Vec<Template>),
    Path { field: String, path: Path },
}

/// A path in a template that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateFailure {
    /// AWS's text.
    pub(crate) cause: String,
}

impl Template {
    /// Reads a template at a location; what is wrong with it goes to `findings`.
    pub(crate) fn parse(value: &Value, location: &str, findings: &mut Findings) -> Self {
        match value {
            Value::Object(members) => Self::object(members, location, findings),
            Value::Array(items) => Self::Array(
                items.iter().enumerate().map(|(i, item)| Self::parse(item, &format!("{location}[{i}]"), findings)).collect(),
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
            if let Some(path) = dynamic_value(field, value, location, findings) {
                fields.push((name.to_owned(), Self::Path { field: field.clone(), path }));
            }
        }
        Self::Object(fields)
    }

    /// Fills the template in.
    ///
    /// # Errors
    /// When a path leads nowhere.
    pub(crate) fn fill(&self, scope: Scope<'_>) -> Result<Value, TemplateFailure> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Array(items) => items.iter().map(|item| item.fill(scope)).collect::<Result<_, _>>().map(Value::Array),
            Self::Object(fields) => {
                let mut object = Map::with_capacity(fields.len());
                for (name, field) in fields {
                    object.insert(name.clone(), field.fill(scope)?);
                }
                Ok(Value::Object(object))
            }
            Self::Path { field, path } => read_for_field(path, field, scope),
        }
    }
}

/// Reads a path on behalf of a field.
///
/// # Errors
/// When it leads nowhere, in the words that AWS has for `Parameters`, `ErrorPath` and `CausePath`.
pub(crate) fn read_for_field(path: &Path, field: &str, scope: Scope<'_>) -> Result<Value, TemplateFailure> {
    path.read(scope).map_err(|_| TemplateFailure {
        cause: format!(
            "The JSONPath '{}' specified for the field '{field}' could not be found in the input '{}'",
            path.text(),
            path.root_value(scope)
        ),
    })
}

fn dynamic_value(field: &str, value: &Value, location: &str, findings: &mut Findings) -> Option<Path> {
    let text = value.as_str().unwrap_or_default();
    if text.starts_with("States.") {
        findings.not_implemented(location, format!("the intrinsic function in the field '{field}'"));
        return None;
    }
    match Path::parse(text) {
        Ok(path) => Some(path),
        Err(PathSyntax::NotImplemented(feature)) => {
            findings.not_implemented(location, format!("{feature}, used by the field '{field}'"));
            None
        }
        Err(PathSyntax::Malformed(_)) => {
            let message = format!("The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call");
            findings.schema(location, message);
            None
        }
    }
}
