//! Whether a request's values have the types of an operation's input, in the words in which AWS's services say that they do not.
//! Those about texts, lists and structures were measured by others with another service; the rest is by analogy.

use serde_json::{Map, Value};

use crate::service::Operation;
use crate::shape::{Kind, Shape, Structure};

impl Operation<'_> {
    /// The first value of a type that the operation does not take; nothing when all have theirs. Members that it does not
    /// know may be anything, and null is as good as nothing.
    pub fn wrong_type(&self, request: &Map<String, Value>) -> Option<String> {
        match self.input()?.kind {
            Kind::Structure(structure) => members(request, &structure),
            _ => None,
        }
    }
}

fn members(given: &Map<String, Value>, structure: &Structure<'_>) -> Option<String> {
    structure.members().find_map(|member| value(given.get(member.name)?, &member.shape))
}

fn value(given: &Value, shape: &Shape<'_>) -> Option<String> {
    match (&shape.kind, given) {
        (_, Value::Null)
        | (Kind::Anything | Kind::Moment, _)
        | (Kind::Text | Kind::Enumeration(_) | Kind::Bytes, Value::String(_))
        | (Kind::Number, Value::Number(_))
        | (Kind::Boolean, Value::Bool(_)) => None,
        (Kind::Structure(structure), Value::Object(given)) => members(given, structure),
        (Kind::List(inner), Value::Array(items)) => {
            let inner = inner.shape();
            items.iter().find_map(|item| value(item, &inner))
        }
        (Kind::Map(inner), Value::Object(given)) => {
            let inner = inner.shape();
            given.values().find_map(|given| value(given, &inner))
        }
        (Kind::Structure(_), _) => Some("Expected null".to_owned()),
        (Kind::List(_), _) => Some("Expected list or null".to_owned()),
        (Kind::Map(_), _) => Some("Expected map or null".to_owned()),
        (_, Value::Object(_)) => Some("Start of structure or map found where not expected.".to_owned()),
        (_, Value::Array(_)) => Some("Start of list found where not expected.".to_owned()),
        (kind, scalar) => Some(format!("{} can not be converted to {}", token(scalar), wanted(kind))),
    }
}

fn token(scalar: &Value) -> &'static str {
    match scalar {
        Value::String(_) => "STRING_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        _ => "NUMBER_VALUE",
    }
}

fn wanted(kind: &Kind<'_>) -> &'static str {
    match kind {
        Kind::Number => "an Integer",
        Kind::Boolean => "a Boolean",
        _ => "a String",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_first_value_of_another_type_is_told() {
        let said = |action: &str, request: Value| {
            let operation = crate::requests("sfn").unwrap().operation(action).unwrap();
            operation.wrong_type(request.as_object().unwrap()).unwrap_or_default()
        };
        assert_eq!(said("deleteActivity", json!({"activityArn": 7})), "NUMBER_VALUE can not be converted to a String");
        assert_eq!(said("deleteActivity", json!({"activityArn": true})), "TRUE_VALUE can not be converted to a String");
        let structure = "Start of structure or map found where not expected.";
        assert_eq!(said("deleteActivity", json!({"activityArn": {}})), structure);
        assert_eq!(said("untagResource", json!({"tagKeys": "k"})), "Expected list or null");
        assert_eq!(said("tagResource", json!({"tags": ["k"]})), "Expected null");
        assert_eq!(
            said("listActivities", json!({"maxResults": "7"})),
            "STRING_VALUE can not be converted to an Integer"
        );
        assert_eq!(said("listActivities", json!({"maxResults": 7, "nextToken": null, "more": {}})), "");
    }
}
