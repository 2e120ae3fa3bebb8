//! What the service itself declares, by the logical ids that `Ref`, `Fn::GetAtt` and `#{...}` name it with.

use std::collections::BTreeMap;

use super::names::{alphanumeric, normalized};

/// What a logical id names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A function by its deployed name.
    Function(String),
    /// The log group of the function with this deployed name.
    LogGroup(String),
    /// A state machine by its deployed name.
    StateMachine(String),
    /// An activity by its deployed name.
    Activity(String),
    /// A resource that is refused where it is declared: no second error is needed.
    Refused,
}

/// A value of a target that a deployment knows beforehand, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Attribute {
    /// The value as a text with pseudo-parameters.
    Text(String),
    /// The target has no such attribute; these it has.
    Unknown(&'static str),
    /// The target itself is refused elsewhere.
    Refused,
}

/// Everything that references can name.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    targets: BTreeMap<String, Target>,
    /// Whether `serverless-pseudo-parameters` is listed, so that every `#{...}` is a reference.
    pub(crate) replaces_hashes: bool,
}

impl Declared {
    /// A function with its key and deployed name. State machines may also name it by its key.
    pub(crate) fn add_function(&mut self, key: &str, name: &str) {
        let start = normalized(key);
        self.targets.insert(format!("{start}LambdaFunction"), Target::Function(name.to_owned()));
        self.targets.insert(format!("{start}LogGroup"), Target::LogGroup(name.to_owned()));
        self.targets.entry(key.to_owned()).or_insert_with(|| Target::Function(name.to_owned()));
    }

    /// A state machine with its key, `id`, `name` as the file gives it, and deployed name.
    pub(crate) fn add_state_machine(&mut self, key: &str, id: Option<&str>, name: Option<&str>, deployed: &str) {
        // Versions of the plugin differ in how they make a logical id of a name.
        let ids = match (id, name) {
            (Some(id), _) => vec![id.to_owned(), normalized(id)],
            (None, Some(name)) => vec![alphanumeric(name), normalized(name)],
            (None, None) => vec![format!("{}StepFunctionsStateMachine", normalized(key))],
        };
        for id in ids {
            self.targets.insert(id, Target::StateMachine(deployed.to_owned()));
        }
    }

    /// An activity with its name as the file gives it.
    pub(crate) fn add_activity(&mut self, name: &str) {
        let id = format!("{}StepFunctionsActivity", normalized(name));
        self.targets.insert(id, Target::Activity(name.to_owned()));
    }

    /// A resource that is refused where it is declared.
    pub(crate) fn add_refused(&mut self, id: &str) {
        self.targets.entry(id.to_owned()).or_insert(Target::Refused);
    }

    /// What a logical id names.
    pub(crate) fn target(&self, id: &str) -> Option<&Target> {
        self.targets.get(id)
    }

    /// The logical ids of what the service makes.
    pub(crate) fn ids(&self) -> Vec<&str> {
        let known = self.targets.iter().filter(|(_, target)| **target != Target::Refused);
        known.map(|(id, _)| id.as_str()).collect()
    }
}

impl Target {
    /// What `Ref` gives (CloudFormation's "Return values" of each type).
    pub(crate) fn reference(&self) -> Attribute {
        match self {
            Self::Function(name) => Attribute::Text(name.clone()),
            Self::LogGroup(name) => Attribute::Text(format!("/aws/lambda/{name}")),
            Self::StateMachine(_) | Self::Activity(_) => self.attribute("Arn"),
            Self::Refused => Attribute::Refused,
        }
    }

    /// What `Fn::GetAtt` gives.
    pub(crate) fn attribute(&self, name: &str) -> Attribute {
        let arn = |service: &str, rest: &str| {
            Attribute::Text(format!("arn:#{{AWS::Partition}}:{service}:#{{AWS::Region}}:#{{AWS::AccountId}}:{rest}"))
        };
        match (self, name) {
            (Self::Refused, _) => Attribute::Refused,
            (Self::Function(function), "Arn") => arn("lambda", &format!("function:{function}")),
            (Self::LogGroup(function), "Arn") => arn("logs", &format!("log-group:/aws/lambda/{function}:*")),
            (Self::StateMachine(machine), "Arn") => arn("states", &format!("stateMachine:{machine}")),
            (Self::Activity(activity), "Arn") => arn("states", &format!("activity:{activity}")),
            (Self::StateMachine(name) | Self::Activity(name), "Name") => Attribute::Text(name.clone()),
            (Self::Function(_) | Self::LogGroup(_), _) => Attribute::Unknown("Arn"),
            (Self::StateMachine(_) | Self::Activity(_), _) => Attribute::Unknown("Arn, Name"),
        }
    }
}
