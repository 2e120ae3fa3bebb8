//! Comparing two values in a filter.

use std::borrow::Cow;
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
}

const SYMBOLS: [(&str, Comparison); 7] = [
    ("==", Comparison::Equal),
    ("=~", Comparison::Matches),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

impl Comparison {
    /// Words such as `in` and `subsetof` are none: neither AWS's documentation nor its library has them.
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Self, PathSyntax> {
        let found = SYMBOLS.into_iter().find(|(token, _)| cursor.eat(token));
        found.map(|(_, comparison)| comparison).ok_or_else(|| cursor.malformed("a comparison such as =="))
    }

    pub(super) fn holds(self, walk: &Walk<'_>, left: &Value, right: &Value) -> bool {
        if !walk.weigh(left) || !walk.weigh(right) {
            return false;
        }
        let order = order(left, right);
        match self {
            Self::Equal => is_equal(left, right, order),
            Self::NotEqual => !is_equal(left, right, order),
            Self::Less => order.is_some_and(Ordering::is_lt),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order.is_some_and(Ordering::is_gt),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
            Self::Matches => false,
        }
    }
}

fn is_equal(left: &Value, right: &Value, order: Option<Ordering>) -> bool {
    order.is_some_and(Ordering::is_eq) || (left.is_null() && right.is_null())
}

/// What stands on the left decides how it is compared: a number with what the right side reads as one, a text with a text (as
/// which every literal counts), a truth with whether the right side says `true`. Arrays and objects are equal to nothing.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        (Value::Number(left), right) => left.as_f64()?.partial_cmp(&number(&text(right)?)?),
        // Java compares texts by their UTF-16 code units.
        (Value::String(left), Value::String(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        (Value::Bool(left), right) => Some(left.cmp(&text(right)?.eq_ignore_ascii_case("true"))),
        _ => None,
    }
}

fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(_) | Value::Bool(_) => Some(Cow::Owned(value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number as Java's `BigDecimal` reads one.
fn number(text: &str) -> Option<f64> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    text.parse().ok().filter(|_| is_number)
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
            _ => false,
        }
    }
}
