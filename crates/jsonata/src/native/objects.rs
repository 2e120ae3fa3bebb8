//! Functions on objects, on types, and on truth.

use super::{argument, text};
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::value::{Array, Entries, Key, List, Text, Value};

/// The truth of an argument: unlike to a condition, a function is false to `$boolean` and `$not`, as JSONata hands functions over
/// as those of JavaScript.
fn truth_of<'e>(evaluator: &mut Evaluator<'e>, value: Value<'e>) -> Evaluated<bool> {
    match value {
        Value::Function(_) => Ok(false),
        value => evaluator.truth(value),
    }
}

pub(super) fn boolean<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    match argument(arguments, 0) {
        Value::Undefined => Ok(Value::Undefined),
        value => truth_of(evaluator, value).map(Value::Bool),
    }
}

pub(super) fn not<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    match argument(arguments, 0) {
        Value::Undefined => Ok(Value::Undefined),
        value => truth_of(evaluator, value).map(|truth| Value::Bool(!truth)),
    }
}

pub(super) fn exists<'e>(_: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    Ok(Value::Bool(!argument(arguments, 0).is_undefined()))
}

pub(super) fn type_name<'e>(_: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let name = match argument(arguments, 0) {
        Value::Undefined | Value::TailCall => return Ok(Value::Undefined),
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) | Value::Long(_) => "number",
        Value::Text(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) | Value::Tuple(_) => "object",
        Value::Function(_) => "function",
    };
    Ok(Value::Text(Text::Borrowed(name)))
}

pub(super) fn error<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let message = text(evaluator, arguments, 0).filter(|message| !message.is_empty());
    Err(Failure::new("D3137", message.unwrap_or_else(|| "$error() function evaluated".to_owned())))
}

pub(super) fn assert<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    if matches!(argument(arguments, 0), Value::Bool(true)) {
        return Ok(Value::Undefined);
    }
    let message = text(evaluator, arguments, 1).filter(|message| !message.is_empty());
    Err(Failure::new("D3141", message.unwrap_or_else(|| "$assert() statement failed".to_owned())))
}

pub(super) fn clone<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    evaluator.copy(argument(arguments, 0), 0)
}

pub(super) fn lookup<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let key = text(evaluator, arguments, 1).unwrap_or_default();
    evaluator.lookup(argument(arguments, 0), &key)
}

pub(super) fn keys<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let mut names = Entries::default();
    collect_keys(evaluator, argument(arguments, 0), &mut names, 0)?;
    let mut items = Vec::with_capacity(names.len());
    for (key, _) in names.to_vec() {
        items.push(key_value(evaluator, key)?);
    }
    evaluator.heap.sequence(items)
}

fn key_value<'e>(evaluator: &mut Evaluator<'e>, key: Key<'e>) -> Evaluated<Value<'e>> {
    match key {
        Key::Borrowed(key) => Ok(Value::Text(Text::Borrowed(key))),
        Key::Owned(key) => evaluator.heap.text(key),
    }
}

fn collect_keys<'e>(
    evaluator: &mut Evaluator<'e>,
    value: Value<'e>,
    names: &mut Entries<'e>,
    depth: usize,
) -> Evaluated<()> {
    evaluator.nested(depth)?;
    evaluator.step(1)?;
    match value {
        Value::Object(object) => {
            let members = evaluator.heap.members(object);
            evaluator.step(members.len() / 4)?;
            members.into_iter().for_each(|(key, _)| names.set(key, Value::Null));
        }
        Value::Array(array) => {
            for at in 0..evaluator.heap.len(array) {
                collect_keys(evaluator, evaluator.heap.item(array, at), names, depth + 1)?;
            }
        }
        _ => {}
    }
    Ok(())
}

pub(super) fn spread<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    spread_value(evaluator, argument(arguments, 0), 0)
}

fn spread_value<'e>(evaluator: &mut Evaluator<'e>, value: Value<'e>, depth: usize) -> Evaluated<Value<'e>> {
    evaluator.nested(depth)?;
    evaluator.step(1)?;
    match value {
        Value::Object(object) => {
            let mut items = Vec::new();
            for (key, member) in evaluator.heap.members(object) {
                let mut entries = Entries::default();
                entries.set(key, member);
                items.push(evaluator.heap.object(entries)?);
            }
            evaluator.heap.sequence(items)
        }
        Value::Array(array) => spread_array(evaluator, array, depth),
        _ => Ok(value),
    }
}

fn spread_array<'e>(evaluator: &mut Evaluator<'e>, array: Array<'e>, depth: usize) -> Evaluated<Value<'e>> {
    let mut items = Vec::new();
    let length = evaluator.heap.len(array);
    for at in 0..length {
        match spread_value(evaluator, evaluator.heap.item(array, at), depth + 1)? {
            Value::Undefined => {}
            Value::Array(inner) => evaluator.gather(inner, &mut items)?,
            single => items.push(single),
        }
    }
    // Once something has been appended the result is an array like any other.
    evaluator.heap.list(List { items, sequence: length == 0, ..List::default() })
}

pub(super) fn merge<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let Value::Array(array) = argument(arguments, 0) else { return Ok(Value::Undefined) };
    let mut merged = Entries::default();
    for at in 0..evaluator.heap.len(array) {
        if let Value::Object(object) = evaluator.heap.item(array, at) {
            let members = evaluator.heap.members(object);
            evaluator.step(1 + members.len() / 4)?;
            members.into_iter().for_each(|(key, value)| merged.set(key, value));
        }
    }
    evaluator.heap.object(merged)
}
