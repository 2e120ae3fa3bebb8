//! Base64 as AWS's library reads and writes it.

/// The longest text that the functions take, in characters as Java counts them.
const MAX_CHARS: usize = 10_000;
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(super) fn encode(text: &str) -> Option<String> {
    if is_too_long(text) {
        return None;
    }
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let six = (bits >> (18 - 6 * place)) as usize & 63;
            encoded.push(if place <= chunk.len() { DIGITS.get(six).map_or('=', |b| char::from(*b)) } else { '=' });
        }
    }
    Some(encoded)
}

/// Characters that are no digits are passed over, and the first `=` is the end (observed on AWS); the digits of the
/// alphabet for URLs count too. What is no UTF-8 becomes the replacement character, as in Java.
pub(super) fn decode(text: &str) -> Option<String> {
    if is_too_long(text) {
        return None;
    }
    let digits: Vec<u32> = text.bytes().take_while(|byte| *byte != b'=').filter_map(digit).collect();
    let mut bytes = Vec::new();
    for chunk in digits.chunks(4) {
        let bits = chunk.iter().fold(0, |bits, six| (bits << 6) | six) << (6 * (4 - chunk.len()));
        bytes.extend(bits.to_be_bytes().iter().skip(1).take(chunk.len().saturating_sub(1)));
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn digit(byte: u8) -> Option<u32> {
    let byte = match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    DIGITS.iter().position(|digit| *digit == byte).and_then(|place| u32::try_from(place).ok())
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
