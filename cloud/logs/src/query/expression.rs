//! Expressions: what `filter`, `fields`, `sort` and `by` work out for a row.

use std::cmp::Ordering;

use regex_lite::Regex;

use super::functions::Function;
use super::row::Row;
use super::value::Value;

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expression {
    Field(String),
    Value(Value),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Compare(Comparison, Box<Expression>, Box<Expression>),
    Like(Box<Expression>, Matcher),
    In(Box<Expression>, Vec<Expression>),
    Arithmetic(Arithmetic, Box<Expression>, Box<Expression>),
    Call(&'static Function, Vec<Expression>),
    /// A moment, rounded to a period: down, or up.
    Rounded {
        of: Box<Expression>,
        period_ms: i64,
        is_up: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
}

/// What `like` looks for.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    /// A part of the text.
    Part(String),
    Pattern(Regex),
}

impl Matcher {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Part(part) => text.contains(part),
            Self::Pattern(pattern) => pattern.is_match(text),
        }
    }
}

impl Expression {
    /// Its value for a row.
    pub(super) fn of(&self, row: &Row) -> Value {
        match self {
            Self::Field(name) => row.field(name),
            Self::Value(value) => value.clone(),
            Self::Not(inner) => Value::Bool(!inner.of(row).is_true()),
            Self::And(left, right) => Value::Bool(left.of(row).is_true() && right.of(row).is_true()),
            Self::Or(left, right) => Value::Bool(left.of(row).is_true() || right.of(row).is_true()),
            Self::Compare(comparison, left, right) => Value::Bool(comparison.holds(&left.of(row), &right.of(row))),
            Self::Like(of, matcher) => Value::Bool(of.of(row).text().is_some_and(|text| matcher.matches(&text))),
            Self::In(of, among) => {
                let value = of.of(row);
                Value::Bool(among.iter().any(|one| Comparison::Equal.holds(&value, &one.of(row))))
            }
            Self::Arithmetic(operation, left, right) => match (left.of(row).number(), right.of(row).number()) {
                (Some(left), Some(right)) => operation.of(left, right),
                _ => Value::Absent,
            },
            Self::Call(function, arguments) => {
                let values: Vec<Value> = arguments.iter().map(|argument| argument.of(row)).collect();
                (function.run)(&values)
            }
            Self::Rounded { of, period_ms, is_up } => match of.of(row).number() {
                Some(at_ms) => Value::Moment(rounded(at_ms as i64, *period_ms, *is_up)),
                None => Value::Absent,
            },
        }
    }
}

fn rounded(at_ms: i64, period_ms: i64, is_up: bool) -> i64 {
    let down = at_ms.saturating_sub(at_ms.rem_euclid(period_ms));
    if is_up && down != at_ms { down.saturating_add(period_ms) } else { down }
}

impl Comparison {
    /// What is absent equals nothing, and differs from all that is there.
    fn holds(self, left: &Value, right: &Value) -> bool {
        let Some(order) = left.compare(right) else {
            return self == Self::NotEqual && left != right;
        };
        match self {
            Self::Equal => order == Ordering::Equal,
            Self::NotEqual => order != Ordering::Equal,
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
        }
    }
}

impl Arithmetic {
    fn of(self, left: f64, right: f64) -> Value {
        let result = match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Remainder => left % right,
            Self::Power => left.powf(right),
        };
        if result.is_finite() { Value::Number(result) } else { Value::Absent }
    }
}
