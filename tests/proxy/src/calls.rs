//! Calls that passed, and what can be read off them.

use std::fmt;
use std::str::FromStr;
use std::time::Instant;

/// One call of a command, the same in every run whatever ran beside it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallId {
    /// As AWS names it: `GetRole`.
    pub operation: String,
    /// What it is about: the name of a role, function, log group; empty when about nothing in particular.
    pub subject: String,
    /// The how manieth of this operation and subject, from 1.
    pub occurrence: usize,
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})#{}", self.operation, self.subject, self.occurrence)
    }
}

impl FromStr for CallId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let split = || {
            let (name, occurrence) = text.rsplit_once('#')?;
            let (operation, subject) = name.strip_suffix(')')?.split_once('(')?;
            Some(Self { operation: operation.into(), subject: subject.into(), occurrence: occurrence.parse().ok()? })
        };
        split().ok_or_else(|| format!("`{text}` is no call: it is written OPERATION(SUBJECT)#1"))
    }
}

/// A call that came.
#[derive(Debug, Clone)]
pub struct Call {
    /// What it is called.
    pub id: CallId,
    /// The operation, or method and path where the protocol names none.
    pub request: String,
    /// When its first byte had come.
    pub begun: Instant,
    /// When its answer was passed on; none if there was no answer.
    pub ended: Option<Instant>,
    /// The answer's HTTP status.
    pub status: Option<u16>,
}

impl Call {
    /// Whether it may change something.
    pub fn is_write(&self) -> bool {
        !["Get", "List", "Describe", "GET "].iter().any(|start| self.id.operation.starts_with(start))
    }
}

/// Calls in the order in which they came.
#[derive(Debug)]
pub struct Calls(pub Vec<Call>);

impl Calls {
    /// The requests that are no reads, sorted.
    pub fn writes(&self) -> Vec<&str> {
        let mut writes: Vec<&str> =
            self.0.iter().filter(|call| call.is_write()).map(|call| call.request.as_str()).collect();
        writes.sort_unstable();
        writes
    }

    /// The length of the longest row of calls of which each began after the one before was answered.
    pub fn rounds(&self) -> usize {
        let mut calls: Vec<(Instant, Instant)> =
            self.0.iter().filter_map(|call| Some((call.ended?, call.begun))).collect();
        calls.sort_unstable();
        let mut rounds = 0;
        let mut last = None;
        for (ended, begun) in calls {
            if last.is_none_or(|last| begun >= last) {
                (rounds, last) = (rounds + 1, Some(ended));
            }
        }
        rounds
    }
}
