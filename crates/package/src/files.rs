//! Reading and writing files, with errors that name them.

use crate::error::PackageError;
use std::fs;
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// The whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, PackageError> {
    fs::read(path).map_err(|source| failed("read", path, source))
}

/// Puts a file in place in one step, so that nobody ever sees half of it. A file that already holds these bytes is left
/// alone: its time would otherwise make whoever watches it build again.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), PackageError> {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}.part", std::process::id()));
    let written = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|source| {
        // Best effort: the error to report is the first one.
        let _ = fs::remove_file(&unfinished);
        failed("written", path, source)
    })
}

/// Creates the folder, and in it a file whose time is the present by the file system's own clock, with which the sources'
/// times can be compared.
pub(crate) fn mark(folder: &Path) -> Result<SystemTime, PackageError> {
    create_folder(folder)?;
    let path = folder.join(".build-started");
    let mark = fs::write(&path, b"").and_then(|()| modified(&path));
    mark.map_err(|source| failed("written", &path, source))
}

/// Creates the folder and those above it, unless they are there.
pub(crate) fn create_folder(folder: &Path) -> Result<(), PackageError> {
    fs::create_dir_all(folder).map_err(|source| failed("written", folder, source))
}

/// Creates the folder, or takes out what is in it.
pub(crate) fn empty_folder(folder: &Path) -> Result<(), PackageError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("written", folder, error)),
        _ => create_folder(folder),
    }
}

/// When the file was last written.
pub(crate) fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

pub(crate) fn failed(action: &'static str, path: &Path, source: io::Error) -> PackageError {
    PackageError::File { action, path: path.to_path_buf(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_the_same_bytes_again_leaves_the_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        write(&path, b"one").unwrap();
        let old = SystemTime::UNIX_EPOCH;
        fs::File::options().append(true).open(&path).unwrap().set_modified(old).unwrap();
        write(&path, b"one").unwrap();
        assert_eq!(modified(&path).unwrap(), old);
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_names_the_file() {
        let error = read(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/at/all could not be read: "), "{error}");
    }
}
