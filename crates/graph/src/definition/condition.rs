//! A choice rule's condition in a few words.

use serde_json::{Map, Value};

/// How deep conditions are written out; what lies deeper is an ellipsis.
const MAX_DEPTH: usize = 8;

/// Comparison operators by what their names end with, and their signs.
const COMPARISONS: [(&str, &str); 6] = [
    ("LessThanEquals", "≤"),
    ("GreaterThanEquals", "≥"),
    ("LessThan", "<"),
    ("GreaterThan", ">"),
    ("Equals", "="),
    ("Matches", "matches"),
];

/// What must hold for a rule: its comment where it has one, as its author's words are the shortest.
pub(super) fn condition(rule: &Map<String, Value>) -> String {
    let comment = rule.get("Comment").and_then(Value::as_str).map(str::trim).filter(|comment| !comment.is_empty());
    comment.map_or_else(|| written(rule, 0), str::to_owned)
}

fn written(rule: &Map<String, Value>, depth: usize) -> String {
    if depth == MAX_DEPTH {
        return "…".to_owned();
    }
    if let Some(expression) = rule.get("Condition") {
        return expression_text(expression);
    }
    if let Some(inner) = rule.get("Not").and_then(Value::as_object) {
        return format!("not ({})", written(inner, depth + 1));
    }
    for (name, word) in [("And", " and "), ("Or", " or ")] {
        let Some(parts) = rule.get(name).and_then(Value::as_array) else { continue };
        let parts = parts.iter().filter_map(Value::as_object).map(|part| {
            let text = written(part, depth + 1);
            let is_mixed = ["And", "Or"].into_iter().any(|other| other != name && part.contains_key(other));
            if is_mixed { format!("({text})") } else { text }
        });
        return parts.collect::<Vec<_>>().join(word);
    }
    comparison(rule)
}

/// `$.count > 5`, `$.name is present`.
fn comparison(rule: &Map<String, Value>) -> String {
    let variable = rule.get("Variable").and_then(Value::as_str).unwrap_or("?");
    let operator =
        rule.iter().find(|(name, _)| !matches!(name.as_str(), "Variable" | "Next" | "Comment" | "Assign" | "Output"));
    let Some((name, value)) = operator else { return variable.to_owned() };
    if let Some(what) = name.strip_prefix("Is") {
        let not = if value == &Value::Bool(false) { "not " } else { "" };
        return format!("{variable} is {not}{}", what.to_lowercase());
    }
    let plain = name.strip_suffix("Path").unwrap_or(name);
    let sign = COMPARISONS.iter().find(|(end, _)| plain.ends_with(end)).map_or(plain, |(_, sign)| sign);
    let value = match value {
        Value::String(path) if plain != name => path.clone(),
        value => value.to_string(),
    };
    format!("{variable} {sign} {value}")
}

/// A JSONata expression without what marks it as one.
pub(super) fn expression_text(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let inner = text.trim().strip_prefix("{%").and_then(|text| text.strip_suffix("%}"));
            inner.unwrap_or(text).trim().to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_read_as_one_would_say_them() {
        for (rule, text) in [
            (json!({"Variable": "$.n", "NumericGreaterThanEquals": 5}), "$.n ≥ 5"),
            (json!({"Variable": "$.a", "StringEqualsPath": "$.b"}), "$.a = $.b"),
            (json!({"Variable": "$.a", "StringMatches": "x*"}), "$.a matches \"x*\""),
            (json!({"Variable": "$.a", "IsPresent": false}), "$.a is not present"),
            (json!({"Condition": "{% $n > 1 %}"}), "$n > 1"),
            (json!({"Comment": "enough", "Condition": "{% $n > 1 %}"}), "enough"),
            (json!({"Not": {"Variable": "$.a", "BooleanEquals": true}}), "not ($.a = true)"),
            (
                json!({"And": [{"Variable": "$.a", "IsNull": true}, {"Or": [{"Variable": "$.b", "NumericEquals": 1}, {"Variable": "$.c", "TimestampLessThan": "2026"}]}]}),
                "$.a is null and ($.b = 1 or $.c < \"2026\")",
            ),
            (json!({}), "?"),
        ] {
            assert_eq!(condition(rule.as_object().unwrap()), text);
        }
    }
}
