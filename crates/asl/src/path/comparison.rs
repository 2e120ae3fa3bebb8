//! Comparing two values in a filter.

use std::cmp::Ordering;

use regex_lite::{Regex, RegexBuilder};
use serde_json::Value;

use super::evaluate::Walk;
use super::parse::{Cursor, PathSyntax};

/// The largest program that a pattern may be compiled to, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 18;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    SubsetOf,
    AnyOf,
    NoneOf,
    All,
    Contains,
    Size,
    Empty,
}

const SYMBOLS: [(&str, Comparison); 9] = [
    ("===", Comparison::Equal),
    ("!==", Comparison::NotEqual),
    ("==", Comparison::Equal),
    ("=~", Comparison::Matches),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Comparison {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, PathSyntax> {
        if let Some((_, comparison)) = SYMBOLS.into_iter().find(|(token, _)| cursor.eat(token)) {
            return Ok(comparison);
        }
        Ok(match cursor.take_while(|c| c.is_ascii_alphabetic()).to_ascii_lowercase().as_str() {
            "in" => Self::In,
            "nin" => Self::NotIn,
            "subsetof" => Self::SubsetOf,
            "anyof" => Self::AnyOf,
            "noneof" => Self::NoneOf,
            "all" => Self::All,
            "contains" => Self::Contains,
            "size" => Self::Size,
            "empty" => Self::Empty,
            _ => return Err(cursor.malformed("a comparison such as == or in")),
        })
    }

    pub(super) fn holds(self, walk: &Walk<'_>, left: &Value, right: &Value) -> bool {
        if !walk.weigh(left) || !walk.weigh(right) {
            return false;
        }
        match self {
            Self::Equal => equal(left, right),
            Self::NotEqual => !equal(left, right),
            Self::Less => order(left, right).is_some_and(Ordering::is_lt),
            Self::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
            Self::Greater => order(left, right).is_some_and(Ordering::is_gt),
            Self::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
            Self::In => right.as_array().is_some_and(|items| has(walk, items, left)),
            Self::NotIn => right.as_array().is_some_and(|items| !has(walk, items, left)),
            Self::SubsetOf => both(left, right).is_some_and(|(l, r)| l.iter().all(|item| has(walk, r, item))),
            Self::AnyOf => both(left, right).is_some_and(|(l, r)| l.iter().any(|item| has(walk, r, item))),
            Self::NoneOf => both(left, right).is_some_and(|(l, r)| !l.iter().any(|item| has(walk, r, item))),
            Self::All => both(left, right).is_some_and(|(l, r)| r.iter().all(|item| has(walk, l, item))),
            Self::Contains => match (left, right) {
                (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
                (Value::Array(items), item) => has(walk, items, item),
                _ => false,
            },
            Self::Size => size(left).is_some_and(|size| right.as_u64() == u64::try_from(size).ok()),
            Self::Empty => is_empty(left).is_some_and(|empty| right.as_bool() == Some(empty)),
            Self::Matches => false,
        }
    }
}

fn both<'a>(left: &'a Value, right: &'a Value) -> Option<(&'a [Value], &'a [Value])> {
    Some((left.as_array()?, right.as_array()?))
}

fn has(walk: &Walk<'_>, items: &[Value], wanted: &Value) -> bool {
    items.iter().any(|item| walk.weigh(wanted) && equal(item, wanted))
}

fn size(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.encode_utf16().count()),
        Value::Array(items) => Some(items.len()),
        _ => None,
    }
}

fn is_empty(value: &Value) -> Option<bool> {
    match value {
        Value::Object(members) => Some(members.is_empty()),
        other => size(other).map(|size| size == 0),
    }
}

fn equal(left: &Value, right: &Value) -> bool {
    order(left, right).map_or(left == right, Ordering::is_eq)
}

/// Numbers compare as such, also with a text that is one; texts compare as Java does, by UTF-16 code units.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        (Value::Number(left), Value::String(right)) => left.as_f64()?.partial_cmp(&right.parse().ok()?),
        (Value::String(left), Value::Number(right)) => left.parse::<f64>().ok()?.partial_cmp(&right.as_f64()?),
        _ => None,
    }
}

/// A regular expression that a whole text must match: `/ab+c/i`.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Pattern {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, PathSyntax> {
        cursor.eat("/");
        let mut is_escaped = false;
        let body = cursor.take_while(|c| {
            let goes_on = c != '/' || is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            goes_on
        });
        if !cursor.eat("/") {
            return Err(cursor.malformed("'/' at the end of the pattern"));
        }
        let flags = match cursor.take_while(|c| matches!(c, 'i' | 'm' | 's' | 'x')) {
            "" => String::new(),
            flags => format!("(?{flags})"),
        };
        let text = format!("^(?:{flags}{})$", body.replace("\\/", "/"));
        let pattern = RegexBuilder::new(&text).size_limit(MAX_PATTERN_BYTES).build();
        pattern.map(Self).map_err(|problem| PathSyntax(format!("the pattern /{body}/: {problem}")))
    }

    pub(super) fn matches(&self, walk: &Walk<'_>, value: &Value) -> bool {
        // Matching visits every part of the pattern for every character.
        let work = |text: &str| walk.work((1 + text.len()).saturating_mul(1 + self.0.as_str().len() / 64));
        match value {
            Value::String(text) => work(text) && self.0.is_match(text),
            Value::Number(number) => self.0.is_match(&number.to_string()),
            Value::Array(items) => items.iter().any(|item| match item {
                Value::String(text) => work(text) && self.0.is_match(text),
                _ => false,
            }),
            _ => false,
        }
    }
}
