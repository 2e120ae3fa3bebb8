//! Plans as data: one step per resource, and how a plan is shown and serialised.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::desired::resource::Resource;
use crate::desired::spec::Spec;
use crate::error::DeployError;
use crate::event::Action;
use crate::plan::diff::Difference;

/// What to do, one step per resource, and notes for the user.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The steps, in the order in which lists show resources.
    pub steps: Vec<Step>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// What to do about resources at the stack's names that carry no stack's tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignResources {
    /// Nothing is done at all.
    Refuse,
    /// They are adopted: they become the stack's.
    Adopt,
}

/// What to do about one resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The resource.
    pub resource: Resource,
    /// The name that AWS knows it by, or its ARN or id where it has no name.
    pub name: String,
    /// What else AWS knows it by.
    pub identity: Identity,
    /// What to do.
    pub change: Change,
}

/// What AWS knows an existing resource by, beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Identity {
    /// Nothing: it is addressed by its name, or it does not exist.
    Name,
    /// The id that AWS assigned.
    Id(String),
    /// The number of its newest version, for a function of which that version is as desired.
    Version(u64),
}

/// What to do about a resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is as desired.
    Keep,
    /// It does not exist.
    Create(Spec),
    /// It exists and differs.
    Update(Spec, Vec<Difference>),
    /// It exists, belongs to nobody yet, and becomes the stack's.
    Adopt(Spec, Vec<Difference>),
    /// It exists and should not exist.
    Delete,
}

impl Change {
    /// What is done, if anything is.
    pub fn doing(&self) -> Option<Action> {
        match self {
            Self::Keep => None,
            Self::Create(_) => Some(Action::Create),
            Self::Update(..) => Some(Action::Update),
            Self::Adopt(..) => Some(Action::Adopt),
            Self::Delete => Some(Action::Delete),
        }
    }

    /// What is done, in a word.
    fn action(&self) -> String {
        self.doing().map_or("keep".to_owned(), |doing| doing.to_string())
    }

    /// In which fields what exists differs from what it should be.
    pub fn differences(&self) -> &[Difference] {
        match self {
            Self::Update(_, differences) | Self::Adopt(_, differences) => differences,
            Self::Keep | Self::Create(_) | Self::Delete => &[],
        }
    }
}

impl Identity {
    /// The id of something that is addressed by it, if it exists.
    pub(crate) fn of_id(id: Option<&String>) -> Self {
        id.map_or(Self::Name, |id| Self::Id(id.clone()))
    }
}

impl Step {
    /// A step about something that is addressed by its name.
    pub(crate) fn named(resource: Resource, name: String, change: Change) -> Self {
        Self { resource, name, identity: Identity::Name, change }
    }

    /// The deletion of something that is addressed by its id.
    pub(crate) fn deletion_by_id(resource: Resource, name: String, id: &str) -> Self {
        Self { resource, name, identity: Identity::Id(id.to_owned()), change: Change::Delete }
    }

    /// The id that AWS assigned.
    ///
    /// # Errors
    /// The plan has none: a fault of this program.
    pub(crate) fn id(&self) -> Result<&str, DeployError> {
        match &self.identity {
            Identity::Id(id) => Ok(id),
            Identity::Name | Identity::Version(_) => {
                Err(DeployError::Internal(format!("the plan has no id of the {}", self.resource)))
            }
        }
    }
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.change == Change::Keep)
    }

    /// How many steps have an action; `None` counts those without one.
    pub fn count(&self, doing: Option<Action>) -> usize {
        self.steps.iter().filter(|step| step.change.doing() == doing).count()
    }

    /// The numbers in one line.
    pub fn summary(&self) -> String {
        let adopted = match self.count(Some(Action::Adopt)) {
            0 => String::new(),
            count => format!("{count} to adopt, "),
        };
        format!(
            "{} to create, {} to update, {adopted}{} to delete, {} unchanged",
            self.count(Some(Action::Create)),
            self.count(Some(Action::Update)),
            self.count(Some(Action::Delete)),
            self.count(None)
        )
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            let action = step.change.action();
            write!(f, "{action:<7} {:<14} {}", step.resource.kind(), step.name)?;
            let differences: Vec<String> = step.change.differences().iter().map(ToString::to_string).collect();
            if !differences.is_empty() {
                write!(f, ": {}", differences.join(", "))?;
            }
            writeln!(f)?;
        }
        f.write_str(&self.summary())
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let differences: Vec<String> = self.change.differences().iter().map(ToString::to_string).collect();
        let mut step = serializer.serialize_struct("Step", 4)?;
        step.serialize_field("action", &self.change.action())?;
        step.serialize_field("kind", self.resource.kind())?;
        step.serialize_field("name", &self.name)?;
        step.serialize_field("differences", &differences)?;
        step.end()
    }
}
