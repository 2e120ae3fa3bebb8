//! The store against its promises: order, atomicity, sharing, reopening, refusal, and a full disk.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use redb::backends::FileBackend;
use redb::{Builder, Database, StorageBackend};
use tempfile::TempDir;

use super::file::{FORMAT, FORMAT_VERSION, StoreFile};
use super::{Batch, Store, StoreError, Table};

fn put(key: &str, value: u64) -> Batch {
    let mut batch = Batch::new();
    batch.put(Table::Executions, key, &value).unwrap();
    batch
}

fn rows(store: &Store) -> Vec<(String, u64)> {
    store.load(Table::Executions).unwrap()
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
    store.submit(put("c", 3));
    drop(store);
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(rows(&store), pairs(&[("a", 1), ("b", 2), ("c", 3)]));
    assert_eq!(store.load::<u64>(Table::History).unwrap(), []);
}

#[tokio::test]
async fn the_last_batch_handed_over_wins_whoever_awaits_first() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let first = store.commit(put("a", 1));
    store.submit(put("a", 2));
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
    batch.delete_prefix(Table::Executions, "one/");
    batch.put(Table::Executions, "one/2", &2_u64).unwrap();
    batch.delete_prefix(Table::Executions, "é");
    batch.delete(Table::Executions, "never there");
    store.commit(batch).await.unwrap();
    assert_eq!(rows(&store), pairs(&[("one", 0), ("one/2", 2), ("onf", 0)]));
    assert_eq!(store.load_prefix::<u64>(Table::Executions, "one/").unwrap(), pairs(&[("one/2", 2)]));
}

#[tokio::test]
async fn batches_that_wait_together_share_a_transaction() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let held = store.inner.file.database().write().unwrap();
    let commits: Vec<_> = (0..500).map(|each| store.commit(put(&format!("{each:03}"), each))).collect();
    drop(held);
    for commit in commits {
        commit.await.unwrap();
    }
    // One for what the writer held when it was stopped, one for all that came meanwhile.
    assert!(store.inner.file.transactions() <= 2, "{} transactions", store.inner.file.transactions());
    assert_eq!(rows(&store).len(), 500);
}

#[tokio::test]
async fn an_empty_batch_and_a_flush_write_nothing() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(Batch::new()).await.unwrap();
    store.flush().await.unwrap();
    assert_eq!(store.inner.file.transactions(), 0);
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

#[test]
fn a_newer_format_is_refused_with_what_to_do() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("store.redb");
    drop(Store::open(dir.path()).unwrap());
    let database = Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(FORMAT).unwrap().insert("version", FORMAT_VERSION + 1).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let refused = Store::open(dir.path()).err().unwrap().to_string();
    assert!(refused.starts_with(&format!("The store {} was written by a newer workshop", path.display())), "{refused}");
}

#[test]
fn a_file_that_is_no_store_is_named() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("store.redb"), "not a store").unwrap();
    let refused = Store::open(dir.path()).err().unwrap();
    assert!(matches!(&refused, StoreError::Open { path, .. } if path.ends_with("store.redb")), "{refused}");
}

#[tokio::test]
async fn a_row_of_another_type_is_named() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(put("a", 1)).await.unwrap();
    let refused = store.load::<String>(Table::Executions).unwrap_err();
    assert!(matches!(&refused, StoreError::Row { table: "executions", key, .. } if key == "a"), "{refused}");
}

static DISK_IS_FULL: AtomicBool = AtomicBool::new(false);

/// A disk that takes nothing while `DISK_IS_FULL`.
#[derive(Debug)]
struct SmallDisk(FileBackend);

impl StorageBackend for SmallDisk {
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

fn open_on_small_disk(path: &Path) -> Result<Database, redb::Error> {
    let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    Ok(Builder::new().create_with_backend(SmallDisk(FileBackend::new(file)?))?)
}

#[tokio::test]
async fn a_full_disk_is_told_and_passes() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("store.redb");
    let store = Store::start(StoreFile::open(&path, open_on_small_disk).unwrap()).unwrap();
    store.commit(put("before", 1)).await.unwrap();
    DISK_IS_FULL.store(true, Ordering::SeqCst);
    let full = Err(StoreError::DiskFull { path });
    assert_eq!(store.commit(put("lost", 2)).await, full);
    store.submit(put("lost too", 3));
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
    let table = prop_oneof![Just(Table::Executions), Just(Table::History)];
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
    for table in [Table::Executions, Table::History] {
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
                store.submit(batch);
            }
        }
        drop(store);
        assert_same(&Store::open(dir.path()).unwrap(), &model, "");
    }
}
