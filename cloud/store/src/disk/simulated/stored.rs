//! What a file on the simulated disk holds, synced and not.

/// What a file holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Stored {
    /// What is read.
    pub(super) now: Vec<u8>,
    /// What was synced.
    pub(super) durable: Vec<u8>,
    /// What was not, in order.
    pub(super) pending: Vec<Change>,
}

/// A change of a file.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Write(usize, Vec<u8>),
    SetLen(usize),
}

impl Change {
    /// Makes the change; a write beyond the end fills what lies between with zeros.
    pub(super) fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, data) => {
                let end = at + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                if let Some(place) = bytes.get_mut(*at..end) {
                    place.copy_from_slice(data);
                }
            }
            Self::SetLen(len) => bytes.resize(*len, 0),
        }
    }
}

impl Stored {
    pub(super) fn change(&mut self, change: Change) {
        change.apply(&mut self.now);
        self.pending.push(change);
    }

    pub(super) fn sync(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// Makes what is read durable, however it came about.
    pub(super) fn sync_all(&mut self) {
        self.pending.clear();
        self.durable.clone_from(&self.now);
    }
}
