//! How many executions wait for a moment, or for somebody.

use std::collections::BTreeSet;

use super::Driver;
use crate::rows::execution::{ExecutionKey, owner};

impl Driver {
    /// How many executions of a machine and of its Map Runs wait for a moment, or for whoever has a task's token: `most` at most. It costs
    /// what it counts.
    pub(crate) fn waiting(&self, machine: &str, most: usize) -> usize {
        let mut found = BTreeSet::new();
        // Before the keys of its own executions, and before those of its Map Runs' children.
        for first in [ExecutionKey::new(machine, ""), ExecutionKey::stored(&format!("{machine}:"))] {
            let mut take = |key: &ExecutionKey, is_waiting: bool| {
                let is_wanted = owner(key.parts().0) == machine && found.len() < most;
                if is_wanted && is_waiting {
                    found.insert(key.clone());
                }
                is_wanted
            };
            self.timers.each_from(&first, |key| take(key, !self.other_wakes.has_no_wait(key)));
            self.tokens.each_from(&first, |key| take(key, true));
        }
        found.len()
    }
}
