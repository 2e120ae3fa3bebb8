//! The condition of a filter segment: `[?(@.price < 10 && @.kind == 'book')]`.

use std::borrow::Cow;

use serde_json::Value;

use super::Segment;
use super::comparison::{Comparison, Pattern};
use super::evaluate::{self, Gap, Walk};
use super::parse::{Cursor, PathSyntax, segments};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Exists(Operand),
    Compare(Operand, Comparison, Operand),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    /// `@`: from the value that is tested.
    Here(Vec<Segment>),
    /// `$`: from the value that the whole path starts at.
    Root(Vec<Segment>),
    Literal(Value),
    Pattern(Pattern),
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
    if cursor.eat("!") {
        return cursor.nested(term).map(|inner| Condition::Not(Box::new(inner)));
    }
    if cursor.eat("(") {
        return closed(cursor);
    }
    let left = operand(cursor)?;
    cursor.blanks();
    if matches!(cursor.peek(), Some(')' | '&' | '|')) {
        return match left {
            Operand::Here(_) | Operand::Root(_) => Ok(Condition::Exists(left)),
            Operand::Literal(_) | Operand::Pattern(_) => Err(cursor.malformed("a comparison")),
        };
    }
    let comparison = Comparison::parse(cursor)?;
    cursor.blanks();
    let right = operand(cursor)?;
    Ok(Condition::Compare(left, comparison, right))
}

fn closed(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    let inner = cursor.nested(parse)?;
    if operator(cursor, ")") { Ok(inner) } else { Err(cursor.malformed("')'")) }
}

fn operand(cursor: &mut Cursor<'_>) -> Result<Operand, PathSyntax> {
    if cursor.eat("@") {
        return single(cursor).map(Operand::Here);
    }
    if cursor.eat("$") {
        return single(cursor).map(Operand::Root);
    }
    match cursor.peek() {
        Some('/') => Pattern::parse(cursor).map(Operand::Pattern),
        _ => literal(cursor).map(Operand::Literal),
    }
}

/// The segments of a path to a single value, the only ones that the library takes here.
fn single(cursor: &mut Cursor<'_>) -> Result<Vec<Segment>, PathSyntax> {
    let segments = segments(cursor)?;
    if segments.iter().all(Segment::leads_to_one) { Ok(segments) } else { Err(cursor.malformed("a path to one value")) }
}

/// A literal: null, or a text as it is written, in quotes or without. What it is compared with decides whether it is read as a
/// number.
fn literal(cursor: &mut Cursor<'_>) -> Result<Value, PathSyntax> {
    if let Some('\'' | '"') = cursor.peek() {
        return cursor.quoted().map(Value::from);
    }
    let ends = |c: char| matches!(c, ')' | ']' | '(' | '[' | ',' | ' ' | '&' | '|' | '=' | '<' | '>' | '!');
    match cursor.take_while(|c| !ends(c)) {
        "" => Err(cursor.malformed("'@', '$', a text, a number, true, false or null")),
        "null" => Ok(Value::Null),
        word => Ok(word.into()),
    }
}

impl Condition {
    /// Whether the condition holds for an object. Nothing else ever meets one: AWS's `@` only matches objects (developer guide,
    /// paths).
    pub(super) fn holds(&self, walk: &Walk<'_>, here: &Value) -> bool {
        here.is_object() && self.is_met(walk, here)
    }

    fn is_met(&self, walk: &Walk<'_>, here: &Value) -> bool {
        match self {
            // AWS counts null as not there, and false as there.
            Self::Exists(operand) => operand.value(walk, here).is_some_and(|value| !value.is_null()),
            Self::Compare(left, comparison, Operand::Pattern(pattern)) => {
                *comparison == Comparison::Matches
                    && left.value(walk, here).is_some_and(|value| pattern.matches(walk, &value))
            }
            Self::Compare(left, comparison, right) => match (left.value(walk, here), right.value(walk, here)) {
                (Some(left), Some(right)) => comparison.holds(walk, &left, &right),
                _ => false,
            },
            Self::Not(inner) => !inner.is_met(walk, here),
            Self::And(all) => all.iter().all(|condition| condition.is_met(walk, here)),
            Self::Or(any) => any.iter().any(|condition| condition.is_met(walk, here)),
        }
    }
}

impl Operand {
    /// What the operand stands for; nothing where its path has no value.
    fn value<'a>(&'a self, walk: &Walk<'a>, here: &'a Value) -> Option<Cow<'a, Value>> {
        let (segments, start) = match self {
            Self::Here(segments) => (segments, here),
            Self::Root(segments) => (segments, walk.root),
            Self::Literal(value) => return Some(Cow::Borrowed(value)),
            Self::Pattern(_) => return None,
        };
        if !walk.work(1 + segments.len()) {
            return None;
        }
        evaluate::read(segments, start, Gap::Null).ok()
    }
}
