//! The condition of a filter segment: `[?(@.price < 10 && @.kind == 'book')]`.

use serde_json::Value;

use super::Segment;
use super::comparison::{Comparison, Pattern};
use super::evaluate::Walk;
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
    let right = match comparison {
        // `empty` alone tests for being empty.
        Comparison::Empty if matches!(cursor.peek(), Some(')' | '&' | '|')) => Operand::Literal(true.into()),
        _ => operand(cursor)?,
    };
    Ok(Condition::Compare(left, comparison, right))
}

fn closed(cursor: &mut Cursor<'_>) -> Result<Condition, PathSyntax> {
    let inner = cursor.nested(parse)?;
    if operator(cursor, ")") { Ok(inner) } else { Err(cursor.malformed("')'")) }
}

fn operand(cursor: &mut Cursor<'_>) -> Result<Operand, PathSyntax> {
    if cursor.eat("@") {
        return Ok(Operand::Here(segments(cursor)?));
    }
    if cursor.eat("$") {
        return Ok(Operand::Root(segments(cursor)?));
    }
    match cursor.peek() {
        Some('/') => Pattern::parse(cursor).map(Operand::Pattern),
        _ => literal(cursor).map(Operand::Literal),
    }
}

/// A literal; a bare word that is nothing else is a text.
fn literal(cursor: &mut Cursor<'_>) -> Result<Value, PathSyntax> {
    match cursor.peek() {
        Some('\'' | '"') => cursor.quoted().map(Value::from),
        Some('[') => cursor.nested(list),
        Some('{') => object(cursor),
        _ => {
            let ends = |c: char| matches!(c, ')' | ']' | '(' | '[' | ',' | ' ' | '&' | '|' | '=' | '<' | '>' | '!');
            let word = cursor.take_while(|c| !ends(c));
            if word.is_empty() {
                return Err(cursor.malformed("'@', '$', a text, a number, a list, true, false or null"));
            }
            Ok(serde_json::from_str(word).unwrap_or_else(|_| word.into()))
        }
    }
}

fn list(cursor: &mut Cursor<'_>) -> Result<Value, PathSyntax> {
    cursor.eat("[");
    let mut items = Vec::new();
    cursor.blanks();
    while !cursor.eat("]") {
        if !items.is_empty() && !operator(cursor, ",") {
            return Err(cursor.malformed("',' or ']'"));
        }
        cursor.blanks();
        items.push(literal(cursor)?);
        cursor.blanks();
    }
    Ok(items.into())
}

fn object(cursor: &mut Cursor<'_>) -> Result<Value, PathSyntax> {
    let mut values = serde_json::Deserializer::from_str(cursor.rest()).into_iter();
    match values.next() {
        Some(Ok(value)) => {
            cursor.at += values.byte_offset();
            Ok(value)
        }
        _ => Err(cursor.malformed("a JSON object")),
    }
}

impl Condition {
    pub(super) fn is_met(&self, walk: &Walk<'_>, here: &Value) -> bool {
        match self {
            // AWS counts null as not there, and false as there.
            Self::Exists(operand) => operand.value(walk, here).is_some_and(|value| !value.is_null()),
            Self::Compare(left, comparison, Operand::Pattern(pattern)) => {
                *comparison == Comparison::Matches
                    && left.value(walk, here).is_some_and(|value| pattern.matches(walk, value))
            }
            Self::Compare(left, comparison, right) => match (left.value(walk, here), right.value(walk, here)) {
                (Some(left), Some(right)) => comparison.holds(walk, left, right),
                _ => false,
            },
            Self::Not(inner) => !inner.is_met(walk, here),
            Self::And(all) => all.iter().all(|condition| condition.is_met(walk, here)),
            Self::Or(any) => any.iter().any(|condition| condition.is_met(walk, here)),
        }
    }
}

impl Operand {
    /// The first that the operand matches.
    fn value<'a>(&'a self, walk: &Walk<'a>, here: &'a Value) -> Option<&'a Value> {
        match self {
            Self::Here(segments) => walk.select(segments, here).into_iter().next(),
            Self::Root(segments) => walk.select(segments, walk.root).into_iter().next(),
            Self::Literal(value) => Some(value),
            Self::Pattern(_) => None,
        }
    }
}
