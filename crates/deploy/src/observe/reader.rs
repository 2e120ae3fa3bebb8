//! Reads with retries: one that meets another change is made again. One that is not allowed is an answer of its own, which
//! is remembered.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use super::ownership::{Doubt, Unread};
use crate::error::DeployError;
use crate::event::Events;
use crate::retry::Retry;
use aws::{Aws, AwsError, DeniedRead};
use model::stack::{DeployedNames, Stack};

/// Makes the reads of one stack.
#[derive(Clone)]
pub(super) struct Reader {
    /// The clients.
    pub(super) aws: Aws,
    /// The stack.
    pub(super) stack: Stack,
    retry: Retry,
    unread: Arc<Mutex<BTreeSet<Unread>>>,
}

/// What a read came to: an answer, or that it is not allowed.
pub(super) type Reading<T> = Result<T, DeniedRead>;

impl Reader {
    /// For one stack; an event is emitted for each wait.
    pub(super) fn new(aws: &Aws, stack: &Stack, events: &Events) -> Self {
        let retry = Retry::named(format!("stack {}", stack.name()), events);
        Self { aws: aws.clone(), stack: stack.clone(), retry, unread: Arc::default() }
    }

    /// The same with further names of the stack's.
    pub(super) fn with_names(&self, names: &DeployedNames) -> Self {
        let mut reader = self.clone();
        reader.stack.names.extend(names);
        reader
    }

    /// Makes a read until it succeeds, is not allowed, or fails for good.
    pub(super) async fn call<T, C, F>(&self, call: C) -> Result<Reading<T>, DeployError>
    where
        C: FnMut() -> F,
        F: Future<Output = Result<T, AwsError>>,
    {
        match self.retry.call(call).await {
            Ok(answer) => Ok(Ok(answer)),
            Err(DeployError::Aws(error)) => Ok(Err(error.denied()?)),
            Err(error) => Err(error),
        }
    }

    /// The answer of a read; one that is not allowed is remembered as what it would have shown.
    pub(super) fn answer<T>(&self, reading: Reading<T>, doubt: Doubt, what: impl FnOnce() -> String) -> Option<T> {
        match reading {
            Ok(answer) => Some(answer),
            Err(denied) => {
                let unread = Unread { what: what(), denied, doubt };
                self.unread.lock().unwrap_or_else(PoisonError::into_inner).insert(unread);
                None
            }
        }
    }

    /// What was not allowed so far.
    pub(super) fn unread(&self) -> Vec<Unread> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
