//! What a YAML scalar means in JSON: the core schema of YAML 1.2, so that `yes` and `2026-12-24` are texts.

use serde_json::Value;

/// A plain scalar without a tag. `None` for a number that JSON has not, such as `.inf`.
pub(super) fn plain(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "true" | "True" | "TRUE" => return Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Value::Bool(false)),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return None;
    }
    Some(number(text).unwrap_or_else(|| Value::String(text.to_owned())))
}

/// A scalar with a tag of the core schema, such as `!!str`. `None` when its text is none of that type.
pub(super) fn tagged(tag: &str, text: &str) -> Option<Value> {
    match tag {
        "str" => Some(Value::String(text.to_owned())),
        "null" => plain(text).filter(Value::is_null),
        "bool" => plain(text).filter(Value::is_boolean),
        "int" => plain(text).filter(|value| value.is_i64() || value.is_u64()),
        "float" => plain(text)?.as_f64().map(Value::from),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let whole = |digits: &str, radix| u64::from_str_radix(digits, radix).ok().map(Value::from);
    let is_digits = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(digits) = text.strip_prefix("0x") {
        return digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| whole(digits, 16))?;
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return is_digits(digits).then(|| whole(digits, 8))?;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if is_digits(unsigned) {
        let text = text.strip_prefix('+').unwrap_or(text);
        let small = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
        return small.ok().or_else(|| text.parse::<f64>().ok().map(Value::from));
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number =
        (is_digits(before) && (after.is_empty() || is_digits(after))) || (before.is_empty() && is_digits(after));
    // A number that is too big for JSON stays the text that it is.
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
    (is_number && exponent.is_none_or(is_digits)).then(|| value.map(Value::from))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_decides() {
        let shown = |text: &str| plain(text).map_or("none".to_owned(), |value| value.to_string());
        for (text, json) in [
            ("", "null"),
            ("~", "null"),
            ("True", "true"),
            ("60", "60"),
            ("-1", "-1"),
            ("+012", "12"),
            ("0x1F", "31"),
            ("0o17", "15"),
            ("1.5", "1.5"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("1e3", "1000.0"),
            ("-.inf", "none"),
            (".nan", "none"),
            ("yes", "\"yes\""),
            ("1_000", "\"1_000\""),
            ("1e", "\"1e\""),
            ("0x", "\"0x\""),
            (".", "\".\""),
            ("-", "\"-\""),
            ("2026-12-24T18:00:00Z", "\"2026-12-24T18:00:00Z\""),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("1e999", "\"1e999\""),
        ] {
            assert_eq!(shown(text), json, "{text}");
        }
        assert_eq!(tagged("str", "60"), Some(Value::from("60")));
        assert_eq!(tagged("float", "60"), Some(Value::from(60.0)));
        assert_eq!(tagged("int", "x"), None);
    }
}
