//! A function's zip: checked when it is uploaded, unpacked when it first runs, never outside its own folder.

use std::fs;
use std::io::{self, Read, Seek};
use std::path::{Component, Path, PathBuf};

use cloud_core::Random;
use zip::ZipArchive;
use zip::read::ZipFile;

/// The most bytes a zip may unpack to: Lambda's documented limit for code and layers together.
pub(crate) const MAX_UNPACKED_BYTES: u64 = 262_144_000;

/// The longest link target that is worth reading: no file system takes a longer path.
const MAX_LINK_BYTES: u64 = 4096;

/// Why a zip cannot become a function.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There are no bytes at all; the text is Lambda's.
    #[error("Uploaded file must be a non-empty zip")]
    Empty,
    /// The bytes are no zip, or a damaged one; the text is Lambda's.
    #[error("Could not unzip uploaded file. Please check your file, then try to upload again.")]
    Unreadable(#[source] io::Error),
    /// It would unpack to more than Lambda's limit; the text is Lambda's.
    #[error("Unzipped size must be smaller than {MAX_UNPACKED_BYTES} bytes")]
    TooLarge,
    /// An entry's name or link would leave the function's folder.
    #[error(
        "The zip's entry {0:?} points outside the function's folder; build the zip with paths relative to its root."
    )]
    Escapes(String),
    /// The files could not be written.
    #[error("The function's code could not be unpacked to {}: {source}. Check the free space and the permissions there.", path.display())]
    Write {
        /// The file or folder that could not be written.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

/// Checks a zip without writing anything: it can be read, its names stay inside, it is not too large.
pub(crate) fn check(bytes: &[u8]) -> Result<(), ArchiveError> {
    check_within(bytes, MAX_UNPACKED_BYTES)
}

fn check_within(bytes: &[u8], limit: u64) -> Result<(), ArchiveError> {
    let mut archive = open(io::Cursor::new(bytes))?;
    let mut left = limit;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(unreadable)?;
        relative_path(&entry)?;
        left = left.checked_sub(entry.size()).ok_or(ArchiveError::TooLarge)?;
    }
    Ok(())
}

/// Unpacks a zip into a folder that does not exist yet.
///
/// It appears there whole or not at all: the work is done in a folder beside it, which is renamed at the end. The size
/// limit counts the bytes that come out, not those that the zip declares. Links are made last, so that no file is
/// written through one.
pub(crate) fn unpack<R: Read + Seek>(zip: R, folder: &Path, random: &Random) -> Result<(), ArchiveError> {
    unpack_within(zip, folder, random, MAX_UNPACKED_BYTES)
}

fn unpack_within<R: Read + Seek>(zip: R, folder: &Path, random: &Random, limit: u64) -> Result<(), ArchiveError> {
    let partial = folder.with_extension(format!("partial-{}", random.uuid().simple()));
    let outcome = unpack_into(zip, &partial, limit).and_then(|()| match fs::rename(&partial, folder) {
        Err(_) if folder.is_dir() => Ok(()),
        Err(source) => Err(ArchiveError::Write { path: folder.to_path_buf(), source }),
        Ok(()) => Ok(()),
    });
    if partial.exists()
        && let Err(error) = fs::remove_dir_all(&partial)
    {
        // It is never read, and goes at the next start.
        tracing::warn!(error = %error, path = %partial.display(), "a half-unpacked folder was not removed");
    }
    outcome
}

fn unpack_into<R: Read + Seek>(zip: R, folder: &Path, mut left: u64) -> Result<(), ArchiveError> {
    let mut archive = open(zip)?;
    make_folder(folder)?;
    let mut links = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        let name = relative_path(&entry)?;
        let path = folder.join(&name);
        if entry.is_dir() {
            make_folder(&path)?;
            continue;
        }
        if let Some(parent) = path.parent() {
            make_folder(parent)?;
        }
        if entry.is_symlink() {
            links.push((name, read_link(&mut entry)?));
        } else {
            left -= write_file(&mut entry, &path, left)?;
        }
    }
    links.into_iter().try_for_each(|(name, target)| make_link(folder, &name, &target))
}

fn open<R: Read + Seek>(zip: R) -> Result<ZipArchive<R>, ArchiveError> {
    let archive = ZipArchive::new(zip).map_err(unreadable)?;
    if archive.is_empty() { Err(ArchiveError::Empty) } else { Ok(archive) }
}

fn unreadable(error: zip::result::ZipError) -> ArchiveError {
    ArchiveError::Unreadable(error.into())
}

/// Where an entry goes, relative to the function's folder.
fn relative_path<R: Read>(entry: &ZipFile<'_, R>) -> Result<PathBuf, ArchiveError> {
    let shown = || String::from_utf8_lossy(entry.name_raw()).into_owned();
    let name = entry.name().map_err(unreadable)?;
    let absolute = name.starts_with(['/', '\\']);
    let inside = entry.enclosed_name().filter(|path| !absolute && !path.as_os_str().is_empty());
    inside.ok_or_else(|| ArchiveError::Escapes(shown()))
}

/// Writes one file and gives the bytes written, at most `limit`.
fn write_file<R: Read>(entry: &mut ZipFile<'_, R>, path: &Path, limit: u64) -> Result<u64, ArchiveError> {
    let failed = |source| ArchiveError::Write { path: path.to_path_buf(), source };
    let mode = entry.unix_mode();
    let mut file = fs::File::create(path).map_err(failed)?;
    let mut within = entry.take(limit.saturating_add(1));
    let written = copy(&mut within, &mut file, path)?;
    if written > limit {
        return Err(ArchiveError::TooLarge);
    }
    set_mode(path, mode).map_err(failed)?;
    Ok(written)
}

/// Like [`io::copy`], but tells a damaged zip from a disk that takes no more.
fn copy(from: &mut impl Read, to: &mut fs::File, path: &Path) -> Result<u64, ArchiveError> {
    let mut buffer = vec![0; 64 * 1024];
    let mut written = 0;
    loop {
        let count = from.read(&mut buffer).map_err(ArchiveError::Unreadable)?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Ok(written);
        };
        io::Write::write_all(to, bytes).map_err(|source| ArchiveError::Write { path: path.to_path_buf(), source })?;
        written += bytes.len() as u64;
    }
}

/// A zip made on Windows carries no mode; Lambda then gives files that can be read but not run.
#[cfg(unix)]
fn set_mode(path: &Path, mode: Option<u32>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = mode.map_or(0o644, |mode| mode & 0o777 | 0o600);
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: Option<u32>) -> io::Result<()> {
    Ok(())
}

fn make_folder(path: &Path) -> Result<(), ArchiveError> {
    fs::create_dir_all(path).map_err(|source| ArchiveError::Write { path: path.to_path_buf(), source })
}

fn read_link<R: Read>(entry: &mut ZipFile<'_, R>) -> Result<String, ArchiveError> {
    let mut target = String::new();
    entry.take(MAX_LINK_BYTES).read_to_string(&mut target).map_err(ArchiveError::Unreadable)?;
    Ok(target)
}

#[cfg(unix)]
fn make_link(folder: &Path, name: &Path, target: &str) -> Result<(), ArchiveError> {
    if !stays_inside(name, Path::new(target)) {
        return Err(ArchiveError::Escapes(name.display().to_string()));
    }
    let path = folder.join(name);
    std::os::unix::fs::symlink(target, &path).map_err(|source| ArchiveError::Write { path, source })
}

#[cfg(not(unix))]
fn make_link(_: &Path, name: &Path, _: &str) -> Result<(), ArchiveError> {
    Err(ArchiveError::Escapes(name.display().to_string()))
}

/// Whether a link at `name` (relative to the function's folder) with this target points inside that folder.
fn stays_inside(name: &Path, target: &Path) -> bool {
    let mut depth = name.components().count().saturating_sub(1);
    for part in target.components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};
    use std::os::unix::fs::PermissionsExt;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip(build: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        build(&mut writer);
        writer.finish().unwrap().into_inner()
    }

    fn with_file(name: &str, content: &[u8]) -> Vec<u8> {
        zip(|writer| {
            writer.start_file(name, SimpleFileOptions::default().unix_permissions(0o755)).unwrap();
            writer.write_all(content).unwrap();
        })
    }

    #[test]
    fn unpacks_files_with_their_modes() {
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().join("code");
        let bytes = with_file("bin/bootstrap", b"#!/bin/sh\n");
        check(&bytes).unwrap();
        unpack(Cursor::new(&bytes), &to, &Random::from_seed(1)).unwrap();
        let file = to.join("bin/bootstrap");
        assert_eq!(fs::read(&file).unwrap(), b"#!/bin/sh\n");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o755);
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

        for target in ["/etc", "../../etc", "v1/../../../etc"] {
            let bad = zip(|writer| writer.add_symlink("lib/out", target, options).unwrap());
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
}
