//! From JSON text to the model.

mod unique;

use serde_json::{Map, Value};

use crate::condition::{Condition, Operator};
use crate::document::{Document, Effect, Statement, Version};
use crate::error::Malformed;
use crate::one_or_many::{OneOrMany, Selection};
use crate::principal::{Principal, PrincipalType};
use unique::Unique;

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Malformed`] when the text is no JSON or no policy.
    pub fn read(text: &str) -> Result<Self, Malformed> {
        match Self::read_with_effects(text)? {
            (document, true) => Ok(document),
            (_, false) => Err(Malformed::Legacy),
        }
    }

    /// Reads a document, whatever the case of its effects; tells whether that is the right one.
    pub(crate) fn read_with_effects(text: &str) -> Result<(Self, bool), Malformed> {
        let value = match serde_json::from_str::<Unique>(text) {
            Ok(Unique(value)) => value,
            // A member that stands twice is JSON, though no policy.
            Err(_) if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => return Err(Malformed::Syntax),
            Err(_) => return Err(Malformed::Json),
        };
        let Value::Object(mut members) = value else {
            return Err(Malformed::Syntax);
        };
        let version = members.remove("Version").map(version).transpose()?;
        let id = members.remove("Id").map(text_of).transpose()?;
        let statements = match members.remove("Statement") {
            Some(Value::Array(list)) if !list.is_empty() => {
                OneOrMany::Many(list.into_iter().map(statement).collect::<Result<_, _>>()?)
            }
            Some(one @ Value::Object(_)) => OneOrMany::One(statement(one)?),
            _ => return Err(Malformed::Syntax),
        };
        nothing_left(&members)?;
        let has_plain_effects = statements.iter().all(|(_, is_plain)| *is_plain);
        let statements = match statements {
            OneOrMany::One((statement, _)) => OneOrMany::One(statement),
            OneOrMany::Many(list) => OneOrMany::Many(list.into_iter().map(|(statement, _)| statement).collect()),
        };
        Ok((Self { version, id, statements }, has_plain_effects))
    }
}

fn version(value: Value) -> Result<Version, Malformed> {
    let versions = [Version::V2008, Version::V2012];
    versions.into_iter().find(|version| value == version.as_str()).ok_or(Malformed::Version)
}

/// A statement, and whether its effect is written in the right case.
fn statement(value: Value) -> Result<(Statement, bool), Malformed> {
    let Value::Object(mut members) = value else {
        return Err(Malformed::Syntax);
    };
    let written = members.remove("Effect").map(text_of).transpose()?.unwrap_or_default();
    let effects = [Effect::Allow, Effect::Deny].into_iter();
    let effect = effects.into_iter().find(|effect| effect.as_str().eq_ignore_ascii_case(&written));
    let effect = effect.ok_or(Malformed::Syntax)?;
    let mut statement = Statement::new(effect);
    statement.sid = members.remove("Sid").map(text_of).transpose()?;
    statement.principal = selection(&mut members, "Principal", "NotPrincipal", principal)?;
    statement.actions = selection(&mut members, "Action", "NotAction", texts)?;
    statement.resources = selection(&mut members, "Resource", "NotResource", texts)?;
    statement.conditions = members.remove("Condition").map(conditions).transpose()?.unwrap_or_default();
    nothing_left(&members)?;
    Ok((statement, effect.as_str() == written))
}

/// An element or its negation; both together are none.
fn selection<T>(
    members: &mut Map<String, Value>,
    name: &str,
    negated: &str,
    read: fn(Value) -> Result<T, Malformed>,
) -> Result<Option<Selection<T>>, Malformed> {
    match (members.remove(name), members.remove(negated)) {
        (None, None) => Ok(None),
        (Some(value), None) => read(value).map(Selection::Only).map(Some),
        (None, Some(value)) => read(value).map(Selection::Except).map(Some),
        (Some(_), Some(_)) => Err(Malformed::Syntax),
    }
}

fn principal(value: Value) -> Result<Principal, Malformed> {
    match value {
        Value::String(text) if text == "*" => Ok(Principal::Everyone),
        Value::Object(members) => {
            let named = members.into_iter().map(|(name, ids)| {
                let known = PrincipalType::ALL.into_iter().find(|kind| kind.as_str() == name);
                Ok((known.ok_or(Malformed::Syntax)?, texts(ids)?))
            });
            named.collect::<Result<_, _>>().map(Principal::Named)
        }
        _ => Err(Malformed::Syntax),
    }
}

fn conditions(value: Value) -> Result<Vec<Condition>, Malformed> {
    let mut conditions = Vec::new();
    for (name, keys) in object(value)? {
        let keys = object(keys)?;
        // An operator without a key says nothing, and IAM does not look whether there is one of that name.
        if keys.is_empty() {
            continue;
        }
        let operator = Operator::read(&name).ok_or(Malformed::Syntax)?;
        for (key, values) in keys {
            conditions.push(Condition { operator, key, values: one_or_many(values, scalar)? });
        }
    }
    Ok(conditions)
}

fn object(value: Value) -> Result<Map<String, Value>, Malformed> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Malformed::Syntax),
    }
}

fn texts(value: Value) -> Result<OneOrMany<String>, Malformed> {
    one_or_many(value, text_of)
}

fn one_or_many<T>(value: Value, read: fn(Value) -> Result<T, Malformed>) -> Result<OneOrMany<T>, Malformed> {
    match value {
        Value::Array(list) => list.into_iter().map(read).collect::<Result<_, _>>().map(OneOrMany::Many),
        one => read(one).map(OneOrMany::One),
    }
}

fn text_of(value: Value) -> Result<String, Malformed> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Malformed::Syntax),
    }
}

/// A condition's value: quotation marks are optional for numbers and truth values.
fn scalar(value: Value) -> Result<String, Malformed> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(truth) => Ok(truth.to_string()),
        _ => Err(Malformed::Syntax),
    }
}

fn nothing_left(members: &Map<String, Value>) -> Result<(), Malformed> {
    if members.is_empty() { Ok(()) } else { Err(Malformed::Syntax) }
}

#[cfg(test)]
mod tests;
