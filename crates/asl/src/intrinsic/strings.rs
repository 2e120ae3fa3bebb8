//! Functions on texts.

use md5::{Digest, Md5};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::{base64, jackson, java};

/// A text in quotes without its backslashes.
pub(super) fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars();
    while let Some(c) = characters.next() {
        text.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    text
}

/// Puts texts in the places of `{}`.
///
/// # Errors
/// AWS's text for a brace without its other half, or for a number of texts that is not the number of places.
pub(super) fn format(template: &str, values: Vec<String>) -> Result<String, String> {
    let mut text = String::with_capacity(template.len());
    let mut places = 0_usize;
    let mut values = values.into_iter();
    let given = values.len();
    let mut characters = template.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => text.extend(characters.next()),
            '{' if characters.next() == Some('}') => {
                places += 1;
                text.extend(values.next());
            }
            '{' => return Err("Invalid template in States.Format: matching '}' not found for '{'.".to_owned()),
            '}' => return Err("Invalid template in States.Format: matching '{' not found for '}'.".to_owned()),
            c => text.push(c),
        }
    }
    if places == given {
        return Ok(text);
    }
    Err("Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.".to_owned())
}

/// An empty text is null, and `-0` is 0 (recorded).
///
/// # Errors
/// When the text is no JSON, with what AWS's parser says to it.
pub(super) fn to_json(text: &str) -> Result<Value, String> {
    match text.trim() {
        "" => return Ok(Value::Null),
        "-0" => return Ok(0.into()),
        _ => {}
    }
    // What follows the first value is ignored.
    match serde_json::Deserializer::from_str(text).into_iter().next() {
        Some(Ok(value)) => Ok(value),
        Some(Err(problem)) => Err(format!(
            "Cannot convert String to Json in States.StringToJson, caused by: {}",
            jackson::complaint(text).unwrap_or_else(|| problem.to_string())
        )),
        None => Ok(Value::Null),
    }
}

/// Splits at any of the separator's characters; nothing between two of them is nothing in the result (recorded).
pub(super) fn split(text: &str, separators: &str) -> Value {
    text.split(|c| separators.contains(c)).filter(|part| !part.is_empty()).map(Value::from).collect()
}

/// The digest in hexadecimal digits. What is no text is hashed as the text it is shown as (observed on AWS).
pub(super) fn hash(data: &Value, algorithm: &str) -> Option<String> {
    let data = Some(data).filter(|data| !data.is_null()).map(java::text).filter(|text| !base64::is_too_long(text))?;
    let digest = match algorithm {
        "MD5" => Md5::digest(data).to_vec(),
        "SHA-1" => Sha1::digest(data).to_vec(),
        "SHA-256" => Sha256::digest(data).to_vec(),
        "SHA-384" => Sha384::digest(data).to_vec(),
        "SHA-512" => Sha512::digest(data).to_vec(),
        _ => return None,
    };
    Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
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
    fn formats() {
        let format =
            |template: &str, values: &[&str]| format(template, values.iter().map(ToString::to_string).collect());
        assert_eq!(format(r"\{{}\}", &["x"]).as_deref(), Ok("{x}"));
        assert_eq!(format("none", &[]).as_deref(), Ok("none"));
        let problem = |template, values| format(template, values).unwrap_err();
        insta::assert_snapshot!(problem("Hello {", &["x"]), @"Invalid template in States.Format: matching '}' not found for '{'.");
        insta::assert_snapshot!(problem("Hello {{}}", &["x"]), @"Invalid template in States.Format: matching '}' not found for '{'.");
        insta::assert_snapshot!(problem("}", &[]), @"Invalid template in States.Format: matching '{' not found for '}'.");
        insta::assert_snapshot!(problem("{}", &[]), @"Invalid arguments in States.Format: number of arguments do not match the occurrences of {}.");
        assert_eq!(problem("none", &["x"]), problem("{}", &[]));
    }

    #[test]
    fn hashes() {
        assert_eq!(hash(&json!("v787"), "MD5").as_deref(), Some("0003ec0d0c76934ba8a8b39809c825b3"));
        assert_eq!(hash(&json!("hello"), "SHA-1").as_deref(), Some("aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"));
        for (algorithm, digits) in [("SHA-256", 64), ("SHA-384", 96), ("SHA-512", 128)] {
            assert_eq!(hash(&json!({"a": 1}), algorithm).map(|digest| digest.len()), Some(digits));
        }
        assert_eq!(hash(&json!("x"), "sha-256"), None);
        assert_eq!(hash(&json!(null), "MD5"), None);
        assert_eq!(hash(&json!("a".repeat(10_001)), "MD5"), None);
    }

    #[test]
    fn reads_json() {
        assert_eq!(to_json(" "), Ok(json!(null)));
        assert_eq!(to_json(" {\"a\":1} "), Ok(json!({"a": 1})));
        assert!(to_json("{bad json}").is_err());
    }

    #[test]
    fn uuids_have_their_version() {
        assert_eq!(uuid(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid(0, 0), "00000000-0000-4000-8000-000000000000");
    }
}
