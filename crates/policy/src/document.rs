//! The model of a document: what a policy says, statement by statement.

use crate::condition::Condition;
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

/// An element or its negation, such as `Action` and `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<T> {
    /// What is named.
    Only(T),
    /// Everything but what is named.
    Except(T),
}

/// One value or a list, in the form that it was written in: the language takes both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// A single value.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl Document {
    /// A document of the current version.
    pub fn new(statements: Vec<Statement>) -> Self {
        Self { version: Some(Version::V2012), id: None, statements: OneOrMany::Many(statements) }
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

impl<T> Selection<T> {
    /// What is named, to be taken or left out.
    pub fn named(&self) -> &T {
        match self {
            Self::Only(named) | Self::Except(named) => named,
        }
    }

    /// Whether the selection has a thing, given whether it is among what is named.
    pub fn selects(&self, is_named: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Self::Only(named) => is_named(named),
            Self::Except(named) => !is_named(named),
        }
    }
}

impl<T> OneOrMany<T> {
    /// The values as a slice.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// The values in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.as_slice().iter()
    }

    /// Whether it is an empty list.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl From<&str> for OneOrMany<String> {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

impl From<String> for OneOrMany<String> {
    fn from(value: String) -> Self {
        Self::One(value)
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Many(values)
    }
}
