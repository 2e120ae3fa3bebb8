//! Makes a data folder its owner's alone: folders 0700, files 0600, nobody else's folder, nobody else's link.

use std::fs::{DirBuilder, File, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::DataDir;
use crate::file_error::FileError;

/// The bits of a mode that let others in.
const OTHERS: u32 = 0o077;

/// The user who may do everything on this machine anyway.
const ROOT: u32 = 0;

/// How many symbolic links a path may lead through, as on Linux.
const LINKS: usize = 40;

impl DataDir {
    /// Makes the folder where it is missing, takes everybody else's rights away from it and from what is in it, and says how
    /// many files and folders had been open to others.
    ///
    /// What is deeper in it is looked at only when the folder itself was open: otherwise nobody can have reached it.
    ///
    /// # Errors
    /// The folder, or a link that leads to it, belongs to another user; or it can't be made or changed.
    pub fn make_private(&self) -> Result<usize, FileError> {
        let root = self.root();
        let metadata = self.check_private()?;
        let was_open = tighten(root, &metadata)?;
        let mut tightened = usize::from(was_open);
        for path in self.contents() {
            tightened += tighten_below(&path, was_open)?;
        }
        Ok(tightened)
    }

    /// Makes the folder where it is missing, and refuses one that is not this user's. What is there stays as open as it is.
    ///
    /// # Errors
    /// As [`DataDir::make_private`].
    pub(crate) fn check_private(&self) -> Result<Metadata, FileError> {
        let root = self.root();
        check_links(root, geteuid().as_raw())?;
        DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(|error| FileError::new(root, error))?;
        let metadata = std::fs::metadata(root).map_err(|error| FileError::new(root, error))?;
        check_owner(root, &metadata)?;
        Ok(metadata)
    }

    /// All that a cloud keeps in its folder: nothing else there is touched.
    fn contents(&self) -> Vec<PathBuf> {
        let mut paths = vec![
            self.store(),
            self.functions(),
            self.ready_file(),
            self.log(),
            self.lock(),
            self.start_lock(),
            self.keys(),
            self.port(),
        ];
        paths.extend(self.activity_files());
        paths
    }
}

/// Opens a file for writing that only its owner may read; it is made where it is missing.
pub(crate) fn private_file() -> std::fs::OpenOptions {
    let mut options = File::options();
    options.create(true).write(true).mode(0o600);
    options
}

/// A link that another user made leads where that user wants.
fn check_links(root: &Path, user: u32) -> Result<(), FileError> {
    let mut path = std::path::absolute(root).map_err(|error| FileError::new(root, error))?;
    for _ in 0..LINKS {
        let Some((link, metadata)) = first_link(&path)? else { return Ok(()) };
        if metadata.uid() != user && metadata.uid() != ROOT {
            return Err(FileError::OthersFolder { path: link, owner: metadata.uid() });
        }
        let target = std::fs::read_link(&link).map_err(|error| FileError::new(&link, error))?;
        let rest = path.strip_prefix(&link).unwrap_or(Path::new("")).to_owned();
        path = link.parent().unwrap_or(Path::new("/")).join(target).join(rest);
    }
    Err(FileError::new(root, io::Error::other("too many symbolic links")))
}

/// The first part of a path that is a symbolic link.
fn first_link(path: &Path) -> Result<Option<(PathBuf, Metadata)>, FileError> {
    let mut ancestors: Vec<&Path> = path.ancestors().collect();
    ancestors.reverse();
    for part in ancestors {
        match std::fs::symlink_metadata(part) {
            Ok(metadata) if metadata.is_symlink() => return Ok(Some((part.to_owned(), metadata))),
            Ok(_) => {}
            // It is made, and whatever is missing below it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(FileError::new(part, error)),
        }
    }
    Ok(None)
}

/// The folder is this user's, and so is the one that it lies in, whose owner could exchange it. Root may use anybody's
/// folder as its parent: a container does so with a project that it was given.
fn check_owner(root: &Path, metadata: &Metadata) -> Result<(), FileError> {
    let user = geteuid().as_raw();
    if metadata.uid() != user {
        return Err(FileError::OthersFolder { path: root.to_owned(), owner: metadata.uid() });
    }
    let real = std::fs::canonicalize(root).map_err(|error| FileError::new(root, error))?;
    let Some(parent) = real.parent() else { return Ok(()) };
    let parent_metadata = std::fs::metadata(parent).map_err(|error| FileError::new(parent, error))?;
    let owner = parent_metadata.uid();
    if user == ROOT || owner == user || owner == ROOT {
        return Ok(());
    }
    Err(FileError::OthersFolder { path: parent.to_owned(), owner })
}

/// Tightens a file, or a folder and, when asked, all below it; gives how many were open. Links are left alone: what they
/// lead to may be anything.
fn tighten_below(path: &Path, deep: bool) -> Result<usize, FileError> {
    let failed = |error| FileError::new(path, error);
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(failed(error)),
    };
    if metadata.is_symlink() {
        return Ok(0);
    }
    let was_open = tighten(path, &metadata)?;
    let mut tightened = usize::from(was_open);
    if metadata.is_dir() && (deep || was_open) {
        for entry in std::fs::read_dir(path).map_err(failed)? {
            tightened += tighten_below(&entry.map_err(failed)?.path(), true)?;
        }
    }
    Ok(tightened)
}

/// Takes everybody else's rights away; says whether there were any.
fn tighten(path: &Path, metadata: &Metadata) -> Result<bool, FileError> {
    let mode = metadata.mode() & 0o7777;
    if mode & OTHERS == 0 {
        return Ok(false);
    }
    let only_owner = Permissions::from_mode(mode & !OTHERS);
    std::fs::set_permissions(path, only_owner).map_err(|error| FileError::new(path, error))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_new_folder_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path().join("a/b"));
        assert_eq!(data_dir.make_private().unwrap(), 0);
        assert_eq!((mode(data_dir.root()), mode(&dir.path().join("a"))), (0o700, 0o700));
    }

    #[test]
    fn what_was_open_to_others_is_closed_and_counted_and_nothing_else_is_touched() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(dir.path());
        let bootstrap = data_dir.functions().join("code/bootstrap");
        std::fs::create_dir_all(bootstrap.parent().unwrap()).unwrap();
        let strange = dir.path().join("mine.txt");
        for path in [&bootstrap, &data_dir.ready_file(), &strange] {
            std::fs::write(path, "x").unwrap();
            set_mode(path, 0o777);
        }
        for path in [dir.path(), &data_dir.functions(), bootstrap.parent().unwrap()] {
            set_mode(path, 0o755);
        }
        std::os::unix::fs::symlink(&strange, data_dir.functions().join("link")).unwrap();
        assert_eq!(data_dir.make_private().unwrap(), 5);
        assert_eq!((mode(dir.path()), mode(&bootstrap), mode(&data_dir.ready_file())), (0o700, 0o700, 0o700));
        assert_eq!(mode(&strange), 0o777, "it is not the cloud's");
        assert_eq!(data_dir.make_private().unwrap(), 0);
    }

    #[test]
    fn links_lead_to_the_folder_unless_another_user_made_them() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        std::fs::create_dir(dir.path().join("there")).unwrap();
        std::os::unix::fs::symlink("there", &link).unwrap();
        let data_dir = DataDir::new(link.join("local"));
        data_dir.make_private().unwrap();
        assert_eq!(mode(&dir.path().join("there/local")), 0o700);
        let somebody_else = geteuid().as_raw() + 1;
        // Root's own link is anybody's to follow.
        let refused = check_links(data_dir.root(), somebody_else);
        assert_eq!(refused.is_err(), geteuid().as_raw() != ROOT);
    }
}
