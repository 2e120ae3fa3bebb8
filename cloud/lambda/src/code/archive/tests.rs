//! Tests of zips: what is refused, and that what is accepted unpacks.

use std::io::{Cursor, Write};
use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;

fn zip(build: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    build(&mut writer);
    writer.finish().unwrap().into_inner()
}

fn with_file(name: &str, content: &[u8]) -> Vec<u8> {
    with_mode(name, content, 0o755)
}

fn with_mode(name: &str, content: &[u8], mode: u32) -> Vec<u8> {
    zip(|writer| {
        writer.start_file(name, SimpleFileOptions::default().unix_permissions(mode)).unwrap();
        writer.write_all(content).unwrap();
    })
}

#[test]
fn nobody_may_write_what_is_unpacked() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("code");
    let bytes = with_mode("bin/bootstrap", b"#!/bin/sh\n", 0o777);
    check(&bytes).unwrap();
    unpack(Cursor::new(&bytes), &to, &Random::from_seed(1)).unwrap();
    let file = to.join("bin/bootstrap");
    assert_eq!(fs::read(&file).unwrap(), b"#!/bin/sh\n");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(
        (mode(&file), mode(&to), mode(&to.join("bin"))),
        (0o555, 0o555, 0o555),
        "the zip's 0755 and 0777 are not kept"
    );
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["code"], "no partial folder stays behind");
}

#[test]
fn refuses_names_that_leave_the_folder() {
    for name in ["../escape", "a/../../escape", "/etc/passwd"] {
        let bytes = with_file(name, b"x");
        assert!(matches!(check(&bytes), Err(ArchiveError::Escapes(_))), "{name}");
        let folder = tempfile::tempdir().unwrap();
        let outcome = unpack(Cursor::new(&bytes), &folder.path().join("code"), &Random::from_seed(1));
        assert!(matches!(outcome, Err(ArchiveError::Escapes(_))), "{name}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{name}");
    }
}

#[test]
fn links_stay_inside_and_files_are_not_written_through_them() {
    let folder = tempfile::tempdir().unwrap();
    let options = SimpleFileOptions::default();
    let good = zip(|writer| {
        writer.add_symlink("lib/current", "v1/code", options).unwrap();
        writer.start_file("lib/v1/code", options).unwrap();
        writer.write_all(b"code").unwrap();
    });
    unpack(Cursor::new(&good), &folder.path().join("good"), &Random::from_seed(1)).unwrap();
    assert_eq!(fs::read(folder.path().join("good/lib/current")).unwrap(), b"code");

    for target in ["/etc", "../../etc", "v1/../../../etc", "current/../../..", ""] {
        let bad = zip(|writer| writer.add_symlink("lib/out", target, options).unwrap());
        assert!(matches!(check(&bad), Err(ArchiveError::Escapes(_))), "{target}");
        let outcome = unpack(Cursor::new(&bad), &folder.path().join("bad"), &Random::from_seed(1));
        assert!(matches!(outcome, Err(ArchiveError::Escapes(_))), "{target}");
    }
}

#[test]
fn refuses_what_is_no_zip_or_an_empty_one() {
    assert!(matches!(check(b"not a zip"), Err(ArchiveError::Unreadable(_))));
    assert!(matches!(check(b""), Err(ArchiveError::Unreadable(_))));
    assert!(matches!(check(&zip(|_| {})), Err(ArchiveError::Empty)));
}

#[test]
fn counts_the_bytes_that_come_out() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = with_file("zeros", &[0; 100_000]);
    assert!(bytes.len() < 1000, "it is small while packed");
    assert!(matches!(check_within(&bytes, 99_999), Err(ArchiveError::TooLarge)));
    let outcome = unpack_within(Cursor::new(&bytes), &folder.path().join("code"), &Random::from_seed(1), 99_999);
    assert!(matches!(outcome, Err(ArchiveError::TooLarge)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    unpack_within(Cursor::new(&bytes), &folder.path().join("code"), &Random::from_seed(1), 100_000).unwrap();
}

/// A zip whose only file is stored as it is: its bytes are where they can be changed.
fn stored(name: &str, content: &[u8]) -> Vec<u8> {
    zip(|writer| {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
    })
}

/// Replaces the last or every occurrence of some bytes by as many others.
fn replaced(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let positions: Vec<usize> = (0..=bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert!(!positions.is_empty());
    positions.into_iter().for_each(|at| bytes[at..at + to.len()].copy_from_slice(to));
    bytes
}

#[test]
fn what_would_fail_later_is_refused_at_once() {
    let options = SimpleFileOptions::default();
    let two = |first: &str, second: &str| {
        zip(|writer| {
            for name in [first, second] {
                if name.ends_with('/') {
                    writer.add_directory(name, options).unwrap();
                } else {
                    writer.start_file(name, options).unwrap();
                }
            }
        })
    };
    let link_and = |name: &str| {
        zip(|writer| {
            writer.add_symlink("a", "b", options).unwrap();
            writer.start_file(name, options).unwrap();
        })
    };
    // The compression method stands 8 bytes after the local header's start and 10 after the central one's.
    let mut unknown = stored("file", b"content");
    let central = unknown.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    unknown[8] = 77;
    unknown[central + 10] = 77;
    let mut encrypted = stored("file", b"content");
    encrypted[6] |= 1;
    encrypted[central + 8] |= 1;
    let long = "x".repeat(256);
    let cases = [
        ("a wrong sum", replaced(stored("file", b"content"), b"content", b"changed")),
        ("an unknown compression", unknown),
        ("encrypted", encrypted),
        ("a file in a file", two("a", "a/b")),
        ("a file in a file, late", two("a/b", "a")),
        ("a file and a folder", two("a/", "a")),
        ("twice the same", replaced(two("aaa", "bbb"), b"bbb", b"aaa")),
        ("a file in a link", link_and("a/b")),
        ("a name with ..", with_file("a/../b", b"")),
        ("a name that is too long", with_file(&long, b"")),
    ];
    for (what, bytes) in cases {
        let refused = check(&bytes).map_err(|error| error.to_string()).expect_err(what);
        assert_eq!(refused, NOT_UNZIPPED, "{what}");
    }
}

/// A zip of anything: names that clash or leave, links, folders, damaged bytes.
fn any_zip() -> impl Strategy<Value = Vec<u8>> {
    let name =
        prop::sample::select(vec!["a", "b", "a/b", "a/b/c", "./a", "../a", "a//b", "a/", "b/", "c d", "/a", "a\\b"]);
    let content = prop::sample::select(vec!["", "text", "a", "..", "../b", "b/..", "/etc"]);
    let entries = prop::collection::vec((name, content, 0..3_u8, 0..0o10000_u32), 1..5);
    (entries, prop::option::of((any::<prop::sample::Index>(), any::<u8>()))).prop_map(|(entries, damage)| {
        let mut bytes = zip(|writer| {
            for (name, content, kind, mode) in entries {
                let options = SimpleFileOptions::default().unix_permissions(mode);
                // What the writer itself refuses is left out.
                match kind {
                    0 => drop(writer.add_symlink(name, content, options)),
                    1 => drop(writer.add_directory(name, options)),
                    _ => {
                        if writer.start_file(name, options).is_ok() {
                            writer.write_all(content.as_bytes()).unwrap();
                        }
                    }
                }
            }
        });
        if let Some((at, byte)) = damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

proptest! {
    #[test]
    fn what_is_accepted_unpacks(bytes in any_zip()) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("code");
        let accepted = check(&bytes).is_ok();
        let unpacked = unpack(Cursor::new(&bytes), &folder, &Random::from_seed(1));
        prop_assert!(!accepted || unpacked.is_ok(), "{:?}", unpacked);
        let count = fs::read_dir(root.path()).unwrap().count();
        prop_assert_eq!(count, usize::from(unpacked.is_ok()), "nothing half done stays, nothing is written beside it");
        removal::remove(&folder);
    }
}
