//! The store against its promises: order, atomicity, sharing, reopening, back-pressure, and a full disk.

mod crash;
mod damage;
mod full_disk;
mod model;
mod queue;
mod scans;
mod shrinking;
mod simulated;

use tempfile::TempDir;

use crate::{Batch, Store, StoreError, Table};

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
async fn batches_that_wait_together_share_a_commit() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let held = store.engine().journal();
    let commits: Vec<_> = (0..500).map(|each| store.commit(put(&format!("{each:03}"), each))).collect();
    drop(held);
    for commit in commits {
        commit.await.unwrap();
    }
    // One for what the writer held when it was stopped, one for all that came meanwhile.
    assert!(store.engine().commits() <= 2, "{} commits", store.engine().commits());
    assert_eq!(rows(&store).len(), 500);
}

#[tokio::test]
async fn an_empty_batch_and_a_flush_write_nothing() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.commit(Batch::new()).await.unwrap();
    store.flush().await.unwrap();
    assert_eq!((store.engine().commits(), store.engine().file().transactions()), (0, 0));
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

#[test]
fn of_many_who_make_it_at_once_one_has_it() {
    for _ in 0..20 {
        let dir = TempDir::new().unwrap();
        let together = std::sync::Barrier::new(4);
        let opened: Vec<Result<Store, StoreError>> = std::thread::scope(|scope| {
            let open = || {
                together.wait();
                Store::open_inline(dir.path())
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let others: Vec<&StoreError> = opened.iter().filter_map(|opened| opened.as_ref().err()).collect();
        assert_eq!(others.len(), 3, "{opened:?}");
        assert!(others.iter().all(|error| matches!(error, StoreError::InUse { .. })), "{others:?}");
        assert!(!dir.path().join("store.redb.new").exists());
    }
}
