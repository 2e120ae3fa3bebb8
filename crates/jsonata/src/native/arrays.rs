//! Functions on arrays.

use super::{argument, items};
use crate::evaluate::Evaluator;
use crate::failure::Evaluated;
use crate::value::{List, Value};

pub(super) fn count<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    Ok(Value::Number(match argument(arguments, 0) {
        Value::Array(array) => evaluator.heap.len(array) as f64,
        _ => 0.0,
    }))
}

pub(super) fn append<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let first = argument(arguments, 0);
    let second = argument(arguments, 1);
    match (first, second) {
        (Value::Undefined, other) | (other, Value::Undefined) => Ok(other),
        _ => evaluator.appended(&[first, second]),
    }
}

pub(super) fn reverse<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    match items(evaluator, arguments, 0) {
        Some(mut values) if values.len() > 1 => {
            values.reverse();
            evaluator.step(values.len() / 8)?;
            evaluator.heap.array(values)
        }
        _ => Ok(argument(arguments, 0)),
    }
}

pub(super) fn shuffle<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let Some(mut values) = items(evaluator, arguments, 0).filter(|values| values.len() > 1) else {
        return Ok(argument(arguments, 0));
    };
    evaluator.step(values.len())?;
    for last in (1..values.len()).rev() {
        let below = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let at = usize::try_from(evaluator.bindings.random() % below).unwrap_or(0);
        values.swap(last, at);
    }
    evaluator.heap.array(values)
}

pub(super) fn distinct<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let value = argument(arguments, 0);
    let Value::Array(array) = value else { return Ok(value) };
    if evaluator.heap.len(array) <= 1 {
        return Ok(value);
    }
    let mut kept: Vec<Value<'e>> = Vec::new();
    for at in 0..evaluator.heap.len(array) {
        let item = evaluator.heap.item(array, at);
        let mut known = false;
        for other in &kept {
            if evaluator.equal(item, *other, 0)? {
                known = true;
                break;
            }
        }
        if !known {
            kept.push(item);
        }
    }
    let sequence = evaluator.heap.made(array).is_some_and(|list| list.sequence);
    evaluator.heap.list(List { items: kept, sequence, ..List::default() })
}

pub(super) fn zip<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let lengths = arguments.iter().map(|value| match value {
        Value::Array(array) => evaluator.heap.len(*array),
        _ => 0,
    });
    let length = lengths.min().unwrap_or(0);
    let mut rows = Vec::with_capacity(length);
    for at in 0..length {
        let row = arguments.iter().map(|value| match value {
            Value::Array(array) => evaluator.heap.item(*array, at),
            _ => Value::Undefined,
        });
        let row = row.collect();
        rows.push(evaluator.heap.array(row)?);
    }
    evaluator.step(length)?;
    evaluator.heap.array(rows)
}
