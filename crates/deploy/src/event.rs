//! What a deployment reports while it works: facts; the listener chooses the words.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::mpsc;

use crate::desired::resource::Resource;

/// A fact about the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A step began.
    Started {
        /// The resource.
        what: Resource,
        /// What is done to it.
        doing: Action,
    },
    /// The work can't go on until something has happened.
    Waiting {
        /// The resource, or what is done.
        what: String,
        /// What must happen.
        until: WaitingFor,
        /// How long it has been waited for so far, in milliseconds.
        waited_ms: u64,
    },
    /// Progress over many items of one kind.
    Counted {
        /// What is counted, such as `versions deleted`.
        what: &'static str,
        /// How many so far.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// A step succeeded.
    Done {
        /// The resource.
        what: Resource,
        /// What was done to it.
        doing: Action,
        /// How long it took, waiting for other resources left out, in milliseconds.
        elapsed_ms: u64,
    },
}

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed.
    Update,
    /// It becomes the stack's, and is changed.
    Adopt,
    /// It is deleted.
    Delete,
}

/// What a deployment may have to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WaitingFor {
    /// A new role or policy is known everywhere in AWS only some seconds after it was made.
    RolePropagation,
    /// The function is being made or changed.
    FunctionReady,
    /// Another change to the same resource is under way.
    OtherChange,
    /// The state machine's executions end, then it goes.
    StateMachineGone,
    /// An answer got lost: a list shows whether the resource was created.
    Shown,
    /// AWS's answers show what was done only some seconds later.
    Settled,
    /// A new endpoint answers only after some seconds.
    Endpoint,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Adopt => "adopt",
            Self::Delete => "delete",
        })
    }
}

impl fmt::Display for WaitingFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RolePropagation => "its new role to be known everywhere in AWS",
            Self::FunctionReady => "Lambda to make it ready",
            Self::OtherChange => "another change to it to end",
            Self::StateMachineGone => "its executions to end and AWS to delete it",
            Self::Shown => "AWS to show whether it was made, for the answer got lost",
            Self::Settled => "AWS to show everything as it was made",
            Self::Endpoint => "its new endpoint to answer",
        })
    }
}

/// The sender of events. Nobody has to receive them.
#[derive(Debug, Clone)]
pub struct Events(mpsc::UnboundedSender<Event>);

impl Events {
    /// A sender of events and its receiver, which ends when the work does.
    pub fn channel() -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// A sender whose events nobody receives.
    pub fn discarded() -> Self {
        Self::channel().0
    }

    /// Emits one event.
    pub fn emit(&self, event: Event) {
        let _ = self.0.send(event);
    }
}

/// A duration as events give it.
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
