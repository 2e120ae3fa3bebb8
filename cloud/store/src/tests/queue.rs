//! The queue to the writer, and waits that are dropped.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;
use crate::{QUEUE_BYTES, TrySubmitError};

/// A batch that takes the whole queue.
fn huge() -> Batch {
    let mut batch = Batch::new();
    let mut random = fastrand::Rng::with_seed(1);
    batch.put_bytes(HISTORY, "huge", std::iter::repeat_with(|| random.u8(..)).take(QUEUE_BYTES).collect::<Vec<_>>());
    batch
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_presses_back_and_serves_in_order() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let held = store.engine().journal();
    store.try_submit(huge()).unwrap();
    assert_eq!(store.try_submit(put("a", 1)), Err(TrySubmitError(put("a", 1))));
    let committed = store.commit(put("b", 2));
    let mut context = Context::from_waker(Waker::noop());
    let mut first = Box::pin(store.submit(put("c", 3)));
    assert_eq!(first.as_mut().poll(&mut context), Poll::Pending);
    let mut dropped = Box::pin(store.submit(put("dropped", 4)));
    assert_eq!(dropped.as_mut().poll(&mut context), Poll::Pending);
    drop(dropped);
    let mut last = Box::pin(store.reserve(100));
    assert!(last.as_mut().poll(&mut context).is_pending());
    drop(held);
    committed.await.unwrap();
    first.await;
    let room = last.await;
    store.commit_reserved(room, put("d", 5)).await.unwrap();
    store.flush().await.unwrap();
    assert_eq!(rows(&store), pairs(&[("b", 2), ("c", 3), ("d", 5)]));
    // All room is free again.
    drop(store.reserve(QUEUE_BYTES).await);
    store.try_submit(huge()).unwrap();
}

#[tokio::test]
async fn a_dropped_commit_is_written_and_frees_its_room() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    // Dropped before the first poll, and after it.
    for polls in 0..2 {
        let mut commit = Box::pin(store.commit(put(&format!("{polls}"), polls)));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            let _ = commit.as_mut().poll(&mut context);
        }
    }
    store.flush().await.unwrap();
    assert_eq!(rows(&store), pairs(&[("0", 0), ("1", 1)]));
    drop(store.reserve(QUEUE_BYTES).await);
}

#[tokio::test]
async fn a_dropped_flush_leaves_the_failure_for_the_next() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.set_disk_full(true);
    store.submit(put("lost", 1)).await;
    // Never polled; and dropped after its answer has come, which the commit behind it tells.
    drop(store.flush());
    let unread = store.flush();
    store.commit(put("lost too", 2)).await.unwrap_err();
    drop(unread);
    let mut polled = pin!(store.flush());
    let told = std::future::poll_fn(|context| polled.as_mut().poll(context)).await;
    assert!(told.is_err(), "{told:?}");
    assert_eq!(store.flush().await, Ok(()));
    store.set_disk_full(false);
    store.commit(put("later", 3)).await.unwrap();
    assert_eq!(rows(&store), pairs(&[("later", 3)]));
}

#[tokio::test]
async fn commits_that_are_joined_are_one_group_in_their_order() {
    let store = Store::open_simulated_joining(&crate::SimulatedDisk::new()).unwrap();
    let before = store.engine().commits();
    let first = store.commit(put("a", 1));
    let second = store.commit(put("a", 2));
    let mut context = Context::from_waker(Waker::noop());
    let mut second = pin!(second);
    assert!(second.as_mut().poll(&mut context).is_pending());
    assert_eq!((rows(&store), store.engine().commits()), (pairs(&[]), before), "nothing is written yet");
    second.await.unwrap();
    assert_eq!((rows(&store), store.engine().commits()), (pairs(&[("a", 2)]), before + 1));
    first.await.unwrap();
    assert_eq!(store.engine().commits(), before + 1, "it was written with the second");
    // One that nobody awaits is written all the same; and what is submitted waits for nobody.
    drop(store.commit(put("b", 3)));
    assert_eq!(rows(&store), pairs(&[("a", 2), ("b", 3)]));
    let waiting = store.commit(put("c", 4));
    store.submit(put("d", 5)).await;
    assert_eq!(rows(&store), pairs(&[("a", 2), ("b", 3), ("c", 4), ("d", 5)]));
    waiting.await.unwrap();
    let failing = store.commit(put("e", 6));
    store.set_disk_full(true);
    failing.await.unwrap_err();
}
