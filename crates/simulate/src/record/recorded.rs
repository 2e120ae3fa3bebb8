//! An execution as it was recorded.

use std::collections::BTreeMap;

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
    /// What `Assign` has set.
    pub assigned: BTreeMap<String, Value>,
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
    /// The children of its Map Runs, in the order of their starts.
    pub children: Vec<RecordedChild>,
}

/// The child of a Map Run: an execution of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedChild {
    /// The Map state.
    pub map_state: String,
    /// Which of the Map state's items, or batches, it has worked on, from 0.
    pub index: u64,
    /// Its history.
    pub events: Vec<RecordedEvent>,
}
