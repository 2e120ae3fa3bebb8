//! Tests of the zips on disk.

use cloud_core::Random;

use super::*;

fn store(path: &Path) -> CodeStore {
    CodeStore::new(CodeFolder::new(path.to_owned(), &Random::from_seed(1)))
}

#[tokio::test]
async fn what_can_not_be_kept_leaves_nothing_behind() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let code = Code { sha256: "ab".to_owned(), size_bytes: 3 };
    fs::create_dir(store.folder.zip(&code.sha256)).unwrap();
    let failed = store.store(&code, bytes::Bytes::from_static(b"zip")).await.unwrap_err();
    assert!(!failed.is_full(), "a folder is in the way: {failed}");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1, "the half of a zip is gone");
    let source = io::Error::from(io::ErrorKind::StorageFull);
    assert!(CodeError::File { path: store.folder.zip("ab"), source }.is_full());
}

#[tokio::test]
async fn what_is_coming_is_not_removed() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let code = Code { sha256: "ab".to_owned(), size_bytes: 3 };
    let named = std::sync::atomic::AtomicBool::new(false);
    let creating = async {
        let _hold = store.prevent_removal().await;
        store.store(&code, bytes::Bytes::from_static(b"zip")).await.unwrap();
        tokio::task::yield_now().await;
        named.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    let deleting = store.remove_unless(&code.sha256, || named.load(std::sync::atomic::Ordering::Relaxed));
    tokio::join!(creating, deleting);
    assert!(store.folder.zip(&code.sha256).is_file());
}

#[tokio::test]
async fn keeps_unpacks_once_and_removes() {
    let root = tempfile::tempdir().unwrap();
    let store = store(&root.path().join("functions"));
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("bootstrap", zip::write::SimpleFileOptions::default()).unwrap();
    io::Write::write_all(&mut zip, b"#!/bin/sh\n").unwrap();
    let bytes = bytes::Bytes::from(zip.finish().unwrap().into_inner());

    let code = CodeStore::inspect(&bytes).unwrap();
    assert_eq!(code.sha256.len(), 64);
    store.store(&code, bytes.clone()).await.unwrap();
    store.store(&code, bytes).await.unwrap();
    let unpack = || store.folder.unpacked(&code, Copies::Shared);
    let (folder, at_once) = tokio::join!(unpack(), unpack());
    let folder = folder.unwrap().path;
    assert_eq!(at_once.unwrap().path, folder);
    assert!(store.folder.unpacking.lock().unwrap().is_empty());
    assert_eq!(fs::read(folder.join("bootstrap")).unwrap(), b"#!/bin/sh\n");
    assert_eq!(store.folder.unpacked(&code, Copies::Shared).await.unwrap().path, folder);
    store.remove_unless(&code.sha256, || true).await;
    assert!(folder.is_dir());
    store.remove_unless(&code.sha256, || false).await;
    assert!(!folder.exists() && !store.folder.zip(&code.sha256).exists());
    assert!(store.folder.unpacked(&code, Copies::Shared).await.is_err());
}

#[tokio::test]
async fn only_unused_code_is_an_orphan() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let used = "a".repeat(HASH_DIGITS);
    let unused = "b".repeat(HASH_DIGITS);
    for hash in [&used, &unused] {
        fs::write(store.folder.zip(hash), b"zip").unwrap();
        fs::create_dir(root.path().join(hash)).unwrap();
        fs::create_dir(root.path().join(format!("{hash}.partial-1"))).unwrap();
    }
    fs::create_dir(root.path().join("clients")).unwrap();
    store.remove_orphans(&BTreeSet::from([used.clone()]));
    let names = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = names.collect();
    assert_eq!(names, BTreeSet::from([format!("{used}.zip"), "clients".to_owned()]));
}

/// A store with one zip, and its code.
async fn with_zip(root: &Path) -> (CodeStore, Code) {
    let store = store(root);
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("bootstrap", zip::write::SimpleFileOptions::default()).unwrap();
    io::Write::write_all(&mut zip, b"as deployed").unwrap();
    let bytes = bytes::Bytes::from(zip.finish().unwrap().into_inner());
    let code = CodeStore::inspect(&bytes).unwrap();
    store.store(&code, bytes).await.unwrap();
    (store, code)
}

#[tokio::test]
async fn a_later_run_runs_what_the_hash_says() {
    use std::os::unix::fs::PermissionsExt as _;

    let root = tempfile::tempdir().unwrap();
    let (store, code) = with_zip(root.path()).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&store.folder.zip(&code.sha256)), 0o600);
    let before = store.folder.unpacked(&code, Copies::Shared).await.unwrap().path;
    assert_eq!(mode(before.parent().unwrap()), 0o700, "only the owner gets to the code");
    let file = before.join("bootstrap");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, "changed").unwrap();
    let later = CodeFolder::new(root.path().to_owned(), &Random::from_seed(2));
    let after = later.unpacked(&code, Copies::Shared).await.unwrap().path;
    assert_eq!(fs::read(after.join("bootstrap")).unwrap(), b"as deployed");
}

#[tokio::test]
async fn a_private_copy_is_its_own_and_goes() {
    let root = tempfile::tempdir().unwrap();
    let (store, code) = with_zip(root.path()).await;
    let first = store.folder.unpacked(&code, Copies::Private).await.unwrap();
    let second = store.folder.unpacked(&code, Copies::Private).await.unwrap();
    assert_ne!(first.path, second.path);
    let gone = first.path.clone();
    drop(first);
    while gone.exists() {
        tokio::task::yield_now().await;
    }
    assert!(second.path.is_dir());
}

#[tokio::test]
async fn a_zip_that_is_not_what_its_name_says_is_not_run() {
    let root = tempfile::tempdir().unwrap();
    let (store, code) = with_zip(root.path()).await;
    let zip = store.folder.zip(&code.sha256);
    let mut bytes = fs::read(&zip).unwrap();
    bytes.push(0);
    fs::write(&zip, bytes).unwrap();
    let refused = store.folder.unpacked(&code, Copies::Shared).await.unwrap_err();
    assert!(matches!(refused, CodeError::Damaged { .. }), "{refused}");
}
