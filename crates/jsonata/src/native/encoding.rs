//! Base64 and URL encoding.

use super::text;
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::syntax::quoted;
use crate::value::Value;

type Arguments<'a, 'e> = &'a [Value<'e>];

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// What stays as it is in a component of a URL, besides letters and digits; and in a whole one.
const COMPONENT: &str = "-_.!~*'()";
const WHOLE: &str = "-_.!~*'();/?:@&=+$,#";

/// Every character is one byte, as in JavaScript's "binary" texts: what is beyond Latin-1 loses its upper bits.
#[allow(clippy::cast_possible_truncation, reason = "the upper bits are lost on purpose")]
pub(super) fn base64_encode<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 64)?;
    let bytes: Vec<u8> = text.encode_utf16().map(|unit| unit as u8).collect();
    let mut encoded = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4_u32 {
            let digit = usize::try_from(bits >> (18 - 6 * at) & 63).ok().and_then(|digit| ALPHABET.get(digit));
            let padding = usize::try_from(at).unwrap_or(4) > chunk.len();
            encoded.push(if padding { '=' } else { digit.copied().map_or('=', char::from) });
        }
    }
    evaluator.heap.text(encoded)
}

pub(super) fn base64_decode<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 16)?;
    let digit = |c: u8| match c {
        b'-' => Some(62),
        b'_' => Some(63),
        _ => ALPHABET.iter().position(|known| *known == c).and_then(|at| u32::try_from(at).ok()),
    };
    let digits: Vec<u32> = text.bytes().take_while(|c| *c != b'=').filter_map(digit).collect();
    let mut decoded = String::with_capacity(digits.len());
    for chunk in digits.chunks(4) {
        let bits = (0..4).fold(0, |bits, at| bits << 6 | chunk.get(at).copied().unwrap_or(0));
        let bytes = [bits >> 16 & 255, bits >> 8 & 255, bits & 255];
        decoded.extend(bytes.into_iter().take(chunk.len().saturating_sub(1)).filter_map(char::from_u32));
    }
    evaluator.heap.text(decoded)
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
