//! Functions on texts.

use super::{argument, items, number, text};
use crate::evaluate::Evaluator;
use crate::failure::Evaluated;
use crate::value::Value;

type Arguments<'a, 'e> = &'a [Value<'e>];

/// Applies a function to the first argument, when it is a text.
fn with_text<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
    change: impl FnOnce(&str) -> String,
) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(text.len() / 64)?;
    evaluator.heap.text(change(&text))
}

pub(super) fn string<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let value = argument(arguments, 0);
    if matches!(value, Value::Undefined | Value::Text(_)) {
        return Ok(value);
    }
    let pretty = matches!(argument(arguments, 1), Value::Bool(true));
    let text = evaluator.text_of(value, pretty)?;
    evaluator.heap.text(text)
}

pub(super) fn length<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Value::Text(text) = argument(arguments, 0) else { return Ok(Value::Undefined) };
    Ok(Value::Number(evaluator.heap.str(text).chars().count() as f64))
}

pub(super) fn lowercase<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    with_text(evaluator, arguments, str::to_lowercase)
}

pub(super) fn uppercase<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    with_text(evaluator, arguments, str::to_uppercase)
}

pub(super) fn trim<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    with_text(evaluator, arguments, |text| {
        text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    })
}

/// Where a place given as a number lies in so many characters; negative ones count from the end.
fn place(at: f64, length: usize) -> usize {
    let at = at.trunc();
    let from_start = if at < 0.0 { at + length as f64 } else { at };
    from_start.clamp(0.0, length as f64) as usize
}

pub(super) fn substring<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let length = text.chars().count();
    evaluator.step(text.len() / 64)?;
    let mut start = number(arguments, 1).unwrap_or(0.0);
    if length as f64 + start < 0.0 {
        start = 0.0;
    }
    let end = match number(arguments, 2) {
        Some(count) if count <= 0.0 || argument(arguments, 1).is_undefined() => 0,
        Some(count) if start >= 0.0 => place(start + count, length),
        Some(count) => place(length as f64 + start + count, length),
        None => length,
    };
    let start = place(start, length);
    evaluator.heap.text(text.chars().take(end).skip(start).collect::<String>())
}

pub(super) fn substring_before<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
) -> Evaluated<Value<'e>> {
    let mark = text(evaluator, arguments, 1).unwrap_or_default();
    with_text(evaluator, arguments, |text| text.split_once(&mark).map_or(text, |(before, _)| before).to_owned())
}

pub(super) fn substring_after<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let mark = text(evaluator, arguments, 1).unwrap_or_default();
    with_text(evaluator, arguments, |text| text.split_once(&mark).map_or(text, |(_, after)| after).to_owned())
}

pub(super) fn pad<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(text) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let width = number(arguments, 1).unwrap_or(0.0);
    let with = self::text(evaluator, arguments, 2).filter(|with| !with.is_empty()).unwrap_or_else(|| " ".to_owned());
    let missing = width.abs() - text.chars().count() as f64;
    if missing < 1.0 || missing.is_nan() {
        return Ok(argument(arguments, 0));
    }
    let missing = missing as usize;
    evaluator.heap.allow(missing)?;
    evaluator.step(missing / 64)?;
    let padding: String = with.chars().cycle().take(missing).collect();
    evaluator.heap.text(if width > 0.0 { text + &padding } else { padding + &text })
}

pub(super) fn join<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(parts) = items(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let separator = text(evaluator, arguments, 1).unwrap_or_default();
    let mut joined = String::new();
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            joined.push_str(&separator);
        }
        if let Value::Text(part) = part {
            joined.push_str(evaluator.heap.str(part));
        }
        evaluator.heap.allow(joined.len())?;
    }
    evaluator.step(joined.len() / 64)?;
    evaluator.heap.text(joined)
}
