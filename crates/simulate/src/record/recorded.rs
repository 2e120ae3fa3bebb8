//! An execution as it was recorded.

use jiff::Timestamp;
use serde_json::Value;

/// One event of a history, as `GetExecutionHistory` tells of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedEvent {
    /// Its number, from 1.
    pub id: u64,
    /// The event that it follows from; 0 for none.
    pub previous: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Its type, such as `TaskSucceeded`.
    pub kind: String,
    /// The state that was entered or left.
    pub state: Option<String>,
    /// The index of a Map state's iteration.
    pub iteration: Option<u64>,
    /// What went in.
    pub input: Option<Value>,
    /// What came out.
    pub output: Option<Value>,
    /// An error's name.
    pub error: Option<String>,
    /// Its cause.
    pub cause: Option<String>,
}

/// An execution that is to become a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// What the case is called.
    pub name: String,
    /// The machine, as the service file names it.
    pub machine: String,
    /// Its history, from the start to the end.
    pub events: Vec<RecordedEvent>,
}
