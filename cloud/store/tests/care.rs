//! Copies of a store, a look at one, and a repair: what a person can do with the folder.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use cloud_store::{Batch, Store, StoreError, Table, check, repair};
use tempfile::TempDir;

const ROWS: Table = Table::new("rows");
const OTHERS: Table = Table::new("others");

fn batch(from: u64, to: u64) -> Batch {
    let mut batch = Batch::new();
    for each in from..to {
        batch.put(ROWS, format!("{each:06}"), &each).unwrap();
    }
    batch.put(OTHERS, "last", &to).unwrap();
    batch
}

fn names(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

fn count(store: &Store) -> usize {
    store.load::<u64>(ROWS).unwrap().len()
}

/// A store of which a part is in the file and the rest in the journal, as a killed process leaves it.
async fn killed(dir: &TempDir) -> PathBuf {
    let open = dir.path().join("open");
    let store = Store::open(&open).unwrap();
    store.commit(batch(0, 2000)).await.unwrap();
    drop(store);
    let store = Store::open(&open).unwrap();
    store.commit(batch(2000, 2010)).await.unwrap();
    store.commit(batch(2010, 2020)).await.unwrap();
    let killed = dir.path().join("killed");
    std::fs::create_dir(&killed).unwrap();
    for name in names(&open) {
        std::fs::copy(open.join(&name), killed.join(&name)).unwrap();
    }
    killed
}

#[tokio::test]
async fn a_copy_holds_what_was_durable_and_is_one_file() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(&dir.path().join("store")).unwrap();
    store.commit(batch(0, 500)).await.unwrap();
    let copy = dir.path().join("copy");
    store.copy_to(&copy).unwrap();
    store.commit(batch(500, 600)).await.unwrap();
    assert_eq!(names(&copy), ["store.redb"]);
    let copied = Store::open(&copy).unwrap();
    assert_eq!(count(&copied), 500);
    copied.commit(batch(500, 501)).await.unwrap();
    drop(copied);
    assert_eq!(count(&Store::open(&copy).unwrap()), 501);
    let refused = store.copy_to(&copy).unwrap_err();
    assert!(refused.to_string().contains("must be empty"), "{refused}");
    assert_eq!(count(&store), 600);
}

#[tokio::test]
async fn a_whole_store_is_whole_and_stays_as_it_is() {
    let dir = TempDir::new().unwrap();
    let store = killed(&dir).await;
    let before: Vec<Vec<u8>> = names(&store).iter().map(|name| std::fs::read(store.join(name)).unwrap()).collect();
    let report = check(&store).unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.journal_changes, 2);
    let rows: Vec<(&str, u64)> = report.tables.iter().map(|table| (table.name.as_str(), table.rows)).collect();
    assert_eq!(rows, [("others", 1), ("rows", 2020)]);
    let repaired = repair(&store).unwrap();
    assert!(repaired.kept_as.is_empty(), "{repaired:?}");
    let after: Vec<Vec<u8>> = names(&store).iter().map(|name| std::fs::read(store.join(name)).unwrap()).collect();
    assert!(before == after, "a look changes nothing");
    assert_eq!(count(&Store::open(&store).unwrap()), 2020);
}

#[tokio::test]
async fn an_open_store_and_none_at_all_are_told() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert!(matches!(check(dir.path()), Err(StoreError::InUse { .. })));
    assert!(matches!(repair(dir.path()), Err(StoreError::InUse { .. })));
    drop(store);
    let refused = check(&dir.path().join("none")).unwrap_err();
    assert!(matches!(refused, StoreError::Open { .. }), "{refused}");
}

#[tokio::test]
async fn one_damaged_row_is_named_and_all_others_are_saved() {
    let dir = TempDir::new().unwrap();
    let store = killed(&dir).await;
    let file = store.join("store.redb");
    // A value of the file that the journal does not have: the digits of one row, where they are stored last.
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes
        .windows(10)
        .rposition(|window| window == b"0001000000")
        .or_else(|| bytes.windows(6).rposition(|window| window == b"000100"));
    bytes[at.unwrap()] ^= 0x40;
    std::fs::write(&file, &bytes).unwrap();
    let refused = Store::open(&store).unwrap_err();
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused}");
    let checked = check(&store).unwrap();
    assert!(!checked.is_whole(), "{checked:?}");
    let repaired = repair(&store).unwrap();
    assert_eq!(repaired.kept_as.first(), Some(&store.join("store.redb.damaged-1")));
    assert_eq!(std::fs::read(store.join("store.redb.damaged-1")).unwrap(), bytes);
    let rows = repaired.tables.iter().find(|table| table.name == "rows").unwrap();
    assert_eq!(rows.rows_kept + rows.rows_lost.unwrap(), 2000);
    assert!(rows.rows_lost.unwrap() < 300, "one page at most: {rows:?}");
    let again = Store::open(&store).unwrap();
    assert_eq!(count(&again) as u64, rows.rows_kept + 20);
    assert_eq!(again.get::<u64>(ROWS, "002019").unwrap(), Some(2019), "the journal is brought over");
    again.commit(batch(3000, 3001)).await.unwrap();
    drop(again);
    assert!(check(&store).unwrap().is_whole());
}

#[tokio::test]
async fn a_broken_record_before_a_good_one_is_told_and_the_good_one_saved() {
    let dir = TempDir::new().unwrap();
    let store = killed(&dir).await;
    let journal = store.join("journal-0.log");
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[200] ^= 1;
    std::fs::write(&journal, &bytes).unwrap();
    let refused = Store::open(&store).unwrap_err().to_string();
    let sentence = format!(
        "The store {} is damaged: what stands at byte 0 is no change, and change 3 comes after it. It was left as it is. Put a copy \
         back, save what is whole with `workshop local repair`, or start with an empty store: `workshop local reset`.",
        journal.display()
    );
    assert_eq!(refused, sentence);
    let repaired = repair(&store).unwrap();
    assert_eq!(repaired.damage.len(), 2, "{repaired:?}");
    assert_eq!(names(&store), ["journal-0.log.damaged-1", "store.redb", "store.redb.damaged-1"]);
    assert_eq!(
        count(&Store::open(&store).unwrap()),
        2010,
        "the rows of the lost change are missing, those after it are not"
    );
}

#[tokio::test]
async fn a_journal_whose_file_is_missing_is_no_new_store() {
    let dir = TempDir::new().unwrap();
    let store = killed(&dir).await;
    std::fs::remove_file(store.join("store.redb")).unwrap();
    let refused = Store::open(&store).unwrap_err();
    assert!(refused.to_string().contains("it is missing, and its journal `journal-0.log` is there"), "{refused}");
    assert_eq!(names(&store), ["journal-0.log"]);
}

#[tokio::test]
async fn a_torn_last_record_was_never_durable_and_is_passed_over() {
    let dir = TempDir::new().unwrap();
    let store = killed(&dir).await;
    let journal = store.join("journal-0.log");
    let bytes = std::fs::read(&journal).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    std::fs::write(&journal, bytes.get(..end).unwrap()).unwrap();
    assert!(check(&store).unwrap().is_whole());
    assert_eq!(count(&Store::open(&store).unwrap()), 2010);
}
