//! Writing a backup: complete under another name first, then renamed, so that half a backup is never taken for one.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use cloud_store::Store;
use jiff::Timestamp;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{BackupError, Contents, FORMAT, KEYS, MANIFEST, Manifest, as_io, is_store_name, is_zip_name};
use crate::data_dir::DataDir;
use crate::file_error::FileError;

/// What is copied.
pub(crate) struct Source<'a> {
    pub(crate) store: &'a Store,
    pub(crate) data_dir: &'a DataDir,
    pub(crate) created_at: Timestamp,
}

/// Writes a backup to a new file that only its owner may read. It blocks on the disk; the store may be in use.
pub(crate) fn write(source: &Source<'_>, file: &Path) -> Result<Contents, BackupError> {
    if file.symlink_metadata().is_ok() {
        return Err(BackupError::Exists { file: file.to_owned() });
    }
    let copy = source.data_dir.root().join("backup.new");
    remove_folder(&copy)?;
    let partial = partial_name(file);
    let written = source.store.copy_to(&copy).map_err(BackupError::from).and_then(|()| pack(source, &copy, &partial));
    remove_folder(&copy)?;
    let moved = written.and_then(|contents| {
        std::fs::rename(&partial, file).map_err(|error| FileError::new(file, error))?;
        Ok(contents)
    });
    if moved.is_err() {
        // What is no backup does not stay; one that can't be removed was never there.
        let _ = std::fs::remove_file(&partial);
    }
    moved
}

/// The name beside a file under which it is written.
fn partial_name(file: &Path) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    file.with_file_name(name)
}

fn pack(source: &Source<'_>, store: &Path, partial: &Path) -> Result<Contents, BackupError> {
    let manifest =
        Manifest { format: FORMAT, workshop: env!("CARGO_PKG_VERSION").to_owned(), created_at: source.created_at };
    let opened = File::options().write(true).create(true).truncate(true).mode(0o600).open(partial);
    let file = opened.map_err(|error| FileError::new(partial, error))?;
    let mut writer = ZipWriter::new(file);
    let packed = entries(source, store, &manifest, &mut writer).and_then(|zips| {
        let file = writer.finish().map_err(as_io)?;
        file.sync_all()?;
        Ok((zips, file.metadata()?.len()))
    });
    let (zips, size_bytes) = packed.map_err(|error| FileError::new(partial, error))?;
    Ok(Contents { manifest, zips, size_bytes })
}

fn entries(source: &Source<'_>, store: &Path, manifest: &Manifest, writer: &mut ZipWriter<File>) -> io::Result<u64> {
    let text = serde_json::to_vec_pretty(manifest)?;
    writer.start_file(MANIFEST, options(CompressionMethod::Stored)).map_err(as_io)?;
    writer.write_all(&text)?;
    for (name, path) in files(store, is_store_name)? {
        add(writer, &format!("store/{name}"), &path, CompressionMethod::Deflated)?;
    }
    let zips = files(&source.data_dir.functions(), is_zip_name)?;
    for (name, path) in &zips {
        add(writer, &format!("functions/{name}"), path, CompressionMethod::Stored)?;
    }
    let keys = source.data_dir.root().join(KEYS);
    if keys.is_file() {
        add(writer, KEYS, &keys, CompressionMethod::Stored)?;
    }
    Ok(zips.len() as u64)
}

fn options(method: CompressionMethod) -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(method).unix_permissions(0o600).large_file(true)
}

fn add(writer: &mut ZipWriter<File>, name: &str, path: &Path, method: CompressionMethod) -> io::Result<()> {
    writer.start_file(name, options(method)).map_err(as_io)?;
    io::copy(&mut File::open(path)?, writer).map(drop)
}

/// The files of a folder with such names, in the order of their names; none where there is no folder.
fn files(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> io::Result<Vec<(String, PathBuf)>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_wanted(&name) && entry.file_type()?.is_file() {
            files.push((name, entry.path()));
        }
    }
    files.sort();
    Ok(files)
}

/// Removes a folder of copies, if it is there.
pub(super) fn remove_folder(folder: &Path) -> Result<(), FileError> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(FileError::new(folder, error)),
        _ => Ok(()),
    }
}
