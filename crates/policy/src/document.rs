//! The model of a document: what a policy says, statement by statement.

use crate::condition::Condition;
use crate::one_or_many::{OneOrMany, Selection};
use crate::principal::Principal;

/// One policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// The version of the language; without one AWS takes the document as [`Version::V2008`].
    pub version: Option<Version>,
    /// Free text about the whole document; resource policies have one.
    pub id: Option<String>,
    /// The statements, in their order.
    pub statements: OneOrMany<Statement>,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// Its id.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`: none in an identity policy, which holds for whoever it is attached to.
    pub principal: Option<Selection<Principal>>,
    /// `Action` or `NotAction`.
    pub actions: Option<Selection<OneOrMany<String>>>,
    /// `Resource` or `NotResource`: none in a trust policy, which is about the role that it belongs to.
    pub resources: Option<Selection<OneOrMany<String>>>,
    /// All of these must hold.
    pub conditions: Vec<Condition>,
}

/// What a statement does with the requests that it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Allows them.
    Allow,
    /// Denies them, whatever else allows them.
    Deny,
}

impl Document {
    /// A document of the current version.
    pub fn new(statements: Vec<Statement>) -> Self {
        Self { version: Some(Version::V2012), id: None, statements: OneOrMany::Many(statements) }
    }

    /// The condition keys that it asks for, in their order, some more than once.
    pub fn condition_keys(&self) -> impl Iterator<Item = &str> {
        let conditions = self.statements.iter().flat_map(|statement| &statement.conditions);
        conditions.map(|condition| condition.key.as_str())
    }

    /// Whether its decisions can depend on condition keys: a statement has a condition, or a resource with a variable.
    pub fn asks_for_keys(&self) -> bool {
        let has_variable = |pattern: &String| self.has_variables() && pattern.contains("${");
        self.statements.iter().any(|statement| {
            let resources = statement.resources.as_ref().map(Selection::named);
            !statement.conditions.is_empty() || resources.is_some_and(|named| named.iter().any(has_variable))
        })
    }

    /// Whether `${...}` is a variable in it.
    pub(crate) fn has_variables(&self) -> bool {
        self.version == Some(Version::V2012)
    }

    /// The document with other accounts, users, roles and sessions as principals: those that `rename` has a text for.
    #[must_use]
    pub fn with_renamed_principals(mut self, rename: impl Fn(&str) -> Option<String>) -> Self {
        for statement in self.statements.iter_mut() {
            if let Some(Selection::Only(principal) | Selection::Except(principal)) = &mut statement.principal {
                principal.rename(&rename);
            }
        }
        self
    }

    /// The document with an id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }
}

impl Version {
    /// The version as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2008 => "2008-10-17",
            Self::V2012 => "2012-10-17",
        }
    }
}

impl Statement {
    /// A statement that names nothing yet.
    pub fn new(effect: Effect) -> Self {
        Self { sid: None, effect, principal: None, actions: None, resources: None, conditions: Vec::new() }
    }

    /// The statement with an id.
    #[must_use]
    pub fn with_sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }

    /// The statement for these principals.
    #[must_use]
    pub fn with_principal(mut self, principal: Principal) -> Self {
        self.principal = Some(Selection::Only(principal));
        self
    }

    /// The statement for these actions.
    #[must_use]
    pub fn with_actions(mut self, actions: impl Into<OneOrMany<String>>) -> Self {
        self.actions = Some(Selection::Only(actions.into()));
        self
    }

    /// The statement for these resources.
    #[must_use]
    pub fn with_resources(mut self, resources: impl Into<OneOrMany<String>>) -> Self {
        self.resources = Some(Selection::Only(resources.into()));
        self
    }

    /// The statement under a further condition. It replaces one of the same operator and key: JSON has no place for both.
    #[must_use]
    pub fn with_condition(mut self, condition: Condition) -> Self {
        self.conditions.retain(|known| (known.operator, &known.key) != (condition.operator, &condition.key));
        self.conditions.push(condition);
        self
    }
}

impl Effect {
    /// The effect as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}
