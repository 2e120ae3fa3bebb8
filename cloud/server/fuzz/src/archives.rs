//! Zips that are made up: raw bytes, or entries of every kind with a few bytes changed afterwards.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use arbitrary::{Result, Unstructured};
use cloud_core::Random;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const NAMES: &[&str] = &[
    "bootstrap", "bin/", "bin/bootstrap", "bin", "../out", "a/../../out", "/etc/out", "a\\..\\..\\out", "C:\\out", ".", "..",
    "", "a//b", "./a", "a/./b", "link", "link/inside", "BOOTSTRAP", "con", "a\u{0}b", "\u{202e}x", "bin/bootstrap/x",
];
const TARGETS: &[&str] = &["bootstrap", "..", "../..", "/etc", "bin", "link", "a/../../b", ".", "", "bin/../link/../.."];

/// Checks the zip as an upload is checked and unpacks what is accepted; panics when it does not, or leaves something where
/// it must not.
pub fn take(data: &[u8]) {
    let Some((kind, rest)) = data.split_first() else { return };
    let zip = if kind % 2 == 0 { Some(rest.to_vec()) } else { made_up(rest).ok().flatten() };
    let Some(zip) = zip else { return };
    let outer = tempfile::tempdir_in(if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" }).expect("a folder");
    let folder = outer.path().join("code");
    let accepted = cloud_lambda::check_archive(&zip);
    let unpacked = cloud_lambda::unpack_archive(&zip, &folder, &Random::from_seed(1));
    let listed: Vec<_> = fs::read_dir(outer.path()).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    match unpacked {
        Ok(()) => {
            assert_eq!(listed, [folder.as_path()], "only the function's folder is there");
            let root = folder.canonicalize().expect("it is there");
            stays_inside(&root, &root);
        }
        Err(error) => {
            assert!(listed.is_empty(), "half a function stays behind: {listed:?}");
            assert!(accepted.is_err(), "it is accepted and does not unpack: {error:?}");
        }
    }
}

/// Nothing below a folder leads out of the root.
fn stays_inside(root: &Path, folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let kind = fs::symlink_metadata(&path).expect("it is there").file_type();
        if kind.is_symlink() {
            if let Ok(target) = path.canonicalize() {
                assert!(target.starts_with(root), "{} leads to {}", path.display(), target.display());
            }
        } else if kind.is_dir() {
            stays_inside(root, &path);
        }
    }
}

fn made_up(bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    let mut bytes = Unstructured::new(bytes);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for _ in 0..bytes.int_in_range(0..=6)? {
        let name = *bytes.choose(NAMES)?;
        let method = if bytes.arbitrary()? { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let mut options = SimpleFileOptions::default().compression_method(method);
        if bytes.arbitrary()? {
            options = options.unix_permissions(bytes.arbitrary::<u16>()?.into());
        }
        // Names that are refused here can still come in by the bytes that are changed below.
        let _ = match bytes.int_in_range(0..=3)? {
            0 => writer.add_symlink(name, *bytes.choose(TARGETS)?, options),
            1 => writer.add_directory(name, options),
            _ => {
                let length = bytes.int_in_range(0..=64)?;
                let content = bytes.bytes(length.min(bytes.len()))?.repeat(bytes.int_in_range(1..=2_000)?);
                writer.start_file(name, options).and_then(|()| writer.write_all(&content).map_err(Into::into))
            }
        };
    }
    let Ok(zip) = writer.finish() else { return Ok(None) };
    let mut zip = zip.into_inner();
    for _ in 0..bytes.int_in_range(0..=4)? {
        if !zip.is_empty() {
            let place = bytes.choose_index(zip.len())?;
            zip[place] = bytes.arbitrary()?;
        }
    }
    Ok(Some(zip))
}
