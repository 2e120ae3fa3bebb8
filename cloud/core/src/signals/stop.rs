//! The signal that ends the cloud.

use tokio::sync::watch;

/// A signal that is given once and stays given; clones share it.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: watch::Sender<bool>,
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

impl Stop {
    /// A signal that was not given yet.
    #[must_use]
    pub fn new() -> Self {
        Self { sender: watch::Sender::new(false) }
    }

    /// Gives the signal.
    pub fn give(&self) {
        self.sender.send_replace(true);
    }

    /// Whether it was given.
    #[must_use]
    pub fn is_given(&self) -> bool {
        *self.sender.borrow()
    }

    /// Waits until the signal was given.
    pub async fn given(&self) {
        let mut receiver = self.sender.subscribe();
        // The sender lives as long as `self`, so this cannot end by the channel closing.
        let _ = receiver.wait_for(|given| *given).await;
    }
}
