//! A file on the simulated disk.

use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::{BackendError, StorageBackend};

use super::state::{Shared, lock};
use super::stored::Change;

/// An open file.
#[derive(Debug)]
pub(super) struct SimulatedFile {
    disk: Shared,
    number: usize,
    /// Whether this handle holds the file's lock.
    has_lock: AtomicBool,
}

impl SimulatedFile {
    pub(super) fn new(disk: Shared, number: usize) -> Self {
        Self { disk, number, has_lock: AtomicBool::new(false) }
    }

    fn unlock(&self) {
        if self.has_lock.swap(false, Ordering::SeqCst) {
            lock(&self.disk).locked.retain(|number| *number != self.number);
        }
    }

    fn change(&self, change: Change) -> io::Result<()> {
        let mut state = lock(&self.disk);
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
        let state = lock(&self.disk);
        Ok(state.files.get(self.number).map_or(0, |file| file.now.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let from = index(offset)?;
        let to = from.checked_add(out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        let state = lock(&self.disk);
        let bytes = state.files.get(self.number).and_then(|file| file.now.get(from..to));
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.change(Change::SetLen(index(len)?))
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = lock(&self.disk);
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
        let mut state = lock(&self.disk);
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
