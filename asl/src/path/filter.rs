//! The condition of a filter step: `[?(@.price < 10 && @.kind == 'book')]`.

use serde_json::Value;

use super::parse::{Cursor, PathSyntax, steps};
use super::{Step, evaluate};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Exists(Vec<Step>),
    Compare(Operand, Comparison, Operand),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Here(Vec<Step>),
    Literal(Value),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    let mut alternatives = vec![conjunction(cursor)?];
    while operator(cursor, "||") {
        alternatives.push(conjunction(cursor)?);
    }
    Ok(single_or(alternatives, Condition::Or))
}

fn conjunction(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    let mut all = vec![term(cursor)?];
    while operator(cursor, "&&") {
        all.push(term(cursor)?);
    }
    Ok(single_or(all, Condition::And))
}

fn single_or(mut conditions: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    if conditions.len() == 1 { conditions.remove(0) } else { several(conditions) }
}

fn operator(cursor: &mut Cursor<'_>, token: &str) -> bool {
    cursor.blanks();
    cursor.eat(token)
}

fn term(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    cursor.blanks();
    if cursor.eat("!(") {
        return Ok(Condition::Not(Box::new(closed(cursor)?)));
    }
    if cursor.eat("(") {
        return closed(cursor);
    }
    let left = operand(cursor)?;
    cursor.blanks();
    let comparison = [
        ("==", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        ("<=", Comparison::LessOrEqual),
        (">=", Comparison::GreaterOrEqual),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ]
    .into_iter()
    .find(|(token, _)| cursor.eat(token));
    match (comparison, left) {
        (Some((_, comparison)), left) => Ok(Condition::Compare(left, comparison, operand(cursor)?)),
        (None, Operand::Here(steps)) if matches!(cursor.peek(), Some(')' | '&' | '|')) => Ok(Condition::Exists(steps)),
        (None, _) => Err(PathSyntax::NotImplemented("JSONPath filter operators other than comparisons")),
    }
}

fn closed(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    let inner = cursor.nested(parse)?;
    if operator(cursor, ")") { Ok(inner) } else { Err(cursor.malformed("')'")) }
}

fn operand(cursor: &mut Cursor<'_>) -> Result<Operand, PathSyntax> {
    cursor.blanks();
    if cursor.eat("@") {
        return Ok(Operand::Here(steps(cursor)?));
    }
    if matches!(cursor.peek(), Some('\'' | '"')) {
        return Ok(Operand::Literal(cursor.quoted()?.into()));
    }
    let word = cursor.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.'));
    match serde_json::from_str(word) {
        Ok(literal) => Ok(Operand::Literal(literal)),
        Err(_) => Err(cursor.malformed("'@', a quoted text, a number, true, false or null")),
    }
}

impl Condition {
    pub(super) fn holds(&self, here: &Value) -> bool {
        match self {
            Self::Exists(steps) => !evaluate::indefinite(steps, here).is_empty(),
            Self::Compare(left, comparison, right) => comparison.holds(left.value(here), right.value(here)),
            Self::Not(inner) => !inner.holds(here),
            Self::And(all) => all.iter().all(|condition| condition.holds(here)),
            Self::Or(any) => any.iter().any(|condition| condition.holds(here)),
        }
    }
}

impl Operand {
    fn value<'a>(&'a self, here: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Here(steps) => evaluate::indefinite(steps, here).into_iter().next(),
            Self::Literal(value) => Some(value),
        }
    }
}

impl Comparison {
    fn holds(self, left: Option<&Value>, right: Option<&Value>) -> bool {
        let (Some(left), Some(right)) = (left, right) else {
            return self == Self::NotEqual && left.is_some() != right.is_some();
        };
        let order = match (left, right) {
            (Value::Number(l), Value::Number(r)) => l.as_f64().partial_cmp(&r.as_f64()),
            (Value::String(l), Value::String(r)) => Some(l.cmp(r)),
            _ => None,
        };
        match self {
            Self::Equal => order.map_or(left == right, |order| order.is_eq()),
            Self::NotEqual => order.map_or(left != right, |order| order.is_ne()),
            Self::Less => order.is_some_and(|order| order.is_lt()),
            Self::LessOrEqual => order.is_some_and(|order| order.is_le()),
            Self::Greater => order.is_some_and(|order| order.is_gt()),
            Self::GreaterOrEqual => order.is_some_and(|order| order.is_ge()),
        }
    }
}
