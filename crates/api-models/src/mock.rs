//! Whether a value is one that an operation can answer, as TestState checks the result of a mock.

use std::fmt;

use serde_json::{Map, Value};

use crate::pattern::Pattern;
use crate::service::Operation;
use crate::shape::{Inner, Kind, Range, Shape, Structure};
use crate::spelling::Spelling;

/// Whether what a shape requires must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must (`STRICT`).
    Required,
    /// It may be left out (`PRESENT`).
    Optional,
}

/// What is wrong with a value: the innermost member's name and what it should be, in AWS's words where they were recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch(String);

impl fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Mismatch {}

impl Operation<'_> {
    /// Checks whether the operation can answer this. Members that it does not have pass, and so does anything when it answers
    /// nothing. Members in `free` may be anything.
    ///
    /// # Errors
    /// The first problem.
    pub fn check_answer(
        &self,
        answer: &Value,
        spelling: Spelling,
        presence: Presence,
        free: &[&str],
    ) -> Result<(), Mismatch> {
        match self.output() {
            Some(shape) => Checker { spelling, presence, free }.value("result", answer, &shape),
            None => Ok(()),
        }
    }
}

struct Checker<'a> {
    spelling: Spelling,
    presence: Presence,
    free: &'a [&'a str],
}

fn mismatch(name: &str, what: &str) -> Result<(), Mismatch> {
    Err(Mismatch(format!("Field '{name}' {what}")))
}

impl Checker<'_> {
    fn value(&self, name: &str, value: &Value, shape: &Shape<'_>) -> Result<(), Mismatch> {
        match (&shape.kind, value) {
            (Kind::Anything, _) | (Kind::Boolean, Value::Bool(_)) | (Kind::Moment, Value::String(_)) => Ok(()),
            (Kind::Text, Value::String(text)) => check_text(name, text, shape),
            (Kind::Enumeration(values), Value::String(text)) => check_enumeration(name, text, values),
            (Kind::Bytes, Value::String(text)) => check_length(name, text.len() / 4 * 3 + text.len() % 4, shape.range),
            (Kind::Number | Kind::Fraction, Value::Number(number)) => {
                check_number(name, number.as_f64().unwrap_or_default(), shape.range)
            }
            (Kind::List(inner), Value::Array(items)) => self.items(name, items, inner, shape.range),
            (Kind::Map(inner), Value::Object(members)) => {
                let inner = inner.shape();
                members.values().try_for_each(|value| self.value(name, value, &inner))
            }
            (Kind::Structure(structure), Value::Object(members)) => self.members(members, structure),
            (kind, _) => mismatch(name, must_be(kind)),
        }
    }

    fn items(&self, name: &str, items: &[Value], inner: &Inner<'_>, range: Range) -> Result<(), Mismatch> {
        check_length(name, items.len(), range)?;
        let inner = inner.shape();
        items.iter().try_for_each(|item| self.value(name, item, &inner))
    }

    fn members(&self, members: &Map<String, Value>, structure: &Structure<'_>) -> Result<(), Mismatch> {
        for member in structure.members() {
            let given = members.iter().find(|(name, _)| self.spelling.is_spelt(member.name, name));
            match given {
                Some((name, _)) if self.free.contains(&name.as_str()) => {}
                Some((name, value)) => self.value(name, value, &member.shape)?,
                None if member.is_required && self.presence == Presence::Required => {
                    let name = self.spelling.of(member.name);
                    return Err(Mismatch(format!("Required field '{name}' is missing")));
                }
                None => {}
            }
        }
        Ok(())
    }
}

fn must_be(kind: &Kind<'_>) -> &'static str {
    match kind {
        Kind::Text | Kind::Enumeration(_) | Kind::Moment | Kind::Bytes => "must be a string",
        Kind::Number | Kind::Fraction => "must be a number",
        Kind::Boolean => "must be a boolean",
        Kind::List(_) => "must be an array",
        Kind::Structure(_) | Kind::Map(_) | Kind::Anything => "must be an object",
    }
}

fn check_text(name: &str, text: &str, shape: &Shape<'_>) -> Result<(), Mismatch> {
    check_length(name, text.chars().count(), shape.range)?;
    // Some patterns are written in a way that only Java reads: those are not checked.
    let pattern = shape.pattern.and_then(|pattern| Some((pattern, Pattern::read(pattern)?)));
    match pattern {
        // The text is ours: nobody has recorded it.
        Some((pattern, read)) if !read.matches(text) => {
            mismatch(name, &format!("does not match the pattern {pattern}"))
        }
        _ => Ok(()),
    }
}

/// The text is ours: nobody has recorded it.
fn check_enumeration(name: &str, text: &str, values: &str) -> Result<(), Mismatch> {
    match values.split('|').any(|value| value == text) {
        true => Ok(()),
        false => mismatch(name, &format!("must be one of [{}]", values.replace('|', ", "))),
    }
}

fn check_number(name: &str, number: f64, range: Range) -> Result<(), Mismatch> {
    match range {
        Range { least: Some(least), .. } if number < least => mismatch(name, "is less than the minimum value"),
        Range { most: Some(most), .. } if number > most => mismatch(name, "exceeds the maximum value"),
        _ => Ok(()),
    }
}

/// The text about one that is too long is not recorded.
#[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
fn check_length(name: &str, length: usize, range: Range) -> Result<(), Mismatch> {
    let length = length as f64;
    match range {
        Range { least: Some(least), .. } if length < least => mismatch(name, "is smaller than the minimum length"),
        Range { most: Some(most), .. } if length > most => mismatch(name, "exceeds the maximum length"),
        _ => Ok(()),
    }
}
