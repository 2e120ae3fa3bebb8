//! Whether a request's values have the types of an operation's input, in the words in which AWS's services say that they do not.
//! Those about texts, lists and structures were measured by others with another service; the rest is by analogy.

use serde_json::{Map, Value};

use super::rules::{Expected, Members, Rules};
use crate::service::Service;

/// The first value of a type that an input does not take.
pub(super) fn wrong_type(service: &Service, given: &Map<String, Value>, members: &Members) -> Option<String> {
    members.0.iter().find_map(|member| value(service, given.get(&*member.wire)?, &member.rules))
}

fn value(service: &Service, given: &Value, rules: &Rules) -> Option<String> {
    match (&rules.expected, given) {
        (_, Value::Null)
        | (Expected::Anything | Expected::Moment, _)
        | (Expected::Text(_) | Expected::Enumeration(_) | Expected::Bytes, Value::String(_))
        | (Expected::Number | Expected::Fraction, Value::Number(_))
        | (Expected::Boolean, Value::Bool(_)) => None,
        (Expected::Structure(number), Value::Object(given)) => wrong_type(service, given, service.members(*number)),
        (Expected::List(rules, _), Value::Array(items)) => items.iter().find_map(|item| value(service, item, rules)),
        (Expected::Map(_, rules), Value::Object(given)) => {
            given.values().find_map(|given| value(service, given, rules))
        }
        (Expected::Structure(_), _) => Some("Expected null".to_owned()),
        (Expected::List(..), _) => Some("Expected list or null".to_owned()),
        (Expected::Map(..), _) => Some("Expected map or null".to_owned()),
        (_, Value::Object(_)) => Some("Start of structure or map found where not expected.".to_owned()),
        (_, Value::Array(_)) => Some("Start of list found where not expected.".to_owned()),
        (expected, scalar) => Some(format!("{} can not be converted to {}", token(scalar), wanted(expected))),
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

fn wanted(expected: &Expected) -> &'static str {
    match expected {
        Expected::Number => "an Integer",
        Expected::Fraction => "a Double",
        Expected::Boolean => "a Boolean",
        _ => "a String",
    }
}
