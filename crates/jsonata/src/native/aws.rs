//! What Step Functions adds to JSONata: `$parse`, `$partition`, `$range`, `$hash`, `$uuid`, and a seed for `$random`.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::json::Json;
use super::{items, number, text};
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::syntax::quoted;
use crate::value::{Entries, Key, Value};

type Arguments<'a, 'e> = &'a [Value<'e>];

/// 2⁻⁵³: what turns 53 random bits into a number below one.
const UNIT: f64 = 1.0 / 9_007_199_254_740_992.0;

/// A number from zero up to one. A seed always gives the same: the first number of `java.util.Random`, as on AWS.
pub(super) fn random<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let bits = match number(arguments, 0) {
        Some(seed) => seeded(seed),
        None => evaluator.bindings.random() >> 11,
    };
    Ok(Value::Number(bits as f64 * UNIT))
}

fn seeded(seed: f64) -> u64 {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let next = |state: u64| (state.wrapping_mul(MULTIPLIER).wrapping_add(11)) & MASK;
    let first = next((seed as i64 as u64 ^ MULTIPLIER) & MASK);
    let second = next(first);
    ((first >> 22) << 27) + (second >> 21)
}

/// A version 4 UUID.
pub(super) fn uuid<'e>(evaluator: &mut Evaluator<'e>, _: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let high = evaluator.bindings.random();
    let low = evaluator.bindings.random();
    let high = high & !0xf000 | 0x4000;
    let low = low >> 2 | 1 << 63;
    let text = format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    );
    evaluator.heap.text(text)
}

pub(super) fn hash<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(data) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let algorithm = text(evaluator, arguments, 1).unwrap_or_default();
    evaluator.step(data.len() / 16)?;
    let digest = match algorithm.as_str() {
        "MD5" => Md5::digest(&data).to_vec(),
        "SHA-1" => Sha1::digest(&data).to_vec(),
        "SHA-256" => Sha256::digest(&data).to_vec(),
        "SHA-384" => Sha384::digest(&data).to_vec(),
        "SHA-512" => Sha512::digest(&data).to_vec(),
        other => {
            let message = format!(
                "Argument 2 of function \"hash\" must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512; got: {}",
                quoted(other)
            );
            return Err(Failure::new("D3137", message));
        }
    };
    let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    evaluator.heap.text(text)
}

/// The values in arrays of so many, the last of which may be smaller; all in one when no size is given. Nothing and a size of
/// zero give nothing (measured on AWS by others).
pub(super) fn partition<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(values) = items(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let size = number(arguments, 1).map_or(values.len(), |size| size as usize);
    if number(arguments, 1).is_some_and(|size| size < 0.0) {
        return Err(Failure::new("D3137", "Second argument must be zero or greater"));
    }
    if size == 0 || values.is_empty() {
        return Ok(Value::Undefined);
    }
    evaluator.step(values.len() / 8)?;
    let mut chunks = Vec::new();
    for chunk in values.chunks(size) {
        chunks.push(evaluator.heap.array(chunk.to_vec())?);
    }
    evaluator.heap.array(chunks)
}

/// The whole numbers from the first to the last, which is included when a step lands on it. Fractions of the arguments are cut
/// off, one number stands for itself, and with an argument too few there is nothing (measured on AWS by others).
pub(super) fn range<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let (Some(first), Some(last), Some(step)) = (number(arguments, 0), number(arguments, 1), number(arguments, 2))
    else {
        return Ok(Value::Undefined);
    };
    let [first, last, step] = [first, last, step].map(f64::trunc);
    if step == 0.0 || !(first.is_finite() && last.is_finite() && step.is_finite()) {
        return Err(Failure::new("D3137", "Argument 3 of function \"range\" must not be zero"));
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > 1e7 {
        return Err(Failure::bound(crate::failure::Bound::Memory));
    }
    let count = count.max(0.0) as u32;
    evaluator.heap.allow(usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(8))?;
    evaluator.step(usize::try_from(count / 16).unwrap_or(usize::MAX))?;
    let items = (0..count).map(|at| Value::Number(first + f64::from(at) * step)).collect();
    evaluator.heap.sequence(items)
}

/// A value from its JSON text.
pub(super) fn parse<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 16)?;
    let Ok(Json(json)) = serde_json::from_str(&text) else { return Err(Failure::new("D3137", "Invalid JSON")) };
    adopt(evaluator, json)
}

/// Takes a JSON value into the heap. It nests 128 levels at most, as it has just been parsed.
fn adopt<'e>(evaluator: &mut Evaluator<'e>, json: serde_json::Value) -> Evaluated<Value<'e>> {
    use serde_json::Value as Parsed;
    match json {
        Parsed::String(text) => evaluator.heap.text(text),
        Parsed::Array(values) => {
            let mut items = Vec::with_capacity(values.len());
            for value in values {
                items.push(adopt(evaluator, value)?);
            }
            evaluator.heap.array(items)
        }
        Parsed::Object(map) => {
            let mut entries = Entries::default();
            for (key, value) in map {
                let value = adopt(evaluator, value)?;
                entries.set(Key::from(key), value);
            }
            evaluator.heap.object(entries)
        }
        Parsed::Null => Ok(Value::Null),
        Parsed::Bool(value) => Ok(Value::Bool(value)),
        Parsed::Number(number) => Ok(Value::of_number(&number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_javas_first_number() {
        let number = seeded(42.0) as f64 * UNIT;
        assert_eq!(number.to_string(), "0.7275636800328681");
    }
}
