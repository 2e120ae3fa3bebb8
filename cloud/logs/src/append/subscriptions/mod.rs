//! Subscription filters: a group's events are handed to functions as they come ([AWS's guide]).
//!
//! What waits is a row that is written together with the events, so that none is missed whenever the cloud ends; it is removed
//! once the functions have accepted the events. An append waits for none of this.
//!
//! [AWS's guide]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html

mod delivery;
mod message;

use serde::{Deserialize, Serialize};

/// One subscription filter; its name is its key in the group's facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SubscriptionFilter {
    /// Which events it takes.
    pub(crate) pattern: String,
    /// The ARN of the function that gets them.
    pub(crate) destination_arn: String,
    /// `ByLogStream` or `Random`, which means nothing for functions.
    pub(crate) distribution: String,
    pub(crate) created_at_ms: i64,
}

/// How far a group's subscription filters are.
#[derive(Debug, Default)]
pub(crate) struct DeliveryState {
    /// Whether something may wait that was not looked at.
    waits: bool,
    /// Whether somebody hands events over.
    is_running: bool,
}

impl DeliveryState {
    /// Something waits; gives whether nobody is there yet who hands it over.
    fn note(&mut self) -> bool {
        self.waits = true;
        !std::mem::replace(&mut self.is_running, true)
    }

    /// Whether there is something to look at; who asks ends where there is not.
    fn take(&mut self) -> bool {
        self.is_running = std::mem::take(&mut self.waits);
        self.is_running
    }

    /// Whoever hands events over ends.
    fn end(&mut self) {
        self.is_running = false;
    }
}
