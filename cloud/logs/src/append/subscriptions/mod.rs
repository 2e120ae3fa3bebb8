//! Subscription filters: a group's events are handed to functions as they come ([AWS's guide]).
//!
//! What waits is a row that is written together with the events, so that none is missed whenever the cloud ends; it is removed
//! once the functions of all filters have accepted the events. An append waits for none of this.
//!
//! [AWS's guide]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html

mod delivery;
mod message;

use std::collections::BTreeMap;

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

/// How far a group's subscription filters are, by their names: each goes on by itself, so that one that waits for its function
/// holds no other up.
#[derive(Debug, Default)]
pub(crate) struct DeliveryState {
    filters: BTreeMap<String, Progress>,
}

/// How far one filter is.
#[derive(Debug, Default)]
struct Progress {
    /// Whether something may wait that was not looked at.
    waits: bool,
    /// Whether somebody hands events over.
    is_running: bool,
    /// The key of the last row that it has seen; it looks at those behind it.
    seen: Option<String>,
}

impl DeliveryState {
    /// Something waits for a filter; gives whether nobody is there yet who hands it over.
    fn note(&mut self, filter: &str) -> bool {
        let progress = self.filters.entry(filter.to_owned()).or_default();
        progress.waits = true;
        !std::mem::replace(&mut progress.is_running, true)
    }

    /// Whether there is something to look at; who asks ends where there is not.
    fn take(&mut self, filter: &str) -> bool {
        let Some(progress) = self.filters.get_mut(filter) else { return false };
        progress.is_running = std::mem::take(&mut progress.waits);
        progress.is_running
    }

    /// The last row that a filter has seen.
    fn seen(&self, filter: &str) -> Option<&str> {
        self.filters.get(filter)?.seen.as_deref()
    }

    /// A filter has seen a row.
    fn see(&mut self, filter: &str, key: String) {
        if let Some(progress) = self.filters.get_mut(filter) {
            progress.seen = Some(key);
        }
    }

    /// Whoever hands events of a filter over ends.
    fn end(&mut self, filter: &str) {
        self.filters.remove(filter);
    }
}
