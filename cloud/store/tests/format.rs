//! The rule for the store's format: what is opened, what is refused with which sentence, and that a refused file keeps
//! every byte.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

use cloud_store::{Batch, Store, StoreError, Table, format};
use redb::{Database, ReadableDatabase, TableDefinition};
use serde_json::{Value, json};
use tempfile::TempDir;

const FORMAT: TableDefinition<'_, &str, u64> = TableDefinition::new("format");

/// A table as a service declares one.
const ROWS: Table = Table::new("rows");

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A folder whose store is a copy of a fixture.
fn folder_with(name: &str) -> TempDir {
    let dir = TempDir::new().unwrap();
    std::fs::copy(fixture(name), file_of(&dir)).unwrap();
    dir
}

fn file_of(dir: &TempDir) -> PathBuf {
    dir.path().join("store.redb")
}

/// The sentence that refuses a file, without its path; the file is as it was, whichever way it was opened.
fn refused(dir: &TempDir) -> (StoreError, String) {
    let file = file_of(dir);
    let before = std::fs::read(&file).ok();
    Store::open_inline(dir.path()).unwrap_err();
    let error = Store::open(dir.path()).unwrap_err();
    assert!(before == std::fs::read(&file).ok(), "the refused file has changed");
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["store.redb"], "something was left beside the refused file");
    let sentence = error.to_string().replace(&file.display().to_string(), "FILE");
    (error, sentence)
}

/// What an old reader says of new data: a file with a later version.
fn with_version(version: u64) -> TempDir {
    let dir = TempDir::new().unwrap();
    drop(Store::open(dir.path()).unwrap());
    let database = Database::open(file_of(&dir)).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(FORMAT).unwrap().insert("version", version).unwrap();
    transaction.commit().unwrap();
    dir
}

#[test]
fn a_newer_version_is_refused_by_both_numbers() {
    let (error, sentence) = refused(&with_version(format::VERSION + 7));
    assert!(matches!(error, StoreError::NewerFormat { found: 10, known: 3, .. }), "{error}");
    assert_eq!(
        sentence,
        "The store FILE was written by a newer workshop (its format is 10; this workshop reads 3). It was left as it is. \
         Update workshop, or give up what is stored with `workshop local reset`."
    );
}

#[test]
fn version_1_is_refused_and_says_how_to_go_on() {
    for name in ["version-1.redb", "version-1-killed.redb"] {
        let (error, sentence) = refused(&folder_with(name));
        assert!(matches!(error, StoreError::OlderFormat { found: 1, known: 3, .. }), "{name}: {error}");
        assert_eq!(
            sentence,
            "The store FILE was made by an earlier workshop (its format is 1; this workshop reads 3). It was left as it \
             is. `workshop local reset` deletes it and starts with an empty one; to keep what is stored, go on with the \
             earlier workshop."
        );
    }
}

#[tokio::test]
async fn version_2_is_read_and_written_closed_or_killed() {
    for name in ["version-2.redb", "version-2-killed.redb"] {
        let dir = folder_with(name);
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.load::<Value>(ROWS).unwrap(), rows_of_the_fixture(), "{name}");
        let mut batch = Batch::new();
        batch.put(ROWS, "c", &json!(3)).unwrap();
        store.commit(batch).await.unwrap();
        drop(store);
        let again = Store::open(dir.path()).unwrap();
        assert_eq!(again.get::<Value>(ROWS, "c").unwrap(), Some(json!(3)), "{name}");
        assert_eq!(again.get::<Value>(ROWS, "a").unwrap(), Some(json!({ "name": "first" })), "{name}");
        drop(again);
        assert_eq!(version_of(&dir), 3, "{name}");
    }
}

/// The version that a closed file says.
fn version_of(dir: &TempDir) -> u64 {
    let database = Database::open(file_of(dir)).unwrap();
    let transaction = database.begin_read().unwrap();
    transaction.open_table(FORMAT).unwrap().get("version").unwrap().unwrap().value()
}

#[tokio::test]
async fn version_3_is_read_and_written_closed_or_killed() {
    for (name, journal) in [("version-3.redb", None), ("version-3-killed.redb", Some("version-3-killed.log"))] {
        let dir = folder_with(name);
        if let Some(journal) = journal {
            std::fs::copy(fixture(journal), dir.path().join("journal-0.log")).unwrap();
        }
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.load::<Value>(ROWS).unwrap(), rows_of_the_fixture(), "{name}");
        let mut batch = Batch::new();
        batch.put(ROWS, "c", &json!(3)).unwrap();
        store.commit(batch).await.unwrap();
        drop(store);
        let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["store.redb"], "{name}: a closed store is one file");
        assert_eq!(Store::open(dir.path()).unwrap().load::<Value>(ROWS).unwrap().len(), 3, "{name}");
    }
}

fn rows_of_the_fixture() -> Vec<(String, Value)> {
    vec![("a".to_owned(), json!({ "name": "first" })), ("b".to_owned(), json!([1, "é", null]))]
}

#[tokio::test]
async fn what_is_written_comes_back() {
    let dir = TempDir::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let mut batch = Batch::new();
    for (key, value) in rows_of_the_fixture() {
        batch.put(ROWS, key, &value).unwrap();
    }
    store.commit(batch).await.unwrap();
    drop(store);
    assert_eq!(Store::open(dir.path()).unwrap().load::<Value>(ROWS).unwrap(), rows_of_the_fixture());
    assert_eq!(version_of(&dir), 3);
}

#[test]
fn a_database_of_another_program_is_refused() {
    let other: TableDefinition<'_, &str, &str> = TableDefinition::new("songs");
    // Another program may call a table as we do.
    let namesake: TableDefinition<'_, &str, &str> = TableDefinition::new("format");
    let empty_namesake: TableDefinition<'_, &str, u64> = TableDefinition::new("format");
    for case in 0..4 {
        let dir = TempDir::new().unwrap();
        let database = Database::create(file_of(&dir)).unwrap();
        let transaction = database.begin_write().unwrap();
        match case {
            0 => drop(transaction.open_table(other).unwrap()),
            1 => drop(transaction.open_table(namesake).unwrap()),
            2 => drop(transaction.open_table(empty_namesake).unwrap()),
            _ => {}
        }
        transaction.commit().unwrap();
        drop(database);
        let (error, sentence) = refused(&dir);
        assert!(matches!(error, StoreError::OtherProgram { .. }), "{case}: {error}");
        assert_eq!(
            sentence,
            "The file FILE is a database of another program, not workshop's store. It was left as it is. Move it away, or \
             use another WORKSHOP_HOME."
        );
    }
}

#[test]
fn an_empty_file_is_refused() {
    let dir = TempDir::new().unwrap();
    std::fs::write(file_of(&dir), "").unwrap();
    let (error, sentence) = refused(&dir);
    assert!(matches!(error, StoreError::Empty { .. }), "{error}");
    assert_eq!(
        sentence,
        "The store FILE is an empty file: what was in it is lost, or another program made it. It was left as it is. Put a \
         copy back, or delete it with `workshop local reset`."
    );
}

#[test]
fn garbage_is_refused() {
    for garbage in ["x", "not a store", &"no store at all ".repeat(10_000)] {
        let dir = TempDir::new().unwrap();
        std::fs::write(file_of(&dir), garbage).unwrap();
        let (error, sentence) = refused(&dir);
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
        assert_eq!(
            sentence,
            "The file FILE is not workshop's store: it does not begin as one. It was left as it is. Move it away, or use \
             another WORKSHOP_HOME; `workshop local reset` deletes it."
        );
    }
}

#[test]
fn a_folder_in_its_place_is_refused() {
    let dir = TempDir::new().unwrap();
    std::fs::create_dir(file_of(&dir)).unwrap();
    let (error, sentence) = refused(&dir);
    assert!(matches!(error, StoreError::Folder { .. }), "{error}");
    assert_eq!(
        sentence,
        "FILE is a folder; workshop's store has this name. It was left as it is. Move it away, or use another \
         WORKSHOP_HOME."
    );
}

#[test]
fn a_cut_or_spoilt_store_is_refused() {
    let whole = std::fs::read(fixture("version-3.redb")).unwrap();
    let mut spoilt = whole.clone();
    spoilt.iter_mut().skip(64).take(512).for_each(|byte| *byte ^= 0x5A);
    for content in [whole.get(..9).unwrap(), whole.get(..4096).unwrap(), whole.get(..whole.len() / 2).unwrap(), &spoilt]
    {
        let dir = TempDir::new().unwrap();
        std::fs::write(file_of(&dir), content).unwrap();
        let (error, sentence) = refused(&dir);
        assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
        assert!(sentence.starts_with("The store FILE is damaged"), "{sentence}");
    }
}

#[test]
fn what_a_killed_creation_left_is_made_anew() {
    let dir = TempDir::new().unwrap();
    std::fs::write(dir.path().join("store.redb.new"), "half a st").unwrap();
    drop(Store::open(dir.path()).unwrap());
    assert!(!dir.path().join("store.redb.new").exists());
    Store::open(dir.path()).unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let folder = dir.path().join("new");
    let store = Store::open(&folder).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let mut batch = Batch::new();
    batch.put(ROWS, "a", &1).unwrap();
    store.commit(batch).await.unwrap();
    let files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
    assert_eq!(mode(&folder), 0o700);
}
