//! What clients have asked for, and what they were told.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use serde_json::Value;

/// What all clients share.
#[derive(Default)]
pub struct Records {
    told: Mutex<Told>,
    /// How many requests were answered.
    answered: AtomicU64,
    /// Whether the cloud runs: set while nobody kills it.
    is_up: AtomicBool,
    is_over: AtomicBool,
}

/// What clients were told.
#[derive(Default)]
pub struct Told {
    /// By name.
    pub executions: BTreeMap<String, Execution>,
    pub lines: BTreeMap<String, Sent>,
    pub events: BTreeMap<String, Sent>,
    /// Whether a thing is there, by its kind and name; none where that was not answered.
    pub things: BTreeMap<(&'static str, String), Option<bool>>,
    /// The answers to tasks that were accepted, by the execution.
    pub task_answers: BTreeMap<String, Vec<Value>>,
    pub broken: Vec<String>,
}

/// An execution whose start was asked for.
#[derive(Debug, Default, Clone)]
pub struct Execution {
    pub machine: &'static str,
    pub is_accepted: bool,
    pub is_stop_sent: bool,
    pub is_stop_accepted: bool,
}

/// How often something was sent, and whether that was ever answered.
#[derive(Debug, Default, Clone, Copy)]
pub struct Sent {
    pub times: usize,
    pub is_accepted: bool,
}

impl Records {
    pub fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().expect("no client panics")
    }

    /// Counts an answer.
    pub fn count(&self) {
        self.answered.fetch_add(1, Ordering::Relaxed);
    }

    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    pub fn set_up(&self, is_up: bool) {
        self.is_up.store(is_up, Ordering::Release);
    }

    pub fn is_up(&self) -> bool {
        self.is_up.load(Ordering::Acquire)
    }

    pub fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    pub fn broke(&self, what: String) {
        self.told().broken.push(what);
    }
}
