//! Functions that take functions.

use super::argument;
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::value::{Entries, Key, Text, Value};

/// Calls a function with as many of a value, its index or key, and the whole, as the function has parameters.
fn call<'e>(evaluator: &mut Evaluator<'e>, function: Value<'e>, given: [Value<'e>; 3]) -> Evaluated<Value<'e>> {
    let count = evaluator.arity(function).clamp(1, 3);
    let arguments = given.into_iter().take(count).collect();
    evaluator.apply(function, arguments, Value::Null)
}

fn place<'e>(at: usize) -> Value<'e> {
    Value::Number(at as f64)
}

/// Calls the function for every item of the array and keeps what `kept` makes of the item and the call's result.
fn sequence_of<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: &[Value<'e>],
    kept: impl Fn(&mut Evaluator<'e>, Value<'e>, Value<'e>) -> Evaluated<Option<Value<'e>>>,
) -> Evaluated<Value<'e>> {
    let whole = argument(arguments, 0);
    let Value::Array(array) = whole else { return Ok(Value::Undefined) };
    let mut results = Vec::new();
    for at in 0..evaluator.heap.len(array) {
        let item = evaluator.heap.item(array, at);
        let result = call(evaluator, argument(arguments, 1), [item, place(at), whole])?;
        results.extend(kept(evaluator, item, result)?);
    }
    evaluator.heap.sequence(results)
}

pub(super) fn map<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    sequence_of(evaluator, arguments, |_, _, result| Ok((!result.is_undefined()).then_some(result)))
}

pub(super) fn filter<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    sequence_of(evaluator, arguments, |evaluator, item, result| Ok(evaluator.truth(result)?.then_some(item)))
}

pub(super) fn single<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let whole = argument(arguments, 0);
    let Value::Array(array) = whole else { return Ok(Value::Undefined) };
    let function = argument(arguments, 1);
    let mut found = None;
    for at in 0..evaluator.heap.len(array) {
        let item = evaluator.heap.item(array, at);
        let hit = if function.is_undefined() {
            true
        } else {
            let result = call(evaluator, function, [item, place(at), whole])?;
            evaluator.truth(result)?
        };
        if hit && found.replace(item).is_some() {
            let message = "The $single() function expected exactly 1 matching result.  Instead it matched more.";
            return Err(Failure::new("D3138", message));
        }
    }
    found.ok_or_else(|| {
        let message = "The $single() function expected exactly 1 matching result.  Instead it matched 0.";
        Failure::new("D3139", message)
    })
}

pub(super) fn reduce<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let whole = argument(arguments, 0);
    let Value::Array(array) = whole else { return Ok(Value::Undefined) };
    let function = argument(arguments, 1);
    let arity = evaluator.arity(function);
    if arity < 2 {
        let message = "The second argument of reduce function must be a function with at least two arguments";
        return Err(Failure::new("D3050", message));
    }
    let mut result = argument(arguments, 2);
    let mut at = 0;
    if result.is_undefined() && evaluator.heap.len(array) > 0 {
        result = evaluator.heap.item(array, 0);
        at = 1;
    }
    while at < evaluator.heap.len(array) {
        let mut given = vec![result, evaluator.heap.item(array, at), place(at), whole];
        given.truncate(arity);
        result = evaluator.apply(function, given, Value::Null)?;
        at += 1;
    }
    Ok(result)
}

pub(super) fn sort<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let whole = argument(arguments, 0);
    let Value::Array(array) = whole else { return Ok(Value::Undefined) };
    if evaluator.heap.len(array) <= 1 {
        return Ok(whole);
    }
    let items: Vec<Value<'e>> = evaluator.heap.items(array).collect();
    let function = argument(arguments, 1);
    let sorted = if function.is_undefined() {
        let alike = items.iter().all(|item| matches!(item, Value::Number(_) | Value::Long(_)))
            || items.iter().all(|item| matches!(item, Value::Text(_)));
        if !alike {
            let message = "The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function";
            return Err(Failure::new("D3070", message));
        }
        evaluator.merge_sort(items, &mut |evaluator, left, right| {
            Ok(match (left, right) {
                (Value::Long(left), Value::Long(right)) => left > right,
                (Value::Number(_) | Value::Long(_), Value::Number(_) | Value::Long(_)) => {
                    left.as_number() > right.as_number()
                }
                (Value::Text(left), Value::Text(right)) => evaluator.text_order(left, right).is_gt(),
                _ => false,
            })
        })?
    } else {
        evaluator.merge_sort(items, &mut |evaluator, left, right| {
            let after = evaluator.apply(function, vec![left, right], Value::Null)?;
            // What decides is JavaScript's truth, for which an empty array or object is true.
            match after {
                Value::Array(_) | Value::Object(_) | Value::Function(_) => Ok(true),
                _ => evaluator.truth(after),
            }
        })?
    };
    evaluator.heap.array(sorted)
}

fn key_text<'e>(evaluator: &mut Evaluator<'e>, key: &Key<'e>) -> Evaluated<Value<'e>> {
    match key {
        Key::Borrowed(key) => Ok(Value::Text(Text::Borrowed(key))),
        Key::Owned(key) => evaluator.heap.text(key.as_str()),
    }
}

pub(super) fn each<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let whole = argument(arguments, 0);
    let mut results = Vec::new();
    if let Value::Object(object) = whole {
        for (key, value) in evaluator.heap.members(object) {
            let key = key_text(evaluator, &key)?;
            let result = call(evaluator, argument(arguments, 1), [value, key, whole])?;
            if !result.is_undefined() {
                results.push(result);
            }
        }
    }
    evaluator.heap.sequence(results)
}

pub(super) fn sift<'e>(evaluator: &mut Evaluator<'e>, arguments: &[Value<'e>]) -> Evaluated<Value<'e>> {
    let whole = argument(arguments, 0);
    let mut entries = Entries::default();
    if let Value::Object(object) = whole {
        for (key, value) in evaluator.heap.members(object) {
            let name = key_text(evaluator, &key)?;
            let result = call(evaluator, argument(arguments, 1), [value, name, whole])?;
            if evaluator.truth(result)? {
                entries.set(key, value);
            }
        }
    }
    if entries.len() == 0 { Ok(Value::Undefined) } else { evaluator.heap.object(entries) }
}
