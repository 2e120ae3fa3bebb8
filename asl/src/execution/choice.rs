//! Deciding a Choice state.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use crate::definition::{Condition, Operand, Operator, Order, Rule};
use crate::path::{Path, Scope};
use crate::rfc3339;

/// The target of the first rule that holds.
///
/// # Errors
/// The text of a path that leads nowhere; only `IsPresent` may ask about such a one.
pub(super) fn first_match<'r>(rules: &'r [Rule], scope: Scope<'_>) -> Result<Option<&'r str>, String> {
    for rule in rules {
        if holds(&rule.condition, scope)? {
            return Ok(Some(&rule.next));
        }
    }
    Ok(None)
}

fn holds(condition: &Condition, scope: Scope<'_>) -> Result<bool, String> {
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
        Condition::Test { variable, operator: Operator::IsPresent(wanted) } => {
            Ok(variable.read(scope).is_ok() == *wanted)
        }
        Condition::Test { variable, operator } => test(&read(variable, scope)?, operator, scope),
    }
}

fn read(path: &Path, scope: Scope<'_>) -> Result<Value, String> {
    path.read(scope).map_err(|_| path.text().to_owned())
}

fn test(value: &Value, operator: &Operator, scope: Scope<'_>) -> Result<bool, String> {
    Ok(match operator {
        Operator::IsPresent(wanted) => *wanted,
        Operator::IsNull(wanted) => value.is_null() == *wanted,
        Operator::IsString(wanted) => value.is_string() == *wanted,
        Operator::IsNumeric(wanted) => value.is_number() == *wanted,
        Operator::IsBoolean(wanted) => value.is_boolean() == *wanted,
        Operator::IsTimestamp(wanted) => timestamp(value).is_some() == *wanted,
        Operator::Matches(pattern) => value.as_str().is_some_and(|text| matches(pattern, text)),
        Operator::Boolean(operand) => {
            let operand = resolve(operand, scope, Value::as_bool)?;
            operand.is_some() && value.as_bool() == operand
        }
        Operator::Number(order, operand) => {
            let operand = resolve(operand, scope, Value::as_f64)?;
            compare(*order, value.as_f64(), operand, |a, b| a.partial_cmp(b))
        }
        Operator::String(order, operand) => {
            let operand = resolve(operand, scope, |value| value.as_str().map(ToOwned::to_owned))?;
            // AWS compares UTF-16 code units, as Java does.
            compare(*order, value.as_str().map(ToOwned::to_owned), operand, |a, b| {
                Some(a.encode_utf16().cmp(b.encode_utf16()))
            })
        }
        Operator::Timestamp(order, operand) => {
            let operand = resolve(operand, scope, timestamp)?;
            compare(*order, timestamp(value), operand, |a, b| Some(a.cmp(b)))
        }
    })
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    rfc3339::parse(value.as_str()?)
}

/// The operand's value; `None` when it has another type, and then nothing compares.
fn resolve<T: Clone>(
    operand: &Operand<T>,
    scope: Scope<'_>,
    convert: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, String> {
    match operand {
        Operand::Value(value) => Ok(Some(value.clone())),
        Operand::Path(path) => Ok(convert(&read(path, scope)?)),
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
    let (mut at_token, mut at_text) = (0, 0);
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
