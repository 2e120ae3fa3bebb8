//! The folder that holds the store's files: a real one, or one on a simulated disk.

mod real;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod simulated;

use std::fmt::Debug;
use std::io;
use std::path::Path;

use redb::StorageBackend;

pub(crate) use real::RealFolder;

/// An open file. redb's trait has all that the journal needs too.
pub(crate) type OpenFile = Box<dyn StorageBackend>;

/// What the store does with the names in its folder.
pub(crate) trait Folder: Debug + Send + Sync {
    /// Where the folder lies; for messages, and for the paths of the files in it.
    fn path(&self) -> &Path;

    /// Whether there is something of this name.
    fn exists(&self, name: &str) -> bool;

    /// Whether what has this name is a folder.
    fn is_folder(&self, name: &str) -> bool;

    /// How long a file is, in bytes.
    fn len(&self, name: &str) -> io::Result<u64>;

    /// Opens a file that is there, for reading and writing.
    fn open(&self, name: &str) -> io::Result<OpenFile>;

    /// Opens a file for reading and writing, and makes it when there is none: for its owner only, because stored functions
    /// may hold secrets.
    fn open_or_create(&self, name: &str) -> io::Result<OpenFile>;

    /// Gives a file another name; what had that name is gone.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Gives a file a second name, or copies it where files have one name only.
    fn keep_as(&self, name: &str, second: &str) -> io::Result<()>;

    /// Whether there is nothing in the folder.
    fn is_empty(&self) -> io::Result<bool>;

    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Makes the names durable.
    fn sync(&self) -> io::Result<()>;
}
