//! Restoring a backup: unpacked and checked beside the cloud first, then put in its place.

use std::fs::{DirBuilder, File};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::write::remove_folder;
use super::{BackupError, Contents, FORMAT, KEYS, MANIFEST, Manifest, is_store_name, is_zip_name};
use crate::data_dir::DataDir;
use crate::file_error::FileError;

/// Puts what is in a backup in the place of what a data folder holds. Nobody else uses the folder meanwhile.
pub(crate) fn unpack(file: &Path, data_dir: &DataDir) -> Result<Contents, BackupError> {
    let new = data_dir.root().join("restore.new");
    remove_folder(&new)?;
    let unpacked = unpack_to(file, &new).and_then(|contents| {
        let checked = cloud_store::check(&new.join("store")).map_err(|error| BackupError::unfit(file, error))?;
        if !checked.is_whole() {
            return Err(BackupError::unfit(file, "the store in it is damaged"));
        }
        put_in_place(&new, data_dir)?;
        Ok(contents)
    });
    remove_folder(&new)?;
    unpacked
}

fn unpack_to(file: &Path, folder: &Path) -> Result<Contents, BackupError> {
    let opened = File::open(file).map_err(|error| FileError::new(file, error))?;
    let size_bytes = opened.metadata().map_err(|error| FileError::new(file, error))?.len();
    let mut archive =
        ZipArchive::new(opened).map_err(|error| BackupError::unfit(file, format!("it is no backup ({error})")))?;
    let manifest = manifest(file, &mut archive)?;
    let mut zips = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| BackupError::unfit(file, error))?;
        let name = entry.name().map_err(|error| BackupError::unfit(file, error))?.into_owned();
        let target = match name.as_str() {
            MANIFEST => continue,
            KEYS => folder.join(KEYS),
            name => place(folder, name)
                .ok_or_else(|| BackupError::unfit(file, format!("it has an entry that no backup has, `{name}`")))?,
        };
        zips += u64::from(name.starts_with("functions/"));
        let parent = target.parent().unwrap_or(folder);
        make_folder(parent).map_err(|error| FileError::new(parent, error))?;
        let mut written = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&target)
            .map_err(|error| FileError::new(&target, error))?;
        // A wrong checksum of the entry is an error of the read.
        io::copy(&mut entry, &mut written).map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FileError::new(&target, error).into(),
            _ => BackupError::unfit(file, format!("`{name}` in it is damaged ({error})")),
        })?;
        written.sync_all().map_err(|error| FileError::new(&target, error))?;
    }
    Ok(Contents { manifest, zips, size_bytes })
}

fn manifest(file: &Path, archive: &mut ZipArchive<File>) -> Result<Manifest, BackupError> {
    let mut text = String::new();
    let read = archive.by_name(MANIFEST).map_err(|_| "it is no backup of an embedded cloud".to_owned());
    let read =
        read.and_then(|entry| entry.take(64 * 1024).read_to_string(&mut text).map_err(|error| error.to_string()));
    read.map_err(|reason| BackupError::unfit(file, reason))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| BackupError::unfit(file, error))?;
    if manifest.format > FORMAT {
        return Err(BackupError::Newer { file: file.to_owned(), version: manifest.workshop });
    }
    Ok(manifest)
}

/// Where an entry goes; none for a name that a backup does not have.
fn place(folder: &Path, name: &str) -> Option<PathBuf> {
    let (inside, name) = name.split_once('/')?;
    let fits = match inside {
        "store" => is_store_name(name),
        "functions" => is_zip_name(name),
        _ => false,
    };
    fits.then(|| folder.join(inside).join(name))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Zips first, which nobody uses before a store names them; then the store, at once; the old one goes last.
fn put_in_place(new: &Path, data_dir: &DataDir) -> Result<(), FileError> {
    let functions = data_dir.functions();
    make_folder(&functions).map_err(|error| FileError::new(&functions, error))?;
    let zips = new.join("functions");
    if zips.is_dir() {
        for entry in std::fs::read_dir(&zips).map_err(|error| FileError::new(&zips, error))? {
            let entry = entry.map_err(|error| FileError::new(&zips, error))?;
            move_to(&entry.path(), &functions.join(entry.file_name()))?;
        }
    }
    let keys = new.join(KEYS);
    if keys.is_file() {
        move_to(&keys, &data_dir.root().join(KEYS))?;
    }
    let replaced = data_dir.root().join("store.replaced");
    remove_folder(&replaced)?;
    if data_dir.store().exists() {
        move_to(&data_dir.store(), &replaced)?;
    }
    if let Err(error) = move_to(&new.join("store"), &data_dir.store()) {
        // The old one goes back: a folder without a store would be a new cloud.
        if replaced.exists() {
            move_to(&replaced, &data_dir.store())?;
        }
        return Err(error);
    }
    let root = data_dir.root();
    let synced = File::open(root).and_then(|folder| folder.sync_all());
    synced.map_err(|error| FileError::new(root, error))?;
    remove_folder(&replaced)
}

fn move_to(from: &Path, to: &Path) -> Result<(), FileError> {
    std::fs::rename(from, to).map_err(|error| FileError::new(to, error))
}
