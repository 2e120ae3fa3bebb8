//! Looking with patience: a read that is throttled or fails for AWS's own reasons is asked again.

use std::future::Future;

use crate::error::DeployError;
use crate::event::Events;
use crate::wait::Patience;
use aws::{Aws, AwsError};
use model::stack::Stack;

/// Reads on behalf of one stack.
#[derive(Clone)]
pub(super) struct Look {
    /// The clients.
    pub(super) aws: Aws,
    /// The stack.
    pub(super) stack: Stack,
    patience: Patience,
}

impl Look {
    /// At one stack; waits are told.
    pub(super) fn new(aws: &Aws, stack: &Stack, events: &Events) -> Self {
        let patience = Patience::named(format!("stack {}", stack.name()), events);
        Self { aws: aws.clone(), stack: stack.clone(), patience }
    }

    /// Makes a read until it succeeds or fails for good.
    pub(super) async fn call<T, C, F>(&self, call: C) -> Result<T, DeployError>
    where
        C: FnMut() -> F,
        F: Future<Output = Result<T, AwsError>>,
    {
        self.patience.call(call).await
    }
}
