//! The task tokens that are out: whose task each one is.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use asl::TaskId;

use crate::rows::execution::ExecutionKey;

/// All tokens of tasks under way. They are kept with their executions; this is how they are found.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_token: BTreeMap<String, (ExecutionKey, TaskId)>,
    by_task: BTreeMap<(ExecutionKey, TaskId), String>,
}

impl Tokens {
    /// Gives a token out.
    pub(super) fn issue(&self, token: &str, key: &ExecutionKey, task: TaskId) {
        let mut known = self.lock();
        known.by_token.insert(token.to_owned(), (key.clone(), task));
        known.by_task.insert((key.clone(), task), token.to_owned());
    }

    /// Makes a task's token void, if it has one.
    pub(super) fn withdraw(&self, key: &ExecutionKey, task: TaskId) {
        let mut known = self.lock();
        // Nearly every task that ends has no token.
        if known.by_task.is_empty() {
            return;
        }
        if let Some(token) = known.by_task.remove(&(key.clone(), task)) {
            known.by_token.remove(&token);
        }
    }

    /// Whose token it is.
    pub(crate) fn find(&self, token: &str) -> Option<(ExecutionKey, TaskId)> {
        self.lock().by_token.get(token).cloned()
    }

    /// The executions with tokens that are out, in the order of their keys.
    pub(crate) fn executions(&self) -> Vec<ExecutionKey> {
        let known = self.lock();
        let mut keys: Vec<ExecutionKey> = known.by_task.keys().map(|(key, _)| key.clone()).collect();
        keys.dedup();
        keys
    }

    /// Gives the executions with tokens that are out, from a key on, until one is refused; one with several tokens comes several times.
    pub(super) fn each_from(&self, first: &ExecutionKey, mut take: impl FnMut(&ExecutionKey) -> bool) {
        let known = self.lock();
        let mut keys = known.by_task.range((first.clone(), TaskId(0))..).map(|((key, _), _)| key);
        while keys.next().is_some_and(&mut take) {}
    }

    /// All tokens that are out.
    #[cfg(test)]
    pub(crate) fn issued(&self) -> Vec<String> {
        self.lock().by_token.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_until_it_is_withdrawn() {
        let tokens = Tokens::default();
        let key = ExecutionKey::new("us-east-1/m", "e");
        tokens.issue("one", &key, TaskId(1));
        tokens.issue("two", &key, TaskId(2));
        assert_eq!(tokens.find("one"), Some((key.clone(), TaskId(1))));
        tokens.withdraw(&key, TaskId(1));
        assert_eq!(tokens.find("one"), None);
        assert_eq!(tokens.find("two"), Some((key, TaskId(2))));
    }
}
