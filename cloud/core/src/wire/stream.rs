//! What of an answer is not there yet when it begins.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc;

/// What follows an answer's body, piece by piece, until its sender is dropped; clones are the same stream, which is sent once.
#[derive(Debug, Clone)]
pub struct BodyStream(Arc<Mutex<Option<mpsc::Receiver<Bytes>>>>);

impl BodyStream {
    /// What comes out of a channel. The sender finds it closed when the client has gone away.
    #[must_use]
    pub fn new(pieces: mpsc::Receiver<Bytes>) -> Self {
        Self(Arc::new(Mutex::new(Some(pieces))))
    }

    /// The pieces; none when somebody has taken them.
    #[must_use]
    pub fn take(&self) -> Option<mpsc::Receiver<Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl PartialEq for BodyStream {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for BodyStream {}
