//! A function's zip: checked when it is uploaded, unpacked when it first runs, never outside its own folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Seek};
use std::path::{Component, Path, PathBuf};

use cloud_core::Random;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::removal;

/// The most bytes a zip may unpack to: Lambda's documented limit for code and layers together.
pub(crate) const MAX_UNPACKED_BYTES: u64 = 262_144_000;

/// The longest link target that is worth reading: no file system takes a longer path.
const MAX_LINK_BYTES: u64 = 4096;

/// The most files of a zip: what the plain format can count.
const MAX_ENTRIES: usize = 65_535;

/// The longest name that a file system takes (pathconf(3), `_PC_NAME_MAX`).
const MAX_NAME_BYTES: usize = 255;

/// The longest path in a zip, well below what systems take with the folder before it.
const MAX_PATH_BYTES: usize = 1024;

/// What Lambda says of a zip that it can't unpack.
const NOT_UNZIPPED: &str = "Could not unzip uploaded file. Please check your file, then try to upload again.";

/// Why a zip cannot become a function.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There are no bytes at all; the text is Lambda's.
    #[error("Uploaded file must be a non-empty zip")]
    Empty,
    /// The bytes are no zip, or a damaged one; the text is Lambda's.
    #[error("{NOT_UNZIPPED}")]
    Unreadable(#[source] io::Error),
    /// It would unpack to more than Lambda's limit; the text is Lambda's.
    #[error("Unzipped size must be smaller than {MAX_UNPACKED_BYTES} bytes")]
    TooLarge,
    /// An entry's name or link would leave the function's folder, or is none that a file system takes; the text is Lambda's.
    #[error("{NOT_UNZIPPED}")]
    Escapes(String),
    /// Two entries want the same place; the text is Lambda's.
    #[error("{NOT_UNZIPPED}")]
    Clash(String),
    /// It has more entries than are unpacked; the text is Lambda's.
    #[error("{NOT_UNZIPPED}")]
    TooMany,
    /// The files could not be written.
    #[error("The function's code could not be unpacked to {}: {source}. Check the free space and the permissions there.", path.display())]
    Write {
        /// The file or folder that could not be written.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

/// What is at a place in the function's folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Folder,
    Leaf,
}

/// The places that a zip's entries take: each once.
#[derive(Debug, Default)]
struct Places {
    taken: BTreeMap<PathBuf, Kind>,
}

impl Places {
    /// Takes a place, and the folders above it.
    fn take(&mut self, path: &Path, kind: Kind) -> Result<(), ArchiveError> {
        let clash = || ArchiveError::Clash(path.display().to_string());
        let above = path.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty());
        for folder in above {
            match self.taken.get(folder) {
                Some(Kind::Folder) => break,
                Some(Kind::Leaf) => return Err(clash()),
                None => drop(self.taken.insert(folder.to_owned(), Kind::Folder)),
            }
        }
        match (self.taken.get(path), kind) {
            (Some(Kind::Folder), Kind::Folder) => {}
            (Some(_), _) => return Err(clash()),
            (None, _) => drop(self.taken.insert(path.to_owned(), kind)),
        }
        Ok(())
    }

    /// The folders, those below others first.
    fn folders(&self) -> impl Iterator<Item = &Path> {
        self.taken.iter().rev().filter(|(_, kind)| **kind == Kind::Folder).map(|(path, _)| path.as_path())
    }
}

/// Reads a zip to its end without writing anything: what passes can be unpacked.
pub(crate) fn check(bytes: &[u8]) -> Result<(), ArchiveError> {
    check_within(bytes, MAX_UNPACKED_BYTES)
}

fn check_within(bytes: &[u8], limit: u64) -> Result<(), ArchiveError> {
    let mut archive = open(io::Cursor::new(bytes))?;
    if counted_entries(bytes).is_some_and(|counted| counted != archive.len()) {
        return Err(ArchiveError::Clash("an entry that is there twice".to_owned()));
    }
    let mut left = limit;
    walk(&mut archive, |entry| match entry {
        Entry::Folder(_) => Ok(()),
        Entry::Link(name, target) => inside(name, &target).map(|_| ()),
        Entry::File(_, file) => {
            left -= copy(file, left, |_| Ok(()))?;
            Ok(())
        }
    })?;
    Ok(())
}

/// Unpacks a zip into a folder that does not exist yet.
///
/// It appears there whole or not at all: the work is done in a folder beside it, which is renamed at the end. The size
/// limit counts the bytes that come out, not those that the zip declares. Links are made last, so that no file is
/// written through one. Nobody may write to what is there: the modes are ours, but for whether a file is a program.
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
    if partial.exists() {
        // It is never read, and goes at the next start at the latest.
        removal::remove(&partial);
    }
    outcome
}

fn unpack_into<R: Read + Seek>(zip: R, folder: &Path, mut left: u64) -> Result<(), ArchiveError> {
    let mut archive = open(zip)?;
    make_folder(folder)?;
    let mut links = Vec::new();
    let places = walk(&mut archive, |entry| {
        match entry {
            Entry::Folder(name) => make_folder(&folder.join(name))?,
            Entry::Link(name, target) => links.push((name.to_owned(), target)),
            Entry::File(name, file) => {
                let path = folder.join(name);
                path.parent().map_or(Ok(()), make_folder)?;
                left -= write_file(file, &path, left)?;
            }
        }
        Ok(())
    })?;
    for (name, target) in links {
        make_link(folder, &name, &target)?;
    }
    for name in places.folders().chain([Path::new("")]) {
        let path = folder.join(name);
        // Above a link there was no file that made it.
        make_folder(&path)?;
        set_mode(&path, FOLDER_MODE).map_err(|source| ArchiveError::Write { path, source })?;
    }
    Ok(())
}

/// One entry of a zip, at its place in the function's folder.
enum Entry<'a, 'b, R: Read> {
    Folder(&'a Path),
    Link(&'a Path, String),
    File(&'a Path, &'a mut ZipFile<'b, R>),
}

/// Shows every entry to `visit`, once its place is known to be free; gives all places.
fn walk<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    mut visit: impl FnMut(Entry<'_, '_, R>) -> Result<(), ArchiveError>,
) -> Result<Places, ArchiveError> {
    let mut places = Places::default();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        let name = relative_path(&entry)?;
        if entry.is_dir() {
            // The function's folder itself is there anyway.
            if !name.as_os_str().is_empty() {
                places.take(&name, Kind::Folder)?;
                visit(Entry::Folder(&name))?;
            }
            continue;
        }
        if name.as_os_str().is_empty() {
            return Err(escapes(&entry));
        }
        places.take(&name, Kind::Leaf)?;
        if entry.is_symlink() {
            let target = read_link(&mut entry)?;
            visit(Entry::Link(&name, target))?;
        } else {
            visit(Entry::File(&name, &mut entry))?;
        }
    }
    Ok(places)
}

fn open<R: Read + Seek>(zip: R) -> Result<ZipArchive<R>, ArchiveError> {
    let archive = ZipArchive::new(zip).map_err(unreadable)?;
    match archive.len() {
        0 => Err(ArchiveError::Empty),
        entries if entries > MAX_ENTRIES => Err(ArchiveError::TooMany),
        _ => Ok(archive),
    }
}

/// How many entries the end of a zip counts (APPNOTE 4.3.16), unless there are more than it can; entries of the same name are
/// one to whoever reads the rest.
fn counted_entries(bytes: &[u8]) -> Option<usize> {
    let start = bytes.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let count = bytes.get(start + 10..start + 12)?;
    let count = u16::from_le_bytes(count.try_into().ok()?);
    (count != u16::MAX).then_some(usize::from(count))
}

fn unreadable(error: zip::result::ZipError) -> ArchiveError {
    ArchiveError::Unreadable(error.into())
}

fn escapes<R: Read>(entry: &ZipFile<'_, R>) -> ArchiveError {
    ArchiveError::Escapes(String::from_utf8_lossy(entry.name_raw()).into_owned())
}

/// Where an entry goes, relative to the function's folder: a path of plain names only.
fn relative_path<R: Read>(entry: &ZipFile<'_, R>) -> Result<PathBuf, ArchiveError> {
    let name = entry.name().map_err(unreadable)?;
    if name.starts_with(['/', '\\']) || name.len() > MAX_PATH_BYTES {
        return Err(escapes(entry));
    }
    let enclosed = entry.enclosed_name().ok_or_else(|| escapes(entry))?;
    let mut path = PathBuf::new();
    let has_parent = name.split(['/', '\\']).any(|part| part == "..");
    for part in enclosed.components() {
        match part {
            Component::Normal(part) if part.len() <= MAX_NAME_BYTES && !has_parent => path.push(part),
            Component::CurDir => {}
            _ => return Err(escapes(entry)),
        }
    }
    Ok(path)
}

/// Writes one file and gives the bytes written, at most `limit`.
fn write_file<R: Read>(entry: &mut ZipFile<'_, R>, path: &Path, limit: u64) -> Result<u64, ArchiveError> {
    let failed = |source| ArchiveError::Write { path: path.to_path_buf(), source };
    // A zip made on Windows carries no mode; Lambda then gives files that can be read but not run.
    let is_program = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
    let mut file = fs::File::create(path).map_err(failed)?;
    let written = copy(entry, limit, |bytes| io::Write::write_all(&mut file, bytes).map_err(failed))?;
    set_mode(path, if is_program { PROGRAM_MODE } else { FILE_MODE }).map_err(failed)?;
    Ok(written)
}

/// Hands on what comes out of a zip, at most `limit` bytes: reading to the end is what tells a damaged one.
fn copy(
    from: &mut impl Read,
    limit: u64,
    mut to: impl FnMut(&[u8]) -> Result<(), ArchiveError>,
) -> Result<u64, ArchiveError> {
    let mut buffer = vec![0; 64 * 1024];
    let mut copied = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(ArchiveError::Unreadable)?,
        };
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Ok(copied);
        };
        copied += bytes.len() as u64;
        if copied > limit {
            return Err(ArchiveError::TooLarge);
        }
        to(bytes)?;
    }
}

/// A program: everybody who gets into the folder may run it, nobody may write to it.
const PROGRAM_MODE: u32 = 0o555;
/// Any other file.
const FILE_MODE: u32 = 0o444;
/// A folder.
const FOLDER_MODE: u32 = 0o555;

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

fn make_folder(path: &Path) -> Result<(), ArchiveError> {
    fs::create_dir_all(path).map_err(|source| ArchiveError::Write { path: path.to_path_buf(), source })
}

fn read_link<R: Read>(entry: &mut ZipFile<'_, R>) -> Result<String, ArchiveError> {
    let mut target = String::new();
    entry.take(MAX_LINK_BYTES).read_to_string(&mut target).map_err(ArchiveError::Unreadable)?;
    // To the end, which tells whether it is damaged.
    let more = copy(entry, 0, |_| Ok(()));
    match more {
        Ok(_) => Ok(target),
        Err(ArchiveError::TooLarge) => Err(escapes(entry)),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn make_link(folder: &Path, name: &Path, target: &str) -> Result<(), ArchiveError> {
    let target = inside(name, target)?;
    let path = folder.join(name);
    path.parent().map_or(Ok(()), make_folder)?;
    std::os::unix::fs::symlink(target, &path).map_err(|source| ArchiveError::Write { path, source })
}

#[cfg(not(unix))]
fn make_link(_: &Path, name: &Path, _: &str) -> Result<(), ArchiveError> {
    Err(ArchiveError::Escapes(name.display().to_string()))
}

/// The target of a link at `name` (relative to the function's folder), if it points inside that folder.
///
/// The folders above a link are no links, and `..` comes first in its target only: so other links, which point inside
/// themselves, can't lead out.
fn inside<'a>(name: &Path, target: &'a str) -> Result<&'a Path, ArchiveError> {
    let mut above = name.components().count().saturating_sub(1);
    let mut is_below = false;
    let mut stays = !target.is_empty() && !target.contains('\0');
    for part in Path::new(target).components() {
        match part {
            Component::Normal(name) => {
                is_below = true;
                stays &= name.len() <= MAX_NAME_BYTES;
            }
            Component::CurDir => {}
            Component::ParentDir if above > 0 && !is_below => above -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => stays = false,
        }
    }
    if stays { Ok(Path::new(target)) } else { Err(ArchiveError::Escapes(name.display().to_string())) }
}

#[cfg(test)]
mod tests;
