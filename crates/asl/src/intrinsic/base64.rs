//! Base64 as AWS's library reads and writes it.

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{Engine, alphabet};

/// The longest text that the functions take, in characters as Java counts them.
const MAX_CHARS: usize = 10_000;

/// Reads digits without padding, however many bits the last one leaves over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

pub(super) fn encode(text: &str) -> Option<String> {
    (!is_too_long(text)).then(|| STANDARD.encode(text))
}

/// Other characters than digits are skipped, and the first `=` is the end (observed on AWS); the digits of the alphabet for URLs
/// count too. Bytes that are not UTF-8 become the replacement character, as in Java.
pub(super) fn decode(text: &str) -> Option<String> {
    if is_too_long(text) {
        return None;
    }
    let mut digits: Vec<u8> = text.bytes().take_while(|byte| *byte != b'=').filter_map(digit).collect();
    if digits.len() % 4 == 1 {
        // A last digit alone is less than a byte.
        digits.pop();
    }
    let bytes = LENIENT.decode(digits).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        other => other.is_ascii_alphanumeric().then_some(other),
    }
}

pub(super) fn is_too_long(text: &str) -> bool {
    text.len() > MAX_CHARS && text.encode_utf16().count() > MAX_CHARS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways() {
        for (plain, encoded) in
            [("", ""), ("M", "TQ=="), ("Ma", "TWE="), ("Man", "TWFu"), ("Data to encode", "RGF0YSB0byBlbmNvZGU=")]
        {
            assert_eq!(encode(plain).as_deref(), Some(encoded));
            assert_eq!(decode(encoded).as_deref(), Some(plain));
        }
    }

    #[test]
    fn reads_what_is_not_quite_base64() {
        assert_eq!(decode(" YWJjZA== ").as_deref(), Some("abcd"));
        assert_eq!(decode("YWJjZA").as_deref(), Some("abcd"));
        assert_eq!(decode("YW==JjZA").as_deref(), Some("a"));
        assert_eq!(decode("!!!YW!J!j!").as_deref(), Some("abc"));
        assert_eq!(decode("A").as_deref(), Some(""));
        assert_eq!(decode("_w==").as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn texts_have_a_limit() {
        assert!(encode(&"ä".repeat(10_000)).is_some());
        assert!(encode(&"a".repeat(10_001)).is_none());
        assert!(decode(&"A".repeat(10_001)).is_none());
    }
}
