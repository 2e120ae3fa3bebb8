//! A file on the simulated disk.

use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::{BackendError, StorageBackend};

use super::SimulatedDisk;

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
    fn change(&mut self, change: Change) {
        change.apply(&mut self.now);
        self.pending.push(change);
    }

    fn sync(&mut self) {
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

/// An open file.
#[derive(Debug)]
pub(super) struct SimulatedFile {
    disk: SimulatedDisk,
    number: usize,
    /// Whether this handle holds the file's lock.
    has_lock: AtomicBool,
}

impl SimulatedFile {
    pub(super) fn new(disk: SimulatedDisk, number: usize) -> Self {
        Self { disk, number, has_lock: AtomicBool::new(false) }
    }

    fn unlock(&self) {
        if self.has_lock.swap(false, Ordering::SeqCst) {
            self.disk.state().locked.retain(|number| *number != self.number);
        }
    }

    fn change(&self, change: Change) -> io::Result<()> {
        let mut state = self.disk.state();
        let stopped = state.operation();
        let grows = match &change {
            Change::Write(..) => true,
            Change::SetLen(len) => state.files.get(self.number).is_some_and(|file| file.now.len() < *len),
        };
        let is_full = state.is_full && grows;
        let file = state.files.get_mut(self.number).ok_or(io::ErrorKind::NotFound)?;
        match (stopped, change) {
            (Err(stopped), change) => {
                // It was on its way when the disk stopped: a crash may find it, or a part.
                file.pending.push(change);
                Err(stopped)
            }
            (Ok(()), Change::Write(at, mut data)) if is_full => {
                data.truncate(data.len() / 2);
                file.change(Change::Write(at, data));
                Err(io::ErrorKind::StorageFull.into())
            }
            (Ok(()), Change::SetLen(_)) if is_full => Err(io::ErrorKind::StorageFull.into()),
            (Ok(()), change) => {
                file.change(change);
                Ok(())
            }
        }
    }
}

fn index(number: u64) -> io::Result<usize> {
    usize::try_from(number).map_err(io::Error::other)
}

impl StorageBackend for SimulatedFile {
    fn len(&self) -> io::Result<u64> {
        let state = self.disk.state();
        Ok(state.files.get(self.number).map_or(0, |file| file.now.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = index(offset)?;
        let to = from.checked_add(out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        let state = self.disk.state();
        let bytes = state.files.get(self.number).and_then(|file| file.now.get(from..to));
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Change::SetLen(index(len)?))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.state();
        state.operation()?;
        if let Some(file) = state.files.get_mut(self.number) {
            file.sync();
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.change(Change::Write(index(offset)?, data.to_vec()))
    }

    fn close(&self) -> io::Result<()> {
        self.unlock();
        Ok(())
    }

    fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<bool, BackendError> {
        let mut state = self.disk.state();
        if !self.has_lock.load(Ordering::SeqCst) {
            if state.locked.contains(&self.number) {
                return Ok(false);
            }
            state.locked.push(self.number);
            self.has_lock.store(true, Ordering::SeqCst);
        }
        Ok(true)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.try_lock_range(start, end)
    }

    fn unlock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Result<(), BackendError> {
        self.unlock();
        Ok(())
    }
}

impl Drop for SimulatedFile {
    fn drop(&mut self) {
        self.unlock();
    }
}
