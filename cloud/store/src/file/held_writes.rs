//! A disk whose writes are held in memory until it is known that the file is ours.
//!
//! To open a database is to write to it: redb marks it as open, and repairs it after a kill. A file that is refused must
//! keep every byte, and redb's reader that does not write refuses files that need repair.

use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redb::{BackendError, StorageBackend};

/// The disk; clones share it.
#[derive(Debug, Clone)]
pub(super) struct HeldWrites(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    disk: Box<dyn StorageBackend>,
    /// Once true, everything goes to the disk.
    released: AtomicBool,
    held: Mutex<Vec<Held>>,
}

/// One operation that the disk has not seen.
#[derive(Debug)]
enum Held {
    Write(u64, Vec<u8>),
    SetLen(u64),
    Sync,
}

impl HeldWrites {
    pub(super) fn new(disk: Box<dyn StorageBackend>) -> Self {
        Self(Arc::new(Inner { disk, released: AtomicBool::new(false), held: Mutex::new(Vec::new()) }))
    }

    /// A disk whose writes are not held.
    pub(super) fn released(disk: Box<dyn StorageBackend>) -> Self {
        Self(Arc::new(Inner { disk, released: AtomicBool::new(true), held: Mutex::new(Vec::new()) }))
    }

    /// Writes what was held, and holds nothing from now on. A kill in between leaves what a kill during redb's own opening
    /// may leave, which it repairs: the order of writes and syncs is kept. After a failure all is still held: it reads as before, and
    /// may be tried again.
    pub(super) fn release(&self) -> io::Result<()> {
        let mut held = self.held();
        for operation in held.iter() {
            match operation {
                Held::Write(offset, data) => self.0.disk.write(*offset, data)?,
                Held::SetLen(len) => self.0.disk.set_len(*len)?,
                Held::Sync => self.0.disk.sync_data()?,
            }
        }
        held.clear();
        self.0.released.store(true, Ordering::Release);
        Ok(())
    }

    fn is_released(&self) -> bool {
        self.0.released.load(Ordering::Acquire)
    }

    fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold(&self, operation: Held) {
        self.held().push(operation);
    }
}

/// Lays data over bytes that were read at an offset.
fn overlay(out: &mut [u8], read_at: u64, written_at: u64, data: &[u8]) {
    let from = read_at.max(written_at);
    let to = (read_at + out.len() as u64).min(written_at + data.len() as u64);
    let part = |start: u64| Some(usize::try_from(from - start).ok()?..usize::try_from(to - start).ok()?);
    if from < to
        && let (Some(out_part), Some(data_part)) = (part(read_at), part(written_at))
        && let (Some(out), Some(data)) = (out.get_mut(out_part), data.get(data_part))
    {
        out.copy_from_slice(data);
    }
}

impl StorageBackend for HeldWrites {
    fn len(&self) -> io::Result<u64> {
        let len = self.0.disk.len()?;
        if self.is_released() {
            return Ok(len);
        }
        Ok(self.held().iter().fold(len, |len, operation| match operation {
            Held::Write(offset, data) => len.max(offset + data.len() as u64),
            Held::SetLen(len) => *len,
            Held::Sync => len,
        }))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if self.is_released() {
            return self.0.disk.read(offset, out);
        }
        if offset.saturating_add(out.len() as u64) > self.len()? {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        // The part that is on the disk; what lies beyond its end was held, or is zero.
        let on_disk = self.0.disk.len()?.saturating_sub(offset);
        let on_disk = usize::try_from(on_disk).unwrap_or(usize::MAX).min(out.len());
        let (disk_part, rest) = out.split_at_mut(on_disk);
        if !disk_part.is_empty() {
            self.0.disk.read(offset, disk_part)?;
        }
        rest.fill(0);
        for operation in self.held().iter() {
            match operation {
                Held::Write(written_at, data) => overlay(out, offset, *written_at, data),
                Held::SetLen(len) => {
                    let kept = usize::try_from(len.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
                    out.split_at_mut(kept).1.fill(0);
                }
                Held::Sync => {}
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        if self.is_released() {
            return self.0.disk.set_len(len);
        }
        self.hold(Held::SetLen(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        if self.is_released() {
            return self.0.disk.sync_data();
        }
        self.hold(Held::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if self.is_released() {
            return self.0.disk.write(offset, data);
        }
        self.hold(Held::Write(offset, data.to_vec()));
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.0.disk.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.disk.try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.disk.try_lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.disk.unlock_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.disk.lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.disk.lock_shared_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.disk.query_lock_range(start, end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Write(usize, Vec<u8>),
        SetLen(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0_usize..40, prop::collection::vec(any::<u8>(), 1..10)).prop_map(|(at, data)| Step::Write(at, data)),
            1 => (0_usize..50).prop_map(Step::SetLen),
        ]
    }

    fn content(disk: &dyn StorageBackend) -> Vec<u8> {
        let mut all = vec![7; usize::try_from(disk.len().unwrap()).unwrap()];
        disk.read(0, &mut all).unwrap();
        all
    }

    proptest! {
        #[test]
        fn what_is_held_reads_as_if_it_were_written(
            before in prop::collection::vec(any::<u8>(), 0..40),
            steps in prop::collection::vec(step(), 0..12),
            from in 0_usize..50,
        ) {
            let disk = InMemoryBackend::new();
            disk.set_len(before.len() as u64).unwrap();
            disk.write(0, &before).unwrap();
            let held = HeldWrites::new(Box::new(disk));
            let mut expected = before.clone();
            for step in steps {
                match step {
                    Step::Write(at, data) => {
                        if at + data.len() <= expected.len() {
                            held.write(at as u64, &data).unwrap();
                            expected[at..at + data.len()].copy_from_slice(&data);
                        }
                    }
                    Step::SetLen(len) => {
                        held.set_len(len as u64).unwrap();
                        expected.resize(len, 0);
                    }
                }
                held.sync_data().unwrap();
            }
            prop_assert_eq!(content(&held), expected.clone());
            prop_assert_eq!(content(&*held.0.disk), before, "the disk has seen something");
            let from = from.min(expected.len());
            let mut part = vec![7; expected.len() - from];
            held.read(from as u64, &mut part).unwrap();
            prop_assert_eq!(&part, &expected[from..]);
            prop_assert!(held.read(from as u64, &mut vec![0; expected.len() - from + 1]).is_err());
            held.release().unwrap();
            prop_assert_eq!(content(&*held.0.disk), expected.clone());
            prop_assert_eq!(content(&held), expected);
        }
    }
}
