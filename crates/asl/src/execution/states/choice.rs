//! Evaluates the rules of a Choice state.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use crate::definition::{Condition, Operand, Operator, Order, Rule, Test};
use crate::document::Document;
use crate::execution::data::dataflow::StateScope;
use crate::execution::fault::Fault;
use crate::path::{Path, PathNotFound, PathScope};
use crate::timestamp;

/// The first rule that matches, with its index.
///
/// # Errors
/// When a path has no value outside of `IsPresent`, or an expression gives no boolean.
pub(crate) fn first_match<'r>(
    rules: &'r [Rule],
    scope: &StateScope<'_>,
    payload: &Document,
) -> Result<Option<(usize, &'r Rule)>, Fault> {
    for (index, rule) in rules.iter().enumerate() {
        let holds = match &rule.test {
            Test::Condition(condition) => {
                holds(condition, scope.path_scope(payload)).map_err(|unread| Fault::runtime(scope.branch, unread))?
            }
            Test::Expression(condition) => scope.truth(condition, index)?,
        };
        if holds {
            return Ok(Some((index, rule)));
        }
    }
    Ok(None)
}

/// Why a path of a rule was not read.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("Invalid path '{0}': The choice state's condition path references an invalid value.")]
    NoValue(String),
    /// Not even `IsNull` can be asked of a payload of null (AWS's support calls it intended).
    #[error("{0}")]
    NullPayload(String),
}

fn holds(condition: &Condition, scope: PathScope<'_>) -> Result<bool, Unread> {
    match condition {
        Condition::Not(inner) => holds(inner, scope).map(|holds| !holds),
        Condition::And(all) => {
            for condition in all {
                if !holds(condition, scope)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Condition::Or(any) => {
            for condition in any {
                if holds(condition, scope)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Condition::Test { variable, operator: Operator::IsPresent(wanted) } => match read(variable, scope) {
            Err(unread @ Unread::NullPayload(_)) => Err(unread),
            read => Ok(read.is_ok() == *wanted),
        },
        Condition::Test { variable, operator } => test(read(variable, scope)?.as_ref(), operator, scope),
    }
}

fn read<'a>(path: &'a Path, scope: PathScope<'a>) -> Result<Cow<'a, Value>, Unread> {
    if path.starts_at_null(scope) {
        return Err(Unread::NullPayload(PathNotFound::without_payload().reason));
    }
    path.find(scope).map_err(|_| Unread::NoValue(path.text().to_owned()))
}

fn test(value: &Value, operator: &Operator, scope: PathScope<'_>) -> Result<bool, Unread> {
    Ok(match operator {
        Operator::IsPresent(wanted) => *wanted,
        Operator::IsNull(wanted) => value.is_null() == *wanted,
        Operator::IsString(wanted) => value.is_string() == *wanted,
        Operator::IsNumeric(wanted) => value.is_number() == *wanted,
        Operator::IsBoolean(wanted) => value.is_boolean() == *wanted,
        Operator::IsTimestamp(wanted) => timestamp(value).is_some() == *wanted,
        Operator::Matches(pattern) => value.as_str().is_some_and(|text| matches(pattern, text)),
        Operator::Boolean(operand) => {
            let operand = resolve(operand, scope)?;
            let operand = operand.as_value(|value| *value, Value::as_bool);
            operand.is_some() && value.as_bool() == operand
        }
        Operator::Number(order, operand) => {
            let operand = resolve(operand, scope)?;
            let operand = operand.as_value(|value| *value, Value::as_f64);
            compare(*order, value.as_f64(), operand, |a, b| a.partial_cmp(b))
        }
        Operator::String(order, operand) => {
            let operand = resolve(operand, scope)?;
            compare(*order, value.as_str(), operand.as_value(String::as_str, Value::as_str), |a, b| {
                // AWS compares UTF-16 code units, as Java does.
                Some(a.encode_utf16().cmp(b.encode_utf16()))
            })
        }
        Operator::Timestamp(order, operand) => {
            let operand = resolve(operand, scope)?;
            compare(*order, timestamp(value), operand.as_value(|value| *value, timestamp), |a, b| Some(a.cmp(b)))
        }
    })
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    timestamp::parse(value.as_str()?)
}

/// The value of an operand.
enum Resolved<'a, T> {
    Literal(&'a T),
    Read(Cow<'a, Value>),
}

impl<T> Resolved<'_, T> {
    /// The operand; `None` when a value that was read has another type: such a comparison is false.
    fn as_value<'s, U>(&'s self, literal: impl Fn(&'s T) -> U, read: impl Fn(&'s Value) -> Option<U>) -> Option<U> {
        match self {
            Self::Literal(value) => Some(literal(value)),
            Self::Read(value) => read(value),
        }
    }
}

fn resolve<'a, T>(operand: &'a Operand<T>, scope: PathScope<'a>) -> Result<Resolved<'a, T>, Unread> {
    match operand {
        Operand::Value(value) => Ok(Resolved::Literal(value)),
        Operand::Path(path) => read(path, scope).map(Resolved::Read),
    }
}

fn compare<T>(order: Order, left: Option<T>, right: Option<T>, by: impl Fn(&T, &T) -> Option<Ordering>) -> bool {
    let ordering = left.zip(right).and_then(|(left, right)| by(&left, &right));
    ordering.is_some_and(|ordering| match order {
        Order::Equal => ordering.is_eq(),
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    })
}

/// `StringMatches`: `*` stands for any characters, `\*` for a star and `\\` for a backslash.
fn matches(pattern: &str, text: &str) -> bool {
    let tokens = tokens(pattern);
    let text: Vec<char> = text.chars().collect();
    let mut at_token = 0;
    let mut at_text = 0;
    let mut last_star: Option<(usize, usize)> = None;
    while at_text < text.len() {
        match tokens.get(at_token) {
            Some(Token::Any) => {
                last_star = Some((at_token + 1, at_text));
                at_token += 1;
            }
            Some(Token::One(c)) if text.get(at_text) == Some(c) => {
                at_token += 1;
                at_text += 1;
            }
            _ => match last_star {
                // Let the last star take one more character and try again from there.
                Some((after_star, taken)) => {
                    last_star = Some((after_star, taken + 1));
                    (at_token, at_text) = (after_star, taken + 1);
                }
                None => return false,
            },
        }
    }
    tokens.iter().skip(at_token).all(|token| *token == Token::Any)
}

#[derive(Debug, PartialEq)]
enum Token {
    Any,
    One(char),
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut characters = pattern.chars().peekable();
    while let Some(c) = characters.next() {
        tokens.push(match c {
            '*' => Token::Any,
            '\\' => match characters.next_if(|c| matches!(c, '*' | '\\')) {
                Some(escaped) => Token::One(escaped),
                None => Token::One('\\'),
            },
            c => Token::One(c),
        });
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, text) in [
            ("*", ""),
            ("a*", "a"),
            ("*.log", "x.y.log"),
            ("a*b*c", "aXbYbZc"),
            (r"\*", "*"),
            (r"a\\b", r"a\b"),
            (r"\n", r"\n"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a*", "ba"), ("*.log", "x.log2"), (r"\*", "x"), ("a*b", "acd")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        let long = "a".repeat(10_000);
        assert!(!matches(&"a*".repeat(200).replace("a*a*", "a*"), &format!("b{long}")));
    }
}
