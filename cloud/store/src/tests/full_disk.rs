//! A disk that is full for a while.

use std::io;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

use super::*;
use crate::file::StoreFile;

static DISK_IS_FULL: AtomicBool = AtomicBool::new(false);

/// A disk that takes nothing while `DISK_IS_FULL`.
#[derive(Debug)]
struct SmallDisk(FileBackend);

impl StorageBackend for SmallDisk {
    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        self.0.try_lock_range(start, end)
    }
    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        self.0.unlock_range(start, end)
    }
    fn close(&self) -> Result<(), io::Error> {
        self.0.close()
    }
    fn len(&self) -> Result<u64, io::Error> {
        self.0.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        self.0.read(offset, out)
    }
    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        if DISK_IS_FULL.load(Ordering::SeqCst) { Err(full()) } else { self.0.set_len(len) }
    }
    fn sync_data(&self) -> Result<(), io::Error> {
        self.0.sync_data()
    }
    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        if DISK_IS_FULL.load(Ordering::SeqCst) { Err(full()) } else { self.0.write(offset, data) }
    }
}

fn full() -> io::Error {
    io::Error::from(io::ErrorKind::StorageFull)
}

#[tokio::test]
async fn a_full_disk_is_told_and_passes() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("store.redb");
    let store = Store::start(StoreFile::open_on(&path, |file| Box::new(SmallDisk(file))).unwrap()).unwrap();
    store.commit(put("before", 1)).await.unwrap();
    DISK_IS_FULL.store(true, Ordering::SeqCst);
    let full = Err(StoreError::DiskFull { path });
    assert_eq!(store.commit(put("lost", 2)).await, full);
    store.submit(put("lost too", 3)).await;
    assert_eq!(store.flush().await, full);
    assert_eq!(store.flush().await, Ok(()), "a failure is told once");
    DISK_IS_FULL.store(false, Ordering::SeqCst);
    store.commit(put("later", 4)).await.unwrap();
    assert_eq!(rows(&store), pairs(&[("before", 1), ("later", 4)]));
}
