//! Functions that search texts, by a text, a regular expression, or a function that finds matches.

use super::{argument, number, text};
use crate::evaluate::Evaluator;
use crate::failure::{Evaluated, Failure};
use crate::regex::{Match, Regex};
use crate::value::{Closure, Entries, Function, Key, Text, Value};

mod replacement;

pub(super) use replacement::replace;

type Arguments<'a, 'e> = &'a [Value<'e>];

/// A match, wherever it comes from; offsets in bytes.
struct Found<'e> {
    start: usize,
    end: usize,
    matched: String,
    groups: Vec<Value<'e>>,
    value: Value<'e>,
    next: Next<'e>,
}

#[derive(Clone, Copy)]
enum Next<'e> {
    Regex(&'e Regex, Text<'e>, Option<usize>),
    Function(Value<'e>),
}

impl<'e> Evaluator<'e> {
    /// The first match of a pattern, or the one `after` an offset: that one must not be empty.
    pub(crate) fn next_match(
        &mut self,
        regex: &'e Regex,
        text: Text<'e>,
        after: Option<usize>,
    ) -> Evaluated<Option<Match>> {
        let length = self.heap.str(text).len();
        let from = after.unwrap_or(0);
        self.step(regex.cost(length.saturating_sub(from)))?;
        if after.is_some() && from >= length {
            return Ok(None);
        }
        match regex.find(self.heap.str(text), from) {
            Some(found) if after.is_some() && found.start == found.end => Err(zero_length()),
            found => Ok(found),
        }
    }

    /// A match as a value of the expression.
    pub(crate) fn match_value(&mut self, found: &Match, regex: &'e Regex, text: Text<'e>) -> Evaluated<Value<'e>> {
        let whole = self.heap.str(text).to_owned();
        let matched = self.heap.text(whole.get(found.start..found.end).unwrap_or_default())?;
        let groups = self.groups_of(&whole, found)?;
        let groups = self.heap.array(groups)?;
        let next = self.heap.closure(Closure::NextMatch { regex, text, from: found.end })?;
        let mut entries = Entries::default();
        entries.set(Key::from("match"), matched);
        entries.set(Key::from("start"), units(&whole, found.start));
        entries.set(Key::from("end"), units(&whole, found.end));
        entries.set(Key::from("groups"), groups);
        entries.set(Key::from("next"), next);
        self.heap.object(entries)
    }

    fn groups_of(&mut self, whole: &str, found: &Match) -> Evaluated<Vec<Value<'e>>> {
        let mut groups = Vec::with_capacity(found.groups.len());
        for group in &found.groups {
            groups.push(match group {
                Some((start, end)) => self.heap.text(whole.get(*start..*end).unwrap_or_default())?,
                None => Value::Undefined,
            });
        }
        Ok(groups)
    }
}

fn zero_length() -> Failure {
    Failure::new("D1004", "Regular expression matches zero length string")
}

/// An offset in UTF-16 units, as JavaScript counts.
fn units<'e>(text: &str, at: usize) -> Value<'e> {
    Value::Number(text.get(..at).unwrap_or(text).encode_utf16().count() as f64)
}

/// The reverse of [`units`].
fn bytes(text: &str, unit: f64) -> usize {
    let mut left = unit;
    for (at, c) in text.char_indices() {
        if left <= 0.0 {
            return at;
        }
        left -= if c.len_utf16() == 2 { 2.0 } else { 1.0 };
    }
    text.len()
}

/// The first match, by a regular expression or by a function.
fn first<'e>(
    evaluator: &mut Evaluator<'e>,
    matcher: Value<'e>,
    subject: Value<'e>,
    whole: &str,
) -> Evaluated<Option<Found<'e>>> {
    if let (Value::Function(Function::Closure(at)), Value::Text(text)) = (matcher, subject)
        && let Some(Closure::Regex(regex)) = evaluator.heap.made_function(at)
    {
        return follow(evaluator, Next::Regex(regex, text, None), whole);
    }
    let value = evaluator.apply(matcher, vec![subject], Value::Null)?;
    found_by_function(evaluator, value, whole)
}

/// The match after one.
fn follow<'e>(evaluator: &mut Evaluator<'e>, next: Next<'e>, whole: &str) -> Evaluated<Option<Found<'e>>> {
    match next {
        Next::Regex(regex, text, from) => {
            let Some(found) = evaluator.next_match(regex, text, from)? else { return Ok(None) };
            let groups = evaluator.groups_of(whole, &found)?;
            Ok(Some(Found {
                start: found.start,
                end: found.end,
                matched: whole.get(found.start..found.end).unwrap_or_default().to_owned(),
                groups,
                value: Value::Undefined,
                next: Next::Regex(regex, text, Some(found.end)),
            }))
        }
        Next::Function(function) => {
            let value = evaluator.apply(function, Vec::new(), Value::Null)?;
            found_by_function(evaluator, value, whole)
        }
    }
}

fn found_by_function<'e>(evaluator: &mut Evaluator<'e>, value: Value<'e>, whole: &str) -> Evaluated<Option<Found<'e>>> {
    if value.is_undefined() {
        return Ok(None);
    }
    let wrong = || {
        let before = "The matcher function argument passed to function ";
        Failure::of_function("T1010", before, " does not return the correct object structure")
    };
    let Value::Object(object) = value else { return Err(wrong()) };
    let field = |name| evaluator.heap.field(object, name);
    let (Value::Number(start), Value::Number(end), Value::Text(matched)) =
        (field("start"), field("end"), field("match"))
    else {
        return Err(wrong());
    };
    let next = field("next");
    let groups = match field("groups") {
        Value::Array(groups) => evaluator.heap.items(groups).collect(),
        _ => return Err(wrong()),
    };
    let matched = evaluator.heap.str(matched).to_owned();
    let start = bytes(whole, start);
    let end = bytes(whole, end);
    evaluator.step(1 + whole.len() / 256)?;
    Ok(Some(Found { start, end, matched, groups, value, next: Next::Function(next) }))
}

pub(super) fn contains<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(whole) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    evaluator.step(whole.len() / 64)?;
    if let Some(part) = text(evaluator, arguments, 1) {
        return Ok(Value::Bool(whole.contains(&part)));
    }
    let found = first(evaluator, argument(arguments, 1), argument(arguments, 0), &whole)?;
    Ok(Value::Bool(found.is_some()))
}

/// Whether fewer matches than the limit have been taken.
fn more(limit: Option<f64>, count: usize) -> bool {
    limit.is_none_or(|limit| (count as f64) < limit)
}

pub(super) fn matches<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(whole) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let limit = number(arguments, 2);
    if limit.is_some_and(|limit| limit < 0.0) {
        return Err(Failure::new("D3040", "Third argument of match function must evaluate to a positive number"));
    }
    let mut results = Vec::new();
    if more(limit, 0) {
        let mut next = first(evaluator, argument(arguments, 1), argument(arguments, 0), &whole)?;
        while let Some(found) = next.take().filter(|_| more(limit, results.len())) {
            let groups = evaluator.heap.array(found.groups)?;
            let matched = evaluator.heap.text(found.matched)?;
            let mut entries = Entries::default();
            entries.set(Key::from("match"), matched);
            evaluator.step(1 + found.start / 256)?;
            entries.set(Key::from("index"), units(&whole, found.start));
            entries.set(Key::from("groups"), groups);
            results.push(evaluator.heap.object(entries)?);
            next = follow(evaluator, found.next, &whole)?;
        }
    }
    evaluator.heap.sequence(results)
}

pub(super) fn split<'e>(evaluator: &mut Evaluator<'e>, arguments: Arguments<'_, 'e>) -> Evaluated<Value<'e>> {
    let Some(whole) = text(evaluator, arguments, 0) else { return Ok(Value::Undefined) };
    let limit = number(arguments, 2);
    if limit.is_some_and(|limit| limit < 0.0) {
        return Err(Failure::new("D3020", "Third argument of split function must evaluate to a positive number"));
    }
    evaluator.step(whole.len() / 8)?;
    let mut parts: Vec<String> = Vec::new();
    if let Some(separator) = text(evaluator, arguments, 1) {
        // A whole number of parts: what is after the point of a limit does not count.
        let limit = limit.map(f64::trunc);
        let all: Box<dyn Iterator<Item = String>> = if separator.is_empty() {
            Box::new(whole.chars().map(String::from))
        } else {
            Box::new(whole.split(separator.as_str()).map(str::to_owned))
        };
        parts.extend(all.enumerate().take_while(|(at, _)| more(limit, *at)).map(|(_, part)| part));
    } else if more(limit, 0) {
        let mut start = 0;
        let mut next = first(evaluator, argument(arguments, 1), argument(arguments, 0), &whole)?;
        while let Some(found) = next.take().filter(|_| more(limit, parts.len())) {
            parts.push(whole.get(start..found.start).unwrap_or_default().to_owned());
            start = found.end;
            next = follow(evaluator, found.next, &whole)?;
        }
        if more(limit, parts.len()) {
            parts.push(whole.get(start..).unwrap_or_default().to_owned());
        }
    }
    let mut items = Vec::with_capacity(parts.len());
    for part in parts {
        items.push(evaluator.heap.text(part)?);
    }
    evaluator.heap.array(items)
}
