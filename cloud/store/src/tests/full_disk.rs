//! A disk that is full for a while.

use std::sync::Arc;
use std::task::{Context, Waker};

use super::*;
use crate::SimulatedDisk;
use crate::engine::{Engine, Limits};

#[tokio::test]
async fn a_full_disk_is_told_and_passes() {
    let disk = SimulatedDisk::new();
    let store = Store::start(Engine::open(Arc::new(disk.clone()), Limits::REAL).unwrap()).unwrap();
    store.commit(put("before", 1)).await.unwrap();
    let mut failure = Box::pin(store.write_failure());
    assert!(failure.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    store.commit(put("before too", 1)).await.unwrap();
    assert!(failure.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    disk.set_full(true);
    let full = Err(StoreError::DiskFull { path: store.path().to_owned() });
    assert_eq!(store.commit(put("lost", 2)).await, full);
    assert_eq!(Err(failure.await), full);
    store.submit(put("lost too", 3)).await;
    assert_eq!(store.flush().await, full);
    assert_eq!(store.flush().await, Ok(()), "a failure is told once");
    disk.set_full(false);
    store.commit(put("later", 4)).await.unwrap();
    assert_eq!(rows(&store), pairs(&[("before", 1), ("before too", 1), ("later", 4)]));
    drop(store);
    assert_eq!(rows(&Store::open_simulated(&disk).unwrap()), pairs(&[("before", 1), ("before too", 1), ("later", 4)]));
}
