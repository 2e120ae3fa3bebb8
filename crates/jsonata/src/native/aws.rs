//! What Step Functions adds to JSONata: `$parse`, `$partition`, `$range`, `$hash`, `$uuid`, and a seed for `$random`.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::json::{Json, double_quoted};
use super::{argument, items, number, text};
use crate::evaluate::Evaluator;
use crate::failure::{Bound, Evaluated, Failure};
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
    let text = uuid_text(evaluator);
    evaluator.heap.text(text)
}

pub(super) fn uuid_text(evaluator: &Evaluator<'_>) -> String {
    let high = evaluator.bindings.random();
    let low = evaluator.bindings.random();
    let high = high & !0xf000 | 0x4000;
    let low = low >> 2 | 1 << 63;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// The digest of a text in hexadecimal digits. Without an algorithm there is nothing; one that is undefined is refused as `null`
/// (measured on AWS by others).
pub(super) fn hash<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(data) = text(evaluator, arguments, 0).filter(|_| arguments.len() > 1) else {
        return Ok(Value::Undefined);
    };
    evaluator.step(data.len() / 16)?;
    let digest = match text(evaluator, arguments, 1).as_deref().unwrap_or("null") {
        "MD5" => Md5::digest(&data).to_vec(),
        "SHA-1" => Sha1::digest(&data).to_vec(),
        "SHA-256" => Sha256::digest(&data).to_vec(),
        "SHA-384" => Sha384::digest(&data).to_vec(),
        "SHA-512" => Sha512::digest(&data).to_vec(),
        other => {
            let message = format!("Hash algorithm '{other}' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5");
            return Err(Failure::new("D3137", message));
        }
    };
    let text: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    evaluator.heap.text(text)
}

/// The values in arrays of so many, the last of which may be smaller; all in one, even if there are none, when no size is given.
/// A fraction of the size is cut off. No values and a size of zero give nothing (measured on AWS by others).
pub(super) fn partition<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let values = argument(arguments, 0);
    if values.is_undefined() {
        return Ok(Value::Undefined);
    }
    let Some(values) = items(evaluator, arguments, 0) else {
        return Err(Failure::of_function("T0412", "Argument 1 of function ", " must be an array of undefined"));
    };
    let Some(size) = number(arguments, 1).map(f64::trunc) else {
        let whole = evaluator.heap.array(values)?;
        return evaluator.heap.array(vec![whole]);
    };
    if size < 0.0 {
        return Err(Failure::new("D3137", "Second argument must be zero or greater"));
    }
    let size = size as usize;
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

/// How many numbers `$range` gives at most: AWS refuses the next one (measured by others).
const MAX_RANGE_ITEMS: f64 = 360_145.0;

/// The whole numbers from the first to the last, which is included when a step lands on it. Fractions of the arguments are cut
/// off, one number stands for itself, and without a step, with an undefined argument or a step of zero there is nothing (measured
/// on AWS by others).
pub(super) fn range<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let (Some(first), Some(last), Some(step)) = (number(arguments, 0), number(arguments, 1), number(arguments, 2))
    else {
        return Ok(Value::Undefined);
    };
    let [first, last, step] = [first, last, step].map(whole);
    if step == 0.0 {
        return Ok(Value::Undefined);
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > MAX_RANGE_ITEMS {
        return Err(Failure::bound(Bound::Memory));
    }
    let count = count.max(0.0) as u32;
    evaluator.heap.allow(usize::try_from(count).unwrap_or(usize::MAX).saturating_mul(8))?;
    evaluator.step(usize::try_from(count / 16).unwrap_or(usize::MAX))?;
    let items = (0..count).map(|at| Value::Number(first + f64::from(at) * step)).collect();
    evaluator.heap.sequence(items)
}

/// A number without its fraction, as Java's `long` holds it.
fn whole(number: f64) -> f64 {
    const LONGS: std::ops::RangeInclusive<f64> = -9_223_372_036_854_775_808.0..=9_223_372_036_854_775_808.0;
    if number.is_nan() { 0.0 } else { number.trunc().clamp(*LONGS.start(), *LONGS.end()) }
}

/// A value from its JSON text, whose strings may have single quotes.
pub(super) fn parse<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 16)?;
    let Ok(Json(json)) = serde_json::from_str(&double_quoted(&text)) else {
        return Err(Failure::new("D3137", "Invalid JSON"));
    };
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
