//! Two JSON values side by side: where they differ, in words that a person reads.

use serde_json::Value;

/// A place at which a value is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where, as a path from the whole: `$.items[2].price`.
    pub path: String,
    /// What was expected there, as JSON text; `None` for nothing.
    pub expected: Option<String>,
    /// What was there, as JSON text; `None` for nothing.
    pub actual: Option<String>,
}

/// How much of the actual value must be expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// Objects may have other members as well.
    Part,
}

/// Whether two values are the same, numbers by their value: `1` is `1.0`.
pub fn json_equal(one: &Value, other: &Value) -> bool {
    differences(one, other, Extent::Whole).is_empty()
}

/// Every place at which `actual` is not as `expected`, in the order of the expected value.
pub(crate) fn differences(expected: &Value, actual: &Value, extent: Extent) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("$".to_owned(), expected, actual, extent, &mut found);
    found
}

fn compare(path: String, expected: &Value, actual: &Value, extent: Extent, found: &mut Vec<Difference>) {
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(there)) => {
            for (key, wanted) in wanted {
                let path = format!("{path}{}", member(key));
                match there.get(key) {
                    Some(value) => compare(path, wanted, value, extent, found),
                    None => found.push(Difference { path, expected: Some(wanted.to_string()), actual: None }),
                }
            }
            let others = there.iter().filter(|(key, _)| extent == Extent::Whole && !wanted.contains_key(*key));
            found.extend(others.map(|(key, value)| Difference {
                path: format!("{path}{}", member(key)),
                expected: None,
                actual: Some(value.to_string()),
            }));
        }
        (Value::Array(wanted), Value::Array(there)) => {
            for index in 0..wanted.len().max(there.len()) {
                let path = format!("{path}[{index}]");
                match (wanted.get(index), there.get(index)) {
                    (Some(wanted), Some(value)) => compare(path, wanted, value, extent, found),
                    (wanted, value) => found.push(Difference {
                        path,
                        expected: wanted.map(Value::to_string),
                        actual: value.map(Value::to_string),
                    }),
                }
            }
        }
        _ if same_scalar(expected, actual) => {}
        _ => {
            found.push(Difference { path, expected: Some(expected.to_string()), actual: Some(actual.to_string()) });
        }
    }
}

fn same_scalar(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// A member's key as a path has it.
fn member(key: &str) -> String {
    let is_plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { format!(".{key}") } else { format!("[{}]", Value::from(key)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(expected: Value, actual: Value, extent: Extent) -> String {
        let none = || "-".to_owned();
        let line = |it: Difference| {
            format!("{} {} {}\n", it.path, it.expected.unwrap_or_else(none), it.actual.unwrap_or_else(none))
        };
        differences(&expected, &actual, extent).into_iter().map(line).collect()
    }

    #[test]
    fn every_difference_has_its_path() {
        let expected = json!({"a": {"b c": [1, 2, 3]}, "gone": null, "same": 1});
        let actual = json!({"a": {"b c": [1, "2"]}, "same": 1.0, "new": {}});
        insta::assert_snapshot!(shown(expected, actual, Extent::Whole), @r#"
        $.a["b c"][1] 2 "2"
        $.a["b c"][2] 3 -
        $.gone null -
        $.new - {}
        "#);
    }

    #[test]
    fn a_part_may_have_more_around_it() {
        assert_eq!(shown(json!({"a": {}}), json!({"a": {"b": 1}, "c": 2}), Extent::Part), "");
        assert_eq!(shown(json!([1]), json!([1, 2]), Extent::Part), "$[1] - 2\n");
        assert!(json_equal(&json!([1, {"a": 2.0}]), &json!([1.0, {"a": 2}])));
    }
}
