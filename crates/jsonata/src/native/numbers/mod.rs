//! Functions on numbers.

use super::{argument, items, number as number_at, text};
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::number as js;
use crate::picture::integer;
use crate::value::Value;

mod format;

pub(super) use format::format_number;

type Arguments<'a, 'e> = &'a [Value<'e>];

fn with_number<'e>(arguments: Arguments<'_, 'e>, change: impl FnOnce(f64) -> f64) -> Evaluated<Value<'e>> {
    Ok(number_at(arguments, 0).map_or(Value::Undefined, |number| Value::Number(change(number))))
}

/// The numbers of the first argument; `None` when there is no array.
fn numbers<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Option<Vec<f64>>> {
    let Some(values) = items(evaluator, arguments, 0) else { return Ok(None) };
    evaluator.step(values.len() / 8)?;
    Ok(Some(values.into_iter().filter_map(Value::as_number).collect()))
}

pub(super) fn sum<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let numbers = numbers(evaluator, arguments)?;
    Ok(numbers.map_or(Value::Undefined, |numbers| Value::Number(numbers.into_iter().fold(0.0, |sum, n| sum + n))))
}

fn of_some<'e>(numbers: Option<Vec<f64>>, fold: impl Fn(f64, f64) -> f64) -> Value<'e> {
    numbers.and_then(|numbers| numbers.into_iter().reduce(fold)).map_or(Value::Undefined, Value::Number)
}

pub(super) fn max<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    Ok(of_some(numbers(evaluator, arguments)?, f64::max))
}

pub(super) fn min<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    Ok(of_some(numbers(evaluator, arguments)?, f64::min))
}

pub(super) fn average<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let numbers = numbers(evaluator, arguments)?.filter(|numbers| !numbers.is_empty());
    Ok(numbers.map_or(Value::Undefined, |numbers| {
        let sum = numbers.iter().fold(0.0, |sum, n| sum + n);
        Value::Number(sum / numbers.len() as f64)
    }))
}

pub(super) fn number<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    match argument(arguments, 0) {
        Value::Undefined => Ok(Value::Undefined),
        number @ (Value::Number(_) | Value::Long(_)) => Ok(number),
        Value::Bool(value) => Ok(Value::Number(f64::from(u8::from(value)))),
        other => {
            let text = text(evaluator, arguments, 0).unwrap_or_default();
            if let Some(number) = read_number(&text) {
                return Ok(Value::Number(number));
            }
            let shown = evaluator.shown(other);
            Err(Failure::new("D3030", format!("Unable to cast value to a number: {shown}")))
        }
    }
}

/// Reads a number as JSON has it, or with JavaScript's prefixes for other bases.
fn read_number(text: &str) -> Option<f64> {
    if has_base(text) {
        return Some(in_base(text.trim()));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = digits.split_once(['e', 'E']).map_or((digits, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|e| all_digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    if !all_digits(whole) || !fraction.is_none_or(all_digits) || !exponent_fits {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Whether JSONata takes a text for a number of another base: it looks for hexadecimal digits at its beginning, octal ones anywhere, and
/// binary ones at its end.
fn has_base(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let hexadecimal = lower.strip_prefix("0x").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()));
    let mut octal = lower.match_indices("0o").filter_map(|(at, mark)| lower.get(at + mark.len()..));
    let before_binary = lower.trim_end_matches(['0', '1']);
    hexadecimal
        || octal.any(|rest| rest.starts_with(|c: char| c.is_digit(8)))
        || (before_binary.len() < lower.len() && before_binary.ends_with("0b"))
}

/// A number with the prefix of its base, as JavaScript reads it; others are no number.
fn in_base(text: &str) -> f64 {
    let lower = text.to_ascii_lowercase();
    for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = lower.strip_prefix(prefix).filter(|digits| digits.chars().all(|c| c.is_digit(base))) {
            return digits.chars().fold(0.0, |sum, c| sum * f64::from(base) + f64::from(c.to_digit(base).unwrap_or(0)));
        }
    }
    f64::NAN
}

pub(super) fn abs<'e>(_: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    with_number(arguments, f64::abs)
}

pub(super) fn floor<'e>(_: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    with_number(arguments, f64::floor)
}

pub(super) fn ceil<'e>(_: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    with_number(arguments, f64::ceil)
}

pub(super) fn round<'e>(_: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let places = number_at(arguments, 1).unwrap_or(0.0) as i32;
    with_number(arguments, |number| js::round(number, places))
}

pub(super) fn sqrt<'e>(_: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    match number_at(arguments, 0) {
        Some(number) if number < 0.0 => {
            let shown = js::to_text(number);
            Err(Failure::new("D3060", format!("The sqrt function cannot be applied to a negative number: {shown}")))
        }
        _ => with_number(arguments, f64::sqrt),
    }
}

pub(super) fn power<'e>(_: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(base) = number_at(arguments, 0) else { return Ok(Value::Undefined) };
    let exponent = number_at(arguments, 1).unwrap_or(f64::NAN);
    let result = base.powf(exponent);
    if !result.is_finite() {
        let message = format!(
            "The power function has resulted in a value that cannot be represented as a JSON number: base={}, exponent={}",
            js::to_text(base),
            if exponent.is_nan() { "undefined".to_owned() } else { js::to_text(exponent) }
        );
        return Err(Failure::new("D3061", message));
    }
    Ok(Value::Number(result))
}

/// 2⁵³, from where on the last digit of a double is not known.
const BEYOND_PRECISION: f64 = 9_007_199_254_740_992.0;

pub(super) fn format_base<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(value) = number_at(arguments, 0) else { return Ok(Value::Undefined) };
    let radix = number_at(arguments, 1).map_or(10.0, |radix| js::round(radix, 0));
    if !(2.0..=36.0).contains(&radix) {
        let message = format!(
            "The radix of the formatBase function must be between 2 and 36.  It was given {}",
            js::to_text(radix)
        );
        return Err(Failure::new("D3100", message));
    }
    let value = js::round(value, 0);
    if !value.is_finite() || radix == 10.0 {
        return evaluator.heap.text(js::to_text(value));
    }
    let mut left = value.abs();
    let mut digits = Vec::new();
    // A double has no digits below its precision: JavaScript writes zeros for them.
    while left / radix >= BEYOND_PRECISION {
        digits.push('0');
        left /= radix;
    }
    loop {
        let rest = left % radix;
        digits.push(char::from_digit(rest as u32, 36).unwrap_or('0'));
        left = (left - rest) / radix;
        if left <= 0.0 {
            break;
        }
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let text: String = sign.chars().chain(digits.into_iter().rev()).collect();
    evaluator.heap.text(text)
}

pub(super) fn format_integer<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(value) = number_at(arguments, 0) else { return Ok(Value::Undefined) };
    let picture = text(evaluator, arguments, 1).unwrap_or_default();
    evaluator.step(1 + picture.len() * picture.len() / 64)?;
    let text = integer::Picture::parse(&picture)?.format(value.floor())?;
    evaluator.heap.text(text)
}

pub(super) fn parse_integer<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(value) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let picture = text(evaluator, arguments, 1).unwrap_or_default();
    evaluator.step(1 + value.len() / 8 + picture.len() * picture.len() / 64)?;
    integer::Picture::parse(&picture)?.read(&value).map(Value::Number)
}
