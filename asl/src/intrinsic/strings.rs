//! Functions on texts.

use serde_json::Value;

use super::call::Problem;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// The longest text that the base64 functions take, in characters.
const MAX_BASE64_CHARS: usize = 10_000;

/// A text in quotes without its backslashes.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(c) = characters.next() {
        text.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    text
}

/// Puts values in the places of `{}`.
pub(super) fn format(template: &str, values: &[Value]) -> Result<Value, Problem> {
    let mut text = String::with_capacity(template.len());
    let mut values = values.iter();
    let mut characters = template.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => text.extend(characters.next()),
            '{' if characters.next() == Some('}') => match values.next() {
                Some(value) => text.push_str(&shown(value)),
                None => return Err("There are more {} than arguments.".to_owned()),
            },
            '{' | '}' => {
                return Err("A brace that is not {} must be escaped with a backslash.".to_owned());
            }
            c => text.push(c),
        }
    }
    match values.next() {
        None => Ok(text.into()),
        Some(_) => Err("There are more arguments than {}.".to_owned()),
    }
}

/// A value as AWS puts it into a text: objects and arrays look as Java shows them (recorded).
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| format!("{name}={}", shown(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

/// An empty text is null, and `-0` is 0 (recorded).
pub(super) fn to_json(text: &str) -> Result<Value, Problem> {
    match text.trim() {
        "" => Ok(Value::Null),
        "-0" => Ok(0.into()),
        text => serde_json::from_str(text).map_err(|problem| format!("The text is not JSON: {problem}")),
    }
}

/// Splits at any of the separator's characters; nothing between two of them is nothing in the result (recorded).
pub(super) fn split(text: &str, separators: &str) -> Value {
    text.split(|c| separators.contains(c)).filter(|part| !part.is_empty()).map(Value::from).collect()
}

pub(super) fn encode_base64(text: &str) -> String {
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = (bits >> (18 - 6 * place)) as usize & 63;
            encoded.push(if place <= chunk.len() { BASE64.get(six).map_or('=', |b| char::from(*b)) } else { '=' });
        }
    }
    encoded
}

pub(super) fn decode_base64(text: &str) -> Result<String, Problem> {
    let wrong = || "The text is not base64.".to_owned();
    if text.len() > MAX_BASE64_CHARS {
        return Err(format!("The text is longer than {MAX_BASE64_CHARS} characters."));
    }
    let digits = text.trim_end_matches('=');
    let mut bytes = Vec::new();
    for chunk in digits.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for byte in chunk {
            let six = BASE64.iter().position(|digit| digit == byte).ok_or_else(wrong)?;
            bits = (bits << 6) | u32::try_from(six).map_err(|_| wrong())?;
        }
        bits <<= 6 * (4 - chunk.len());
        let whole = bits.to_be_bytes();
        bytes.extend(whole.iter().skip(1).take(chunk.len().saturating_sub(1)));
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// A version 4 UUID of two random numbers.
pub(super) fn uuid(high: u64, low: u64) -> String {
    let high = (high & 0xffff_ffff_ffff_0fff) | 0x4000;
    let low = (low & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn base64_both_ways() {
        for (plain, encoded) in
            [("", ""), ("M", "TQ=="), ("Ma", "TWE="), ("Man", "TWFu"), ("Data to encode", "RGF0YSB0byBlbmNvZGU=")]
        {
            assert_eq!(encode_base64(plain), encoded);
            assert_eq!(decode_base64(encoded).as_deref(), Ok(plain));
        }
        assert!(decode_base64("!").is_err());
    }

    #[test]
    fn formats() {
        assert_eq!(format(r"\{{}\}", &[json!({"a": ["b"]})]), Ok("{{a=[b]}}".into()));
        assert!(format("{}", &[]).is_err());
        assert!(format("none", &[json!(1)]).is_err());
        assert!(format("{x}", &[json!(1)]).is_err());
    }

    #[test]
    fn uuids_have_their_version() {
        assert_eq!(uuid(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
    }
}
