//! That something in the cloud has changed: a count that goes up, for whoever shows what the cloud holds.

use tokio::sync::watch;

/// A count of changes; clones share it. It says that there is something new, not what: many changes may be one step.
#[derive(Debug, Clone)]
pub struct Changes {
    sender: watch::Sender<u64>,
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

impl Changes {
    /// A count of nothing so far.
    #[must_use]
    pub fn new() -> Self {
        Self { sender: watch::Sender::new(0) }
    }

    /// Counts a change that readers can see. It costs next to nothing where nobody waits.
    pub fn mark(&self) {
        self.sender.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// The count now.
    #[must_use]
    pub fn count(&self) -> u64 {
        *self.sender.borrow()
    }

    /// Waits until the count is another one, and gives it.
    pub async fn other_than(&self, known: u64) -> u64 {
        let mut receiver = self.sender.subscribe();
        match receiver.wait_for(|count| *count != known).await {
            Ok(count) => *count,
            // The sender lives as long as `self`.
            Err(_) => known,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_is_told_of_a_change() {
        let changes = Changes::new();
        let waiting = tokio::spawn({
            let changes = changes.clone();
            async move { changes.other_than(0).await }
        });
        changes.mark();
        assert_eq!(waiting.await.unwrap(), 1);
        assert_eq!(changes.other_than(0).await, 1, "also of one that was before");
    }
}
