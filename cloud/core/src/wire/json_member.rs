//! One member of a JSON object, without a copy of the others: what permissions and faults need of a request's body.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// A text that an object has under this name.
pub(super) fn text(body: &[u8], name: &str) -> Option<String> {
    match value(body, name)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// What an object has under this name; none when the body is no object.
pub(super) fn value(body: &[u8], name: &str) -> Option<Value> {
    let mut read = serde_json::Deserializer::from_slice(body);
    Member(name).deserialize(&mut read).ok().flatten()
}

struct Member<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_it) = entries.next_key_seed(Is(self.0))? {
            match is_it {
                true => found = Some(entries.next_value()?),
                false => {
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// Whether a key has this name.
struct Is<'n>(&'n str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_member_is_read() {
        let body = br#"{"other":{"name":1},"na\u006de":"x","list":[{"name":"no"}]}"#;
        assert_eq!(text(body, "name").as_deref(), Some("x"));
        assert_eq!(value(body, "other"), Some(serde_json::json!({"name": 1})));
        assert_eq!(text(body, "none"), None);
        for broken in ["", "[]", "{", r#"{"name":"x""#, "7"] {
            assert_eq!(text(broken.as_bytes(), "name"), None, "{broken}");
        }
    }
}
