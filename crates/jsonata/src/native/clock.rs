//! Functions on time. The present is what the evaluation was given: there is no clock.

use super::{number, text};
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::picture::{date, reading};
use crate::syntax::quoted;
use crate::value::Value;

type Arguments<'a, 'e> = &'a [Value<'e>];

/// What one reading or writing with a picture may cost: pictures are short.
const MAX_PICTURE_BYTES: usize = 1000;

fn present(evaluator: &Evaluator<'_>) -> f64 {
    evaluator.bindings.now().as_millisecond() as f64
}

fn write<'e>(
    evaluator: &mut Evaluator<'e>,
    millis: f64,
    picture: Option<String>,
    zone: Option<&str>,
) -> Evaluated<Value<'e>> {
    let picture = picture.as_deref().unwrap_or(date::ISO);
    check(evaluator, picture, 1)?;
    let text = date::write(millis, picture, zone)?;
    evaluator.heap.text(text)
}

fn check(evaluator: &mut Evaluator<'_>, picture: &str, factor: usize) -> Evaluated<()> {
    evaluator.step(1 + picture.len() * factor)?;
    if picture.len() <= MAX_PICTURE_BYTES {
        return Ok(());
    }
    Err(Failure::new("D3135", format!("The date/time picture string is longer than {MAX_PICTURE_BYTES} characters")))
}

pub(super) fn now<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let picture = text(evaluator, arguments, 0);
    let zone = text(evaluator, arguments, 1);
    let millis = present(evaluator);
    write(evaluator, millis, picture, zone.as_deref())
}

pub(super) fn millis<'e>(evaluator: &mut Evaluator<'e>, _: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    Ok(Value::Number(present(evaluator)))
}

/// A time as text; what is no number has none (measured on AWS by others).
pub(super) fn from_millis<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(millis) = number(arguments, 0) else { return Ok(Value::Undefined) };
    let picture = text(evaluator, arguments, 1);
    let zone = text(evaluator, arguments, 2);
    write(evaluator, millis, picture, zone.as_deref())
}

pub(super) fn to_millis<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(timestamp) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(timestamp.len())?;
    if let Some(picture) = text(evaluator, arguments, 1) {
        check(evaluator, &picture, 1 + timestamp.len() / 16)?;
        let millis = reading::read(&timestamp, &picture, present(evaluator))?;
        return Ok(millis.map_or(Value::Undefined, Value::Number));
    }
    reading::read_iso(&timestamp).map(Value::Number).ok_or_else(|| {
        let given = quoted(&timestamp);
        let message =
            format!("The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {given}");
        Failure::new("D3110", message)
    })
}
