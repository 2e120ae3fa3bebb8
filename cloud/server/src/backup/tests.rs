//! What is backed up comes back; what is no backup changes nothing.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;

use cloud_store::{Batch, Store, Table};

use super::*;
use crate::data_dir::DataDir;

const ROWS: Table = Table::new("rows");

/// A data folder with a row in its store and a function's zip.
async fn cloud(folder: &std::path::Path, value: u32) -> DataDir {
    let data_dir = DataDir::new(folder);
    let store = Store::open(&data_dir.store()).unwrap();
    let mut batch = Batch::new();
    batch.put(ROWS, "a", &value).unwrap();
    store.commit(batch).await.unwrap();
    std::fs::create_dir_all(data_dir.functions()).unwrap();
    std::fs::write(data_dir.functions().join(format!("{}.zip", "a".repeat(64))), b"zip").unwrap();
    std::fs::write(data_dir.functions().join("partial-1"), b"no zip").unwrap();
    std::fs::write(data_dir.root().join("keys.json"), b"{}").unwrap();
    data_dir
}

fn back_up(data_dir: &DataDir, file: &std::path::Path) -> Result<Contents, BackupError> {
    let store = Store::open(&data_dir.store()).unwrap();
    write(&Source { store: &store, data_dir, created_at: Timestamp::UNIX_EPOCH }, file)
}

fn value(data_dir: &DataDir) -> Option<u32> {
    Store::open(&data_dir.store()).unwrap().get(ROWS, "a").unwrap()
}

#[tokio::test]
async fn a_cloud_comes_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let from = cloud(&folder.path().join("from"), 1).await;
    let file = folder.path().join("cloud.zip");
    let contents = back_up(&from, &file).unwrap();
    assert_eq!(contents.zips, 1);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(back_up(&from, &file), Err(BackupError::Exists { .. })), "a backup is never overwritten");

    let to = cloud(&folder.path().join("to"), 2).await;
    assert_eq!(unpack(&file, &to).unwrap(), contents);
    assert_eq!(value(&to), Some(1));
    let mut left: Vec<_> = std::fs::read_dir(to.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["functions", "keys.json", "store"], "nothing unfinished stays");
    assert_eq!(to.store().metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn what_is_no_backup_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let to = cloud(&folder.path().join("to"), 2).await;
    let file = folder.path().join("file");
    let whole = folder.path().join("whole.zip");
    back_up(&to, &whole).unwrap();
    let bytes = std::fs::read(&whole).unwrap();
    let mut damaged = bytes.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 8].fill(0xff);
    let outward = zip_of(&[
        (MANIFEST, br#"{"format":1,"workshop":"0","createdAt":"2026-01-01T00:00:00Z"}"#),
        ("store/../../x", b"x"),
    ]);
    let newer = zip_of(&[(MANIFEST, br#"{"format":9,"workshop":"9.0.0","createdAt":"2026-01-01T00:00:00Z"}"#)]);
    let empty = zip_of(&[(MANIFEST, br#"{"format":1,"workshop":"0","createdAt":"2026-01-01T00:00:00Z"}"#)]);
    let mut told = Vec::new();
    for bytes in
        [b"no zip".to_vec(), bytes[..bytes.len() / 2].to_vec(), damaged, zip_of(&[("a", b"a")]), outward, newer, empty]
    {
        std::fs::write(&file, bytes).unwrap();
        let error = unpack(&file, &to).unwrap_err();
        told.push(error.to_string().replace(&folder.path().display().to_string(), ""));
        assert_eq!(value(&to), Some(2), "{error}");
    }
    assert!(told.iter().all(|sentence| sentence.contains("Nothing was changed")), "{told:#?}");
    assert!(!folder.path().join("x").exists());
}

fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
