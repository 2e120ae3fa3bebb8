//! Tests of the zips on disk.

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
    let folder = store.folder.unpacked(&code).await.unwrap();
    assert_eq!(fs::read(folder.join("bootstrap")).unwrap(), b"#!/bin/sh\n");
    assert_eq!(store.folder.unpacked(&code).await.unwrap(), folder);
    store.remove_unless(&code.sha256, || true).await;
    assert!(folder.is_dir());
    store.remove_unless(&code.sha256, || false).await;
    assert_eq!(fs::read_dir(root.path().join("functions")).unwrap().count(), 0);
    assert!(store.folder.unpacked(&code).await.is_err());
}

#[tokio::test]
async fn only_unused_code_is_an_orphan() {
    let root = tempfile::tempdir().unwrap();
    let store = store(root.path());
    let used = "a".repeat(HASH_DIGITS);
    let unused = "b".repeat(HASH_DIGITS);
    for hash in [&used, &unused] {
        fs::write(store.folder.zip(hash), b"zip").unwrap();
        fs::create_dir(store.folder.unpacked_folder(hash)).unwrap();
        fs::create_dir(root.path().join(format!("{hash}.partial-1"))).unwrap();
    }
    fs::write(root.path().join("python-runtime.py"), b"").unwrap();
    fs::write(root.path().join("python-runtime.partial-1"), b"").unwrap();
    store.remove_orphans(&BTreeSet::from([used.clone()]));
    let names = fs::read_dir(root.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<String> = names.collect();
    assert_eq!(names, BTreeSet::from([used.clone(), format!("{used}.zip"), "python-runtime.py".to_owned()]));
}
