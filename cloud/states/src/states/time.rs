//! What the service says of time: when something goes on by itself, whether anything is under way, and skipping a wait.

use std::collections::VecDeque;

use cloud_core::ServiceError;
use jiff::Timestamp;

use super::States;
use crate::driver::{Message, Skipped};
use crate::rows::execution::ExecutionKey;
use crate::wire::names::ExecutionReference;

impl States {
    /// The earliest moment at which an execution goes on by itself: a Wait ends, or the backoff before a retry. Timeouts and
    /// heartbeats of tasks that somebody else ends do not count.
    pub fn next_wait(&self) -> Option<Timestamp> {
        self.driver.next_wait()
    }

    /// Whether something is under way in real time: steps, calls of tasks (functions, other services), express executions
    /// that do not only wait.
    pub fn is_busy(&self) -> bool {
        self.driver.is_busy()
    }

    /// Ends the Waits that an execution is in, and the backoff before its retries, now; also those of the running children
    /// of its Map Runs, but for express ones. Gives the names of the states that waited, one for each branch and iteration:
    /// none when nothing waits. It is durable when this answers.
    ///
    /// # Errors
    /// `InvalidArn`, `ExecutionDoesNotExist`, or the store's failure.
    pub async fn skip(&self, execution_arn: &str) -> Result<Vec<String>, ServiceError> {
        let Skipped { states: mut skipped, children } = self.skip_one(execution_arn).await?;
        let mut children = VecDeque::from(children);
        while let Some(child) = children.pop_front() {
            match self.skip_one(&child).await {
                Ok(more) => {
                    skipped.extend(more.states);
                    children.extend(more.children);
                }
                // It has not begun yet.
                Err(error) if error.status < 500 => {}
                Err(error) => return Err(error),
            }
        }
        Ok(skipped)
    }

    async fn skip_one(&self, arn: &str) -> Result<Skipped, ServiceError> {
        let reference = ExecutionReference::parse(arn)?;
        let key = ExecutionKey::new(&reference.machine, &reference.name);
        self.driver.ask(&key, |reply| Message::Skip { reply }).await
    }
}
