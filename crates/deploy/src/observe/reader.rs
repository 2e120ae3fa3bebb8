//! Reads with retries: one that meets another change is made again.

use std::future::Future;

use crate::error::DeployError;
use crate::event::Events;
use crate::retry::Retry;
use aws::{Aws, AwsError};
use model::stack::Stack;

/// Makes the reads of one stack.
#[derive(Clone)]
pub(super) struct Reader {
    /// The clients.
    pub(super) aws: Aws,
    /// The stack.
    pub(super) stack: Stack,
    retry: Retry,
}

impl Reader {
    /// For one stack; an event is emitted for each wait.
    pub(super) fn new(aws: &Aws, stack: &Stack, events: &Events) -> Self {
        let retry = Retry::named(format!("stack {}", stack.name()), events);
        Self { aws: aws.clone(), stack: stack.clone(), retry }
    }

    /// Makes a read until it succeeds or fails for good.
    pub(super) async fn call<T, C, F>(&self, call: C) -> Result<T, DeployError>
    where
        C: FnMut() -> F,
        F: Future<Output = Result<T, AwsError>>,
    {
        self.retry.call(call).await
    }
}
