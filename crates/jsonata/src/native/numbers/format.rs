//! `$formatNumber`: decimal pictures of XPath 3.1.

use super::Arguments;
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::native::{argument, number, text};
use crate::picture::decimal::{Properties, SubPicture, write};
use crate::value::Value;

pub(in crate::native) fn format_number<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
) -> Evaluated<Value<'e>> {
    let Some(value) = number(arguments, 0) else { return Ok(Value::Undefined) };
    let picture = text(evaluator, arguments, 1).unwrap_or_default();
    let mut properties = Properties::default();
    if let Value::Object(options) = argument(arguments, 2) {
        for (name, value) in evaluator.heap.members(options) {
            if let Value::Text(value) = value {
                properties.set(&name, evaluator.heap.str(value));
            }
        }
    }
    // Pictures are short. A long one costs the square of its length below.
    if picture.len() > 1000 {
        return Err(Failure::new("D3080", "The picture string is longer than 1000 characters"));
    }
    evaluator.step(1 + picture.len())?;
    let parts: Vec<&str> = picture.split(properties.pattern_separator.as_str()).collect();
    if parts.len() > 2 || properties.pattern_separator.is_empty() {
        return Err(Failure::new("D3080", "The picture string must only contain a maximum of two sub-pictures"));
    }
    let parsed = parts.iter().map(|part| SubPicture::parse(part, &properties)).collect::<Evaluated<Vec<_>>>()?;
    let Some(positive) = parsed.first() else { return Ok(Value::Undefined) };
    let text = match parsed.get(1) {
        Some(negative) if value < 0.0 => write(value, negative, &properties),
        None if value < 0.0 => write(value, &positive.negative(&properties), &properties),
        _ => write(value, positive, &properties),
    };
    evaluator.heap.text(text)
}
