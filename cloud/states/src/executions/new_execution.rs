//! An execution to start: as it was asked for, and as it was checked.

use jiff::Timestamp;

use crate::integration::mocks::MockedRun;
use crate::rows::execution::{ExecutionKey, StartedBy};
use crate::rows::machine::Kind;

/// An execution to start, as it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct StartRequest {
    /// A state machine, or a version or an alias of one.
    pub(crate) state_machine_arn: String,
    /// A random one when there is none.
    pub(crate) name: Option<String>,
    /// JSON text; an empty object when there is none.
    pub(crate) input: Option<String>,
    /// The task that asks, if one does.
    pub(crate) started_by: Option<StartedBy>,
    /// What answers its tasks, if it is a test.
    pub(crate) mocks: Option<Box<MockedRun>>,
}

/// An execution that was started.
#[derive(Debug)]
pub(crate) struct StartedExecution {
    pub(crate) arn: String,
    pub(crate) started_at: Timestamp,
}

/// An execution to start, checked: which revision it runs, under which name, with which input.
#[derive(Debug, Clone)]
pub(crate) struct NewExecution {
    pub(crate) key: ExecutionKey,
    /// Whether its name was drawn for it: then nothing of that name is looked for.
    pub(crate) has_drawn_name: bool,
    pub(crate) kind: Kind,
    pub(crate) revision: u64,
    pub(crate) version: Option<u64>,
    pub(crate) alias: Option<Box<str>>,
    /// JSON text.
    pub(crate) input: String,
    /// The task that starts it, if one does.
    pub(crate) started_by: Option<StartedBy>,
    /// Where it begins, if it is the fork of another one.
    pub(crate) fork: Option<Box<asl::ForkPoint>>,
    /// What answers its tasks, if it is a test.
    pub(crate) mocks: Option<Box<MockedRun>>,
}
