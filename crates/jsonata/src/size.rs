//! A lower bound of the size of a value's text.

use serde_json::Value;

/// The least number of bytes that the JSON text of a value has, give or take one: enough to stop a template from growing
/// without bound before its text is made.
pub fn min_json_size_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(_) => 1,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| min_json_size_bytes(item) + 1).sum::<usize>() + 1,
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| name.len() + 4 + min_json_size_bytes(value));
            members.sum::<usize>() + 1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_size_is_never_more_than_the_size() {
        for text in ["null", "[]", "{}", "[1,2]", r#"{"a":[],"b":{"c":false}}"#, "-1.5", r#""\n""#] {
            let value = serde_json::from_str(text).unwrap();
            assert!(min_json_size_bytes(&value) <= text.len() + 1, "{text}");
        }
    }
}
