//! JSON values as TOML writes them on one line.

use serde_json::Value;

/// A value in TOML; none where it has a null, or a number that TOML can't say.
pub fn toml_value(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if number.is_u64() && number.as_i64().is_none() => return None,
        Value::Number(number) => number.to_string(),
        Value::String(text) => toml_text(text),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(toml_value).collect();
            format!("[{}]", items?.join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| Some(format!("{} = {}", toml_key(key), toml_value(value)?));
            let members: Option<Vec<String>> = members.iter().map(member).collect();
            format!("{{ {} }}", members?.join(", "))
        }
    })
}

/// A value as the data of a test file: what TOML can't say is named as JSON text.
pub fn toml_data(value: &Value) -> String {
    toml_value(value).unwrap_or_else(|| format!("{{ \"$json\" = {} }}", toml_text(&value.to_string())))
}

/// A key as TOML has it: in quotes where it needs them.
pub fn toml_key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { key.to_owned() } else { toml_text(key) }
}

/// A text in quotes. JSON's escapes are TOML's too, but for the one control that JSON leaves as it is.
pub fn toml_text(text: &str) -> String {
    Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::document::Document;
    use model::source::Source;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Value {
        let source = Source::new("a.toml", format!("x = {text}\n"));
        Document::parse_data(&source).unwrap().value()["x"].clone()
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e300..1e300f64).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|it| Value::Object(it.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in any_json()) {
            let text = toml_value(&value).unwrap();
            prop_assert!(crate::json_equal(&read(&text), &value), "{text}");
        }
    }

    #[test]
    fn what_toml_cannot_say_is_json_text() {
        assert_eq!(toml_data(&json!({"a": null})), r#"{ "$json" = "{\"a\":null}" }"#);
        assert_eq!(toml_value(&json!(u64::MAX)), None);
        assert_eq!(toml_value(&json!({"a b": {}})).unwrap(), r#"{ "a b" = {} }"#);
    }
}
