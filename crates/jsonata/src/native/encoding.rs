//! Base64 and URL encoding.

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{Engine, alphabet};

use super::text;
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::syntax::quoted;
use crate::value::Value;

type Arguments<'a, 'e> = &'a [Value<'e>];

/// Reads digits without padding, however many bits the last one leaves over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);
/// What stays as it is in a component of a URL, besides letters and digits; and in a whole one.
const COMPONENT: &str = "-_.!~*'()";
const WHOLE: &str = "-_.!~*'();/?:@&=+$,#";

/// Every character is one byte, as in JavaScript's "binary" texts: what is beyond Latin-1 loses its upper bits.
pub(super) fn base64_encode<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 64)?;
    let bytes: Vec<u8> = text.encode_utf16().map(|unit| unit as u8).collect();
    evaluator.heap.text(STANDARD.encode(bytes))
}

/// Other characters than digits are skipped, the first `=` is the end, and the digits of the alphabet for URLs count too.
pub(super) fn base64_decode<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 16)?;
    let mut digits: Vec<u8> = text.bytes().take_while(|byte| *byte != b'=').filter_map(digit).collect();
    if digits.len() % 4 == 1 {
        // A last digit alone is less than a byte.
        digits.pop();
    }
    let bytes = LENIENT.decode(digits).unwrap_or_default();
    evaluator.heap.text(bytes.into_iter().map(char::from).collect::<String>())
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'-' => Some(b'+'),
        b'_' => Some(b'/'),
        b'+' | b'/' => Some(byte),
        other => other.is_ascii_alphanumeric().then_some(other),
    }
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

fn decode<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
    kept: &str,
    name: &str,
) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 16)?;
    let malformed = || Failure::new("D3140", format!("Malformed URL passed to ${name}(): {}", quoted(&text)));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, tail)) = rest.split_first() {
        rest = tail;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit())).ok_or_else(malformed)?;
        let value = u8::from_str_radix(digits, 16).map_err(|_| malformed())?;
        // What separates the parts of a URL stays encoded when a whole one is decoded.
        if kept.contains(char::from(value)) && value.is_ascii() {
            bytes.push(b'%');
            bytes.extend(digits.bytes());
        } else {
            bytes.push(value);
        }
        rest = tail.get(2..).unwrap_or_default();
    }
    let decoded = String::from_utf8(bytes).map_err(|_| malformed())?;
    evaluator.heap.text(decoded)
}

pub(super) fn decode_url<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    decode(evaluator, arguments, ";/?:@&=+$,#", "decodeUrl")
}

pub(super) fn decode_url_component<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
) -> Evaluated<Value<'e>> {
    decode(evaluator, arguments, "", "decodeUrlComponent")
}
