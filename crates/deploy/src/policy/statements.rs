//! Policies: what they allow, what asks for it, and the documents that are deployed.

use serde_json::{Value, json};

use super::document::{of_statements, with_sid};
use model::service::{Effect, Permission};
use model::source::Place;
use model::stack::Stack;

/// A policy with its reasons.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Policy {
    /// What is allowed.
    pub statements: Vec<Statement>,
    /// What could not be read off a definition, and what to do about it.
    pub notes: Vec<Reason>,
}

/// Actions that are allowed or denied on resources.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Such as `lambda:InvokeFunction`.
    pub actions: Vec<String>,
    /// Their ARNs, or `*`.
    pub resources: Vec<String>,
    /// When it holds, as IAM writes it; always when absent.
    pub condition: Option<Value>,
    /// What asks for it; at least one.
    pub reasons: Vec<Reason>,
}

/// What asks for a statement, or needs more than could be read off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The line of the service file or definition.
    pub at: Place,
    /// The state, when it is a definition's.
    pub state: Option<String>,
    /// Why, as the rest of a sentence.
    pub why: String,
}

impl Policy {
    /// The document that is deployed; none when it allows nothing, for IAM accepts no policy without a statement.
    pub fn document(&self) -> Option<Value> {
        of_statements(self.statements.iter().map(Statement::document).collect())
    }

    /// Adds a statement; one that exists already gets the reasons.
    pub(super) fn add(&mut self, statement: Statement) {
        let same = |there: &&mut Statement| {
            there.effect == statement.effect
                && there.actions == statement.actions
                && there.resources == statement.resources
                && there.condition == statement.condition
        };
        match self.statements.iter_mut().find(same) {
            Some(there) => there.reasons.extend(statement.reasons),
            None => self.statements.push(statement),
        }
    }

    /// Adds what the service file allows and denies.
    pub(super) fn add_declared(&mut self, permissions: &[Permission], stack: &Stack) {
        for permission in permissions {
            let condition = permission.condition.as_ref();
            self.add(Statement {
                effect: permission.effect,
                actions: permission.actions.clone(),
                resources: permission.resources.iter().map(|resource| resource.resolve(stack)).collect(),
                condition: condition.map(|written| condition_of(&written.resolve(stack))),
                reasons: vec![Reason {
                    at: permission.at.clone(),
                    state: None,
                    why: "its `permissions` say so".to_owned(),
                }],
            });
        }
    }
}

impl Statement {
    fn document(&self) -> Value {
        let mut document = json!({"Effect": self.effect.as_str(), "Action": self.actions, "Resource": self.resources});
        if let Some(condition) = &self.condition {
            document["Condition"] = condition.clone();
        }
        with_sid(document)
    }
}

/// A condition out of its JSON text. The front ends write that text from a tree, so that it always is JSON; anything else is
/// kept as a text, which IAM refuses: a statement must never hold more often than was declared.
fn condition_of(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::from(json))
}
