//! From the model to JSON: elements in the order in which IAM's own documents have them.

use std::fmt::{self, Display, Formatter};

use serde_json::{Map, Value};

use crate::condition::Condition;
use crate::document::{Document, Statement};
use crate::one_or_many::{OneOrMany, Selection};
use crate::principal::Principal;

impl Document {
    /// The document as JSON: `Version`, `Id`, `Statement`.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        if let Some(version) = self.version {
            members.insert("Version".to_owned(), version.as_str().into());
        }
        if let Some(id) = &self.id {
            members.insert("Id".to_owned(), id.as_str().into());
        }
        members.insert("Statement".to_owned(), one_or_many(&self.statements, Statement::to_json));
        Value::Object(members)
    }
}

impl Statement {
    /// The statement as JSON: `Sid`, `Effect`, `Principal`, `Action`, `Resource`, `Condition`.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        if let Some(sid) = &self.sid {
            members.insert("Sid".to_owned(), sid.as_str().into());
        }
        members.insert("Effect".to_owned(), self.effect.as_str().into());
        insert(&mut members, "Principal", self.principal.as_ref(), principal);
        insert(&mut members, "Action", self.actions.as_ref(), texts);
        insert(&mut members, "Resource", self.resources.as_ref(), texts);
        if !self.conditions.is_empty() {
            members.insert("Condition".to_owned(), conditions(&self.conditions));
        }
        Value::Object(members)
    }
}

impl Display for Document {
    /// The document as JSON text without white space.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        self.to_json().fmt(formatter)
    }
}

fn insert<T>(members: &mut Map<String, Value>, name: &str, selection: Option<&Selection<T>>, write: fn(&T) -> Value) {
    match selection {
        Some(Selection::Only(named)) => members.insert(name.to_owned(), write(named)),
        Some(Selection::Except(named)) => members.insert(format!("Not{name}"), write(named)),
        None => None,
    };
}

fn principal(principal: &Principal) -> Value {
    match principal {
        Principal::Everyone => "*".into(),
        Principal::Named(named) => {
            Value::Object(named.iter().map(|(kind, ids)| (kind.as_str().to_owned(), texts(ids))).collect())
        }
    }
}

/// The block of all conditions: those of one operator stand together.
fn conditions(conditions: &[Condition]) -> Value {
    let mut operators = Map::new();
    for condition in conditions {
        let keys = operators.entry(condition.operator.name()).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(keys) = keys {
            keys.insert(condition.key.clone(), texts(&condition.values));
        }
    }
    Value::Object(operators)
}

fn texts(texts: &OneOrMany<String>) -> Value {
    one_or_many(texts, |text| text.as_str().into())
}

fn one_or_many<T>(values: &OneOrMany<T>, write: impl Fn(&T) -> Value) -> Value {
    match values {
        OneOrMany::One(value) => write(value),
        OneOrMany::Many(values) => values.iter().map(write).collect(),
    }
}
