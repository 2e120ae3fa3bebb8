//! The store against its promises: order, atomicity, sharing, reopening, back-pressure, and a full disk.

use std::collections::BTreeMap;
use std::io;
use std::ops::{Bound, ControlFlow};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};
use tempfile::TempDir;

use super::file::StoreFile;
use super::{Batch, Direction, QUEUE_BYTES, Range, Store, StoreError, Table, TrySubmitError};

const EXECUTIONS: Table = Table::new("executions");
const HISTORY: Table = Table::new("history");

fn put(key: &str, value: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put(EXECUTIONS, key, &value).unwrap();
    batch
}

fn rows(store: &Store) -> Vec<(String, u64)> {
    store.load(EXECUTIONS).unwrap()
}

fn pairs(rows: &[(&str, u64)]) -> Vec<(String, u64)> {
    rows.iter().map(|(key, value)| ((*key).to_owned(), *value)).collect()
}

#[tokio::test]
async fn reopening_finds_all_in_key_order() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(put("b", 2)).await.unwrap();
    store.commit(put("a", 1)).await.unwrap();
    store.submit(put("c", 3)).await;
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(rows(&store), pairs(&[("a", 1), ("b", 2), ("c", 3)]));
    assert_eq!(store.load::<u64>(HISTORY).unwrap(), []);
}

#[tokio::test]
async fn the_last_batch_handed_over_wins_whoever_awaits_first() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let first = store.commit(put("a", 1));
    store.submit(put("a", 2)).await;
    let last = store.commit(put("a", 3));
    last.await.unwrap();
    first.await.unwrap();
    assert_eq!(rows(&store), pairs(&[("a", 3)]));
}

#[tokio::test]
async fn a_prefix_goes_with_what_came_before_and_spares_what_comes_after() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    for key in ["one", "one/1", "one/2", "onf", "é/1"] {
        store.commit(put(key, 0)).await.unwrap();
    }
    let mut batch = put("one/3", 1);
    batch.delete_prefix(EXECUTIONS, "one/");
    batch.put(EXECUTIONS, "one/2", &2_u64).unwrap();
    batch.delete_prefix(EXECUTIONS, "é");
    batch.delete(EXECUTIONS, "never there");
    store.commit(batch).await.unwrap();
    assert_eq!(rows(&store), pairs(&[("one", 0), ("one/2", 2), ("onf", 0)]));
    assert_eq!(store.load_prefix::<u64>(EXECUTIONS, "one/").unwrap(), pairs(&[("one/2", 2)]));
}

#[tokio::test]
async fn batches_that_wait_together_share_a_transaction() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let held = store.file().database().write().unwrap();
    let commits: Vec<_> = (0..500).map(|each| store.commit(put(&format!("{each:03}"), each))).collect();
    drop(held);
    for commit in commits {
        commit.await.unwrap();
    }
    // One for what the writer held when it was stopped, one for all that came meanwhile.
    assert!(store.file().transactions() <= 2, "{} transactions", store.file().transactions());
    assert_eq!(rows(&store).len(), 500);
}

#[tokio::test]
async fn an_empty_batch_and_a_flush_write_nothing() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(Batch::new()).await.unwrap();
    store.flush().await.unwrap();
    assert_eq!(store.file().transactions(), 0);
}

#[tokio::test]
async fn a_second_opening_is_refused_while_the_first_lives() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let refused = Store::open(dir.path()).err();
    assert_eq!(refused, Some(StoreError::InUse { path: dir.path().join("store.redb") }));
    drop(store);
    Store::open(dir.path()).unwrap();
}

#[tokio::test]
async fn a_row_of_another_type_is_named() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(put("a", 1)).await.unwrap();
    let refused = store.load::<String>(EXECUTIONS).unwrap_err();
    assert!(matches!(&refused, StoreError::Row { table: "executions", key, .. } if key == "a"), "{refused}");
}

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

#[derive(Debug, Clone)]
enum Step {
    Put(Table, String, u64),
    Delete(Table, String),
    DeletePrefix(Table, String),
}

fn step() -> impl Strategy<Value = Step> {
    let table = prop_oneof![Just(EXECUTIONS), Just(HISTORY)];
    let key = "[aé\u{10FFFF}]{0,3}";
    prop_oneof![
        4 => (table.clone(), key, any::<u64>()).prop_map(|(table, key, value)| Step::Put(table, key, value)),
        1 => (table.clone(), key).prop_map(|(table, key)| Step::Delete(table, key)),
        1 => (table, key).prop_map(|(table, key)| Step::DeletePrefix(table, key)),
    ]
}

type Model = BTreeMap<(Table, String), u64>;

fn apply(batch: &mut Batch, model: &mut Model, step: Step) {
    match step {
        Step::Put(table, key, value) => {
            batch.put(table, key.clone(), &value).unwrap();
            model.insert((table, key), value);
        }
        Step::Delete(table, key) => {
            batch.delete(table, key.clone());
            model.remove(&(table, key));
        }
        Step::DeletePrefix(table, prefix) => {
            model.retain(|(other, key), _| *other != table || !key.starts_with(&prefix));
            batch.delete_prefix(table, prefix);
        }
    }
}

fn assert_same(store: &Store, model: &Model, prefix: &str) {
    for table in [EXECUTIONS, HISTORY] {
        let expected: Vec<(String, u64)> = model
            .iter()
            .filter(|((other, key), _)| *other == table && key.starts_with(prefix))
            .map(|((_, key), value)| (key.clone(), *value))
            .collect();
        assert_eq!(store.load_prefix::<u64>(table, prefix).unwrap(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn it_holds_what_a_map_would(
        batches in prop::collection::vec((prop::collection::vec(step(), 0..8), any::<bool>()), 0..12),
        prefix in "[aé]{0,2}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut model = Model::new();
        for (steps, awaited) in batches {
            let mut batch = Batch::new();
            steps.into_iter().for_each(|step| apply(&mut batch, &mut model, step));
            if awaited {
                runtime.block_on(store.commit(batch)).unwrap();
                assert_same(&store, &model, &prefix);
            } else {
                runtime.block_on(store.submit(batch));
            }
        }
        drop(store);
        assert_same(&Store::open(dir.path()).unwrap(), &model, "");
    }
}

#[test]
fn scans_run_either_way_and_stop_where_told() {
    let store = Store::in_memory().unwrap();
    let mut batch = Batch::new();
    for key in ["a", "b/1", "b/2", "b/3", "b/4", "c"] {
        batch.put(EXECUTIONS, key, &0_u64).unwrap();
    }
    store.try_submit(batch).unwrap();
    let keys = |range: Range<'_>, most: usize| {
        let mut keys = Vec::new();
        let scanned = store.scan_keys(EXECUTIONS, range, |key| {
            keys.push(key.to_owned());
            if keys.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        scanned.unwrap();
        keys.join(" ")
    };
    let prefix = Range::prefix("b/");
    assert_eq!(keys(Range::all(), 9), "a b/1 b/2 b/3 b/4 c");
    assert_eq!(keys(prefix, 2), "b/1 b/2");
    assert_eq!(keys(prefix.reverse(), 2), "b/4 b/3");
    assert_eq!(keys(prefix.from(Bound::Excluded("b/2")), 9), "b/3 b/4");
    assert_eq!(keys(prefix.to(Bound::Included("b/2")).reverse(), 9), "b/2 b/1");
    assert_eq!(keys(prefix.from(Bound::Included("a")).to(Bound::Excluded("z")), 9), "b/1 b/2 b/3 b/4");
    assert_eq!(keys(prefix.from(Bound::Included("b/3")).to(Bound::Excluded("b/3")), 9), "");
    assert_eq!(keys(prefix.from(Bound::Excluded("c")).to(Bound::Included("a")), 9), "");
    assert_eq!(Range::default().direction, Direction::Forward);
}

#[test]
fn a_single_value_is_found_or_not() {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.get::<u64>(EXECUTIONS, "a").unwrap(), None);
    store.try_submit(put("a", 7)).unwrap();
    assert_eq!(store.get::<u64>(EXECUTIONS, "a").unwrap(), Some(7));
    assert_eq!(store.get::<u64>(EXECUTIONS, "b").unwrap(), None);
    assert!(matches!(store.get::<String>(EXECUTIONS, "a"), Err(StoreError::Row { .. })));
}

#[test]
fn bytes_are_kept_as_they_are() {
    let store = Store::in_memory().unwrap();
    let mut batch = Batch::new();
    batch.put_bytes(HISTORY, "a", [0, 255, 1]);
    store.try_submit(batch).unwrap();
    let mut found = Vec::new();
    store
        .scan_bytes(HISTORY, Range::all(), |key, value| {
            found.push((key.to_owned(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(found, [("a".to_owned(), vec![0, 255, 1])]);
}

#[test]
fn a_snapshot_sees_one_state_while_others_write() {
    let store = Store::in_memory().unwrap();
    store.try_submit(put("a", 1)).unwrap();
    let snapshot = store.snapshot().unwrap();
    store.try_submit(put("a", 2)).unwrap();
    assert_eq!(snapshot.get::<u64>(EXECUTIONS, "a").unwrap(), Some(1));
    // A scan may write, as a sweep does.
    store
        .scan_keys(EXECUTIONS, Range::all(), |key| {
            store.try_submit(put(key, 3)).unwrap();
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(rows(&store), pairs(&[("a", 3)]));
}

#[tokio::test]
async fn without_a_thread_a_batch_is_written_by_the_call() {
    let dir = TempDir::new().unwrap();
    let store = Store::open_inline(dir.path()).unwrap();
    drop(store.commit(put("a", 1)));
    assert_eq!(rows(&store), pairs(&[("a", 1)]));
    store.flush().await.unwrap();
    drop(store);
    assert_eq!(rows(&Store::open(dir.path()).unwrap()), pairs(&[("a", 1)]));
}

/// A batch that takes the whole queue.
fn huge() -> Batch {
    let mut batch = Batch::new();
    batch.put_bytes(HISTORY, "huge", vec![0; QUEUE_BYTES]);
    batch
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[allow(clippy::readonly_write_lock, reason = "it keeps the writer out")]
async fn a_full_queue_presses_back_and_serves_in_order() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let held = store.file().database().write().unwrap();
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
