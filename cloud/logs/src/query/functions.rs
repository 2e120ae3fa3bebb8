//! The functions of expressions.

use super::value::Value;

/// A function: its name, how many arguments it takes, and what it makes of them.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) run: fn(&[Value]) -> Value,
}

/// The function of a name, whatever its case.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name.eq_ignore_ascii_case(name))
}

const ANY: usize = usize::MAX;

const fn known(name: &'static str, least: usize, most: usize, run: fn(&[Value]) -> Value) -> Function {
    Function { name, least, most, run }
}

static FUNCTIONS: &[Function] = &[
    known("abs", 1, 1, |of| number(of, f64::abs)),
    known("ceil", 1, 1, |of| number(of, f64::ceil)),
    known("floor", 1, 1, |of| number(of, f64::floor)),
    known("log", 1, 1, |of| number(of, f64::ln)),
    known("sqrt", 1, 1, |of| number(of, f64::sqrt)),
    known("greatest", 1, ANY, |of| most(of, std::cmp::Ordering::Greater)),
    known("least", 1, ANY, |of| most(of, std::cmp::Ordering::Less)),
    known("strlen", 1, 1, |of| text(of).map_or(Value::Absent, |text| Value::Number(text.chars().count() as f64))),
    known("toupper", 1, 1, |of| changed(of, |text| text.to_uppercase())),
    known("tolower", 1, 1, |of| changed(of, |text| text.to_lowercase())),
    known("trim", 1, 1, |of| changed(of, |text| text.trim().to_owned())),
    known("ltrim", 1, 1, |of| changed(of, |text| text.trim_start().to_owned())),
    known("rtrim", 1, 1, |of| changed(of, |text| text.trim_end().to_owned())),
    known("concat", 1, ANY, |of| Value::Text(of.iter().filter_map(Value::text).collect())),
    known("replace", 3, 3, replace),
    known("substr", 2, 3, substr),
    known("strcontains", 2, 2, |of| match of {
        [within, part] => match (within.text(), part.text()) {
            (Some(within), Some(part)) => Value::Number(f64::from(u8::from(within.contains(&part)))),
            _ => Value::Absent,
        },
        _ => Value::Absent,
    }),
    known("ispresent", 1, 1, |of| Value::Bool(text(of).is_some())),
    known("isempty", 1, 1, |of| Value::Bool(text(of).is_none_or(|text| text.is_empty()))),
    known("isblank", 1, 1, |of| Value::Bool(text(of).is_none_or(|text| text.trim().is_empty()))),
    known("coalesce", 1, ANY, |of| of.iter().find(|value| **value != Value::Absent).cloned().unwrap_or(Value::Absent)),
    known("frommillis", 1, 1, |of| {
        of.first().and_then(Value::number).map_or(Value::Absent, |ms| Value::Moment(ms as i64))
    }),
    known("tomillis", 1, 1, |of| number(of, |ms| ms)),
];

fn text(of: &[Value]) -> Option<String> {
    of.first().and_then(Value::text)
}

fn number(of: &[Value], change: fn(f64) -> f64) -> Value {
    match of.first().and_then(Value::number).map(change) {
        Some(number) if number.is_finite() => Value::Number(number),
        _ => Value::Absent,
    }
}

fn changed(of: &[Value], change: fn(&str) -> String) -> Value {
    text(of).map_or(Value::Absent, |text| Value::Text(change(&text)))
}

/// The value that all others come after, or before.
fn most(of: &[Value], order: std::cmp::Ordering) -> Value {
    let there = of.iter().filter(|value| **value != Value::Absent);
    let found = there.reduce(|found, value| if value.compare(found) == Some(order) { value } else { found });
    found.cloned().unwrap_or(Value::Absent)
}

fn replace(of: &[Value]) -> Value {
    match of {
        [within, part, by] => match (within.text(), part.text(), by.text()) {
            (Some(within), Some(part), Some(by)) => Value::Text(within.replace(&part, &by)),
            _ => Value::Absent,
        },
        _ => Value::Absent,
    }
}

/// From a place that counts from 0, to the end or so many characters.
fn substr(of: &[Value]) -> Value {
    let (Some(text), Some(from)) = (text(of), of.get(1).and_then(Value::number)) else { return Value::Absent };
    let rest = text.chars().skip(from.max(0.0) as usize);
    match of.get(2) {
        None => Value::Text(rest.collect()),
        Some(length) => match length.number() {
            Some(length) => Value::Text(rest.take(length.max(0.0) as usize).collect()),
            None => Value::Absent,
        },
    }
}
