//! The resources of a deployment, each by the name that the service file gives it.

use std::fmt;

use serde::{Serialize, Serializer};

use model::names::Key;
use model::stack::LIVE;

/// One resource of a stack. The order is the one that lists show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// The role of a function or state machine.
    Role(Key),
    /// The log group of a function.
    LogGroup(Key),
    /// A function.
    Function(Key),
    /// The alias of a function that says which version is live.
    Alias(Key),
    /// An activity.
    Activity(Key),
    /// A state machine.
    StateMachine(Key),
    /// The HTTP API.
    Api,
    /// A further HTTP API of the same stack, by id: two deployments ran at once, or one was interrupted before it knew the id.
    ExtraApi(String),
    /// The API's integration with a function.
    Integration(Key),
    /// An integration that no route needs, by id.
    LeftoverIntegration(String),
    /// A route, as `POST /start`.
    Route(String),
    /// The API's stage.
    Stage,
    /// The right of a route to invoke its function.
    Permission {
        /// The function.
        function: Key,
        /// The route.
        route: String,
    },
    /// Such a right of a route or API that is no more.
    LeftoverPermission {
        /// The function.
        function: Key,
        /// The statement's id.
        sid: String,
    },
}

impl Resource {
    /// The key of the function or state machine that it is or belongs to; none for activities and parts of the API.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::Role(key)
            | Self::LogGroup(key)
            | Self::Function(key)
            | Self::Alias(key)
            | Self::StateMachine(key) => Some(key),
            _ => None,
        }
    }

    /// The kind in plain words.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Role(_) => "role",
            Self::LogGroup(_) => "log group",
            Self::Function(_) => "function",
            Self::Alias(_) => "alias",
            Self::Activity(_) => "activity",
            Self::StateMachine(_) => "state machine",
            Self::Api | Self::ExtraApi(_) => "HTTP API",
            Self::Integration(_) | Self::LeftoverIntegration(_) => "integration",
            Self::Route(_) => "route",
            Self::Stage => "stage",
            Self::Permission { .. } | Self::LeftoverPermission { .. } => "permission",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Role(key) | Self::LogGroup(key) | Self::Integration(key) => write!(f, "{kind} of {key}"),
            Self::Function(key) | Self::Activity(key) | Self::StateMachine(key) => write!(f, "{kind} {key}"),
            Self::Alias(key) => write!(f, "{kind} {LIVE} of {key}"),
            Self::Api | Self::Stage => f.write_str(kind),
            Self::ExtraApi(id) | Self::LeftoverIntegration(id) => write!(f, "{kind} {id}"),
            Self::Route(route) => write!(f, "{kind} {route}"),
            Self::Permission { function, route } => write!(f, "{kind} of {route} to invoke {function}"),
            Self::LeftoverPermission { function, sid } => write!(f, "{kind} {sid} to invoke {function}"),
        }
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
