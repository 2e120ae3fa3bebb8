//! `$replace`.

use super::{Arguments, Found, first, follow, more};
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::native::{argument, number, text};
use crate::value::{Entries, Key, Value};

pub(in crate::native) fn replace<'e>(
    evaluator: &mut Evaluator<'e>,
    arguments: Arguments<'_, 'e>,
) -> Evaluated<Value<'e>> {
    let Some(whole) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let pattern = text(evaluator, arguments, 1);
    let limit = number(arguments, 3);
    if pattern.as_deref() == Some("") {
        return Err(Failure::new("D3010", "Second argument of replace function cannot be an empty string"));
    }
    if limit.is_some_and(|limit| limit < 0.0) {
        return Err(Failure::new("D3011", "Fourth argument of replace function must evaluate to a positive number"));
    }
    if !more(limit, 0) {
        return Ok(argument(arguments, 0));
    }
    evaluator.step(whole.len() / 32)?;
    let by = argument(arguments, 2);
    let result = match pattern {
        Some(pattern) => plain(evaluator, &whole, &pattern, by, limit)?,
        None => {
            let mut next = first(evaluator, argument(arguments, 1), argument(arguments, 0), &whole)?;
            let mut result = String::new();
            let mut position = 0;
            let mut count = 0;
            while let Some(found) = next.take().filter(|_| more(limit, count)) {
                result.push_str(whole.get(position..found.start).unwrap_or_default());
                result.push_str(&substitute(evaluator, by, &found, &whole)?);
                evaluator.heap.allow(result.len())?;
                position = found.start + found.matched.len();
                count += 1;
                next = follow(evaluator, found.next, &whole)?;
            }
            result.push_str(whole.get(position..).unwrap_or_default());
            result
        }
    };
    evaluator.heap.text(result)
}

fn plain<'e>(
    evaluator: &mut Evaluator<'e>,
    whole: &str,
    pattern: &str,
    by: Value<'e>,
    limit: Option<f64>,
) -> Evaluated<String> {
    let by = match by {
        Value::Text(text) => evaluator.heap.str(text).to_owned(),
        _ => return Err(not_a_text()),
    };
    let mut result = String::new();
    let mut rest = whole;
    let mut count = 0;
    while let Some((before, after)) = rest.split_once(pattern).filter(|_| more(limit, count)) {
        result.push_str(before);
        result.push_str(&by);
        evaluator.heap.allow(result.len())?;
        rest = after;
        count += 1;
    }
    result.push_str(rest);
    Ok(result)
}

fn not_a_text() -> Failure {
    Failure::new("D3012", "Attempted to replace a matched string with a non-string value")
}

fn substitute<'e>(evaluator: &mut Evaluator<'e>, by: Value<'e>, found: &Found<'e>, whole: &str) -> Evaluated<String> {
    if let Value::Text(by) = by {
        let by = evaluator.heap.str(by).to_owned();
        evaluator.step(1 + by.len() / 16)?;
        let groups: Vec<&str> = found
            .groups
            .iter()
            .map(|group| if let Value::Text(text) = group { evaluator.heap.str(*text) } else { "" })
            .collect();
        return Ok(fill(&by, &found.matched, &groups));
    }
    let value = if found.value.is_undefined() { described(evaluator, found, whole)? } else { found.value };
    match evaluator.apply(by, vec![value], Value::Null)? {
        Value::Text(text) => Ok(evaluator.heap.str(text).to_owned()),
        _ => Err(not_a_text()),
    }
}

/// The match as the argument of a replacement function.
fn described<'e>(evaluator: &mut Evaluator<'e>, found: &Found<'e>, whole: &str) -> Evaluated<Value<'e>> {
    let matched = evaluator.heap.text(found.matched.as_str())?;
    let groups = evaluator.heap.array(found.groups.clone())?;
    evaluator.step(1 + found.end / 256)?;
    let mut entries = Entries::default();
    entries.set(Key::from("match"), matched);
    entries.set(Key::from("start"), super::units(whole, found.start));
    entries.set(Key::from("end"), super::units(whole, found.end));
    entries.set(Key::from("groups"), groups);
    evaluator.heap.object(entries)
}

/// The whole number at the beginning of a text, as JavaScript's `parseInt` reads it.
fn whole_number(text: &str) -> Option<i64> {
    let number = text.trim_start();
    let digits = number.strip_prefix(['-', '+']).unwrap_or(number);
    let sign = number.len() - digits.len();
    let end = sign + digits.bytes().take_while(u8::is_ascii_digit).count();
    number.get(..end)?.parse().ok()
}

/// Fills `$0`, `$1`, `$$` in. As many characters are read as a number as the count of groups has digits, fewer if that is no group;
/// where there are ten groups or more a sign or a blank before a digit is a part of it.
fn fill(by: &str, matched: &str, groups: &[&str]) -> String {
    let mut out = String::new();
    let mut rest = by;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('0') {
            out.push_str(matched);
            rest = after;
        } else {
            let most = groups.len().max(1).to_string().len();
            let read = |most: usize| whole_number(&rest.chars().take(most).collect::<String>());
            let Some(mut number) = read(most) else {
                out.push('$');
                continue;
            };
            if most > 1 && usize::try_from(number).is_ok_and(|number| number > groups.len()) {
                number = read(most - 1).unwrap_or(number);
            }
            let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            out.push_str(at.and_then(|at| groups.get(at)).copied().unwrap_or_default());
            // The number as it is written, however it was.
            rest = rest.get(number.to_string().len()..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}
