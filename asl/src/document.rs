//! A payload: JSON as the text that was given and as the value it stands for.

use serde_json::Value;

/// JSON text and its value, kept together.
///
/// Step Functions passes a payload on as it was written, with its white space, for as long as nothing changes it; the
/// history shows that text. So the text travels with the value instead of being made again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    text: String,
    value: Value,
}

impl Document {
    /// Reads a text; nesting is limited to 127 levels by `serde_json`.
    pub(crate) fn parse(text: impl Into<String>) -> Result<Self, serde_json::Error> {
        let text = text.into();
        let value = serde_json::from_str(&text)?;
        Ok(Self { text, value })
    }

    pub(crate) fn of(value: Value) -> Self {
        Self { text: value.to_string(), value }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Bytes in UTF-8, as the payload quota counts them.
    pub(crate) fn size_bytes(&self) -> usize {
        self.text.len()
    }

    /// How deep arrays and objects are nested: 0 for a scalar.
    pub(crate) fn depth(&self) -> usize {
        depth(&self.value)
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Bytes that a value's text has at least: enough to stop a template from growing without bound before its text is made.
pub(crate) fn least_size_bytes(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(_) => 1,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => items.iter().map(|item| least_size_bytes(item) + 1).sum::<usize>() + 1,
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| name.len() + 4 + least_size_bytes(value));
            members.sum::<usize>() + 1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_as_written() {
        let document = Document::parse("[1, 2.0,\n3]").unwrap();
        assert_eq!(document.text(), "[1, 2.0,\n3]");
        assert_eq!(document.value()[1].to_string(), "2.0");
        assert_eq!(document.depth(), 1);
    }

    #[test]
    fn the_least_size_is_never_more_than_the_size() {
        for text in ["null", "[]", "{}", "[1,2]", r#"{"a":[],"b":{"c":false}}"#, "-1.5", r#""\n""#] {
            let value = serde_json::from_str(text).unwrap();
            assert!(least_size_bytes(&value) <= text.len() + 1, "{text}");
        }
    }
}
