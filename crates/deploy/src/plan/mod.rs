//! Pure: what shall be and what is there, to one step per resource. Whoever carries it out has nothing left to decide.

mod compare;
mod leftovers;

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::desired::Desired;
use super::diff::Difference;
use super::error::DeployError;
use super::event::Action;
use super::observe::Observed;
use super::resource::Resource;
use super::spec::Spec;
use model::stack::Stack;

pub(super) use leftovers::{all_deletions, extra_apis};

/// What to do, one step per resource, and what to tell the user beside.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The steps, in the order in which lists show resources.
    pub steps: Vec<Step>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// What to do about things at our names that carry no stack's tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignResources {
    /// Nothing is done at all.
    Refuse,
    /// They become the stack's.
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
pub enum Identity {
    /// Nothing: it is addressed by its name, or it is not there.
    Name,
    /// The id that AWS assigned.
    Id(String),
    /// The number of its newest version, for a function of which that version is as it shall be.
    Version(u64),
}

/// What to do about a resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is as it shall be.
    Keep,
    /// It is not there.
    Create(Spec),
    /// It is there and differs.
    Update(Spec, Vec<Difference>),
    /// It is there, belongs to nobody yet, and becomes the stack's.
    Adopt(Spec, Vec<Difference>),
    /// It is there and shall not be.
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

    /// In which fields what is there differs from what it shall be.
    pub fn differences(&self) -> &[Difference] {
        match self {
            Self::Update(_, differences) | Self::Adopt(_, differences) => differences,
            Self::Keep | Self::Create(_) | Self::Delete => &[],
        }
    }
}

impl Identity {
    /// The id of something that is addressed by it, if it is there.
    fn of_id(id: Option<&String>) -> Self {
        id.map_or(Self::Name, |id| Self::Id(id.clone()))
    }
}

impl Step {
    /// A step about something that is addressed by its name.
    pub(super) fn named(resource: Resource, name: String, change: Change) -> Self {
        Self { resource, name, identity: Identity::Name, change }
    }

    /// The deletion of something that is addressed by its id.
    pub(super) fn deletion_by_id(resource: Resource, name: String, id: &str) -> Self {
        Self { resource, name, identity: Identity::Id(id.to_owned()), change: Change::Delete }
    }

    /// The id that AWS assigned.
    ///
    /// # Errors
    /// The plan has none: a fault of this program.
    pub(super) fn id(&self) -> Result<&str, DeployError> {
        match &self.identity {
            Identity::Id(id) => Ok(id),
            Identity::Name | Identity::Version(_) => {
                Err(DeployError::Internal(format!("the plan has no id of the {}", self.resource)))
            }
        }
    }
}

/// What makes the cloud match the service.
///
/// # Errors
/// Something at one of our names that is not ours; a state machine whose type differs: it can't be changed in place.
pub fn plan(
    desired: &Desired,
    observed: &Observed,
    stack: &Stack,
    foreign: ForeignResources,
) -> Result<Plan, DeployError> {
    let mut steps = compare::steps(desired, observed, stack, foreign)?;
    let api = compare::api_of(observed);
    leftovers::unneeded_parts(&mut steps, desired, observed, api, stack);
    let mut notes = Vec::new();
    let undeclared = leftovers::undeclared(desired, observed, stack);
    if observed.running == 0 {
        steps.extend(undeclared);
    } else if !undeclared.is_empty() {
        let names: Vec<String> = undeclared.iter().map(|step| step.resource.to_string()).collect();
        let executions = match observed.running {
            1 => "1 execution still runs".to_owned(),
            count => format!("{count} executions still run"),
        };
        notes.push(format!(
            "No longer declared, but kept because {executions} and may need it: {}. Deploy again when none runs.",
            names.join(", ")
        ));
    }
    steps.sort_by(|one, other| one.resource.cmp(&other.resource));
    Ok(Plan { steps, notes })
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.change == Change::Keep)
    }

    /// How many steps do a thing; `None` counts those that do nothing.
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

#[cfg(test)]
mod tests;
