//! Base64 and URL encoding.

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{Engine, alphabet};

use super::aws::uuid_text;
use super::text;
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::syntax::quoted;
use crate::value::Value;

type Arguments<'a, 'e> = &'a [Value<'e>];

/// Reads digits with or without padding, however many bits the last one leaves over, as Java does.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// What stays as it is in a component of a URL, besides letters and digits; and in a whole one.
const COMPONENT: &str = "-_.!~*'()";
const WHOLE: &str = "-_.!~*'();/?:@&=+$,#";

/// A text is its bytes in UTF-8 (measured on AWS by others; JSONata has a byte for a character).
pub(super) fn base64_encode<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 64)?;
    evaluator.heap.text(STANDARD.encode(text))
}

/// A text from its bytes in UTF-8. Padding may be missing; of other characters than digits AWS only says that there is an internal
/// error (measured by others).
pub(super) fn base64_decode<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 16)?;
    let Ok(bytes) = LENIENT.decode(text) else { return Err(Failure::internal(uuid_text(evaluator))) };
    evaluator.heap.text(String::from_utf8_lossy(&bytes).into_owned())
}

fn encode<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>, plain: &str) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 16)?;
    evaluator.heap.allow(text.len())?;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || (c.is_ascii() && plain.contains(c)) {
            encoded.push(c);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    evaluator.heap.text(encoded)
}

pub(super) fn encode_url<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    encode(evaluator, arguments, WHOLE)
}

pub(super) fn encode_url_component<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
) -> Evaluated<Value<'e>> {
    encode(evaluator, arguments, COMPONENT)
}

/// The bytes that an encoded text stands for; those of `kept` stay encoded.
fn decode<'e>(evaluator: &mut Evaluator<'e>, text: &str, kept: &str, name: &str) -> Evaluated<Vec<u8>> {
    evaluator.step(text.len() / 16)?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let digits = digits.ok_or_else(|| malformed(name, text))?;
        let value = u8::from_str_radix(digits, 16).map_err(|_| malformed(name, text))?;
        // What separates the parts of a URL stays encoded when a whole one is decoded.
        if kept.contains(char::from(value)) && value.is_ascii() {
            bytes.push(b'%');
            bytes.extend(digits.bytes());
        } else {
            bytes.push(value);
        }
        rest = tail.get(2..).unwrap_or_default();
    }
    Ok(bytes)
}

fn malformed(name: &str, text: &str) -> Failure {
    Failure::new("D3140", format!("Malformed URL passed to ${name}(): {}", quoted(text)))
}

pub(super) fn decode_url<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let bytes = decode(evaluator, &text, ";/?:@&=+$,#", "decodeUrl")?;
    let decoded = String::from_utf8(bytes).map_err(|_| malformed("decodeUrl", &text))?;
    evaluator.heap.text(decoded)
}

/// As Java reads a form: a plus is a blank, and bytes that are no UTF-8 become U+FFFD (measured on AWS by others).
pub(super) fn decode_url_component<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let bytes = decode(evaluator, &text.replace('+', " "), "", "decodeUrlComponent")?;
    evaluator.heap.text(String::from_utf8_lossy(&bytes).into_owned())
}
