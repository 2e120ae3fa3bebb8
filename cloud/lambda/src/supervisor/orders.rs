//! What the cloud tells a supervisor, and what it hears from it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The first argument that makes this program a supervisor.
pub(crate) const ARGUMENT: &str = "sandbox-supervisor";

/// The first argument of the first process in a new process namespace.
pub(super) const INIT_ARGUMENT: &str = "sandbox-init";

/// The longest orders that are read: variables have 4 KB, the rest are paths.
const MAX_ORDERS_BYTES: u32 = 1 << 20;

/// What to run, and how it is fenced in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Orders {
    /// The function's program.
    pub(crate) program: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<OsString>,
    /// The folder it starts in: the function's code.
    pub(crate) folder: PathBuf,
    /// Every variable it gets.
    pub(crate) variables: BTreeMap<String, String>,
    /// What it is kept apart with.
    pub(crate) protection: Protection,
    /// The cloud's data, which it can't read.
    pub(crate) data_folder: PathBuf,
    /// What it reads all the same, in that folder or in `/tmp`.
    pub(crate) readable: Vec<PathBuf>,
    /// A folder of its own for temporary files; none where `/tmp` itself is its own.
    pub(crate) tmp_folder: Option<PathBuf>,
    /// How large `/tmp`, or one file, may become.
    pub(crate) tmp_bytes: u64,
}

/// What a sandbox is kept apart with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Protection {
    /// Mount, process and IPC namespaces.
    pub(crate) namespaces: Namespaces,
    /// Landlock rules.
    pub(crate) landlock: bool,
}

/// Which namespaces are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Namespaces {
    /// None.
    None,
    /// Those that only root may make.
    Privileged,
    /// The same in a user namespace, which needs no privilege.
    InUserNamespace,
}

impl Protection {
    /// Nothing but process groups and limits.
    pub(crate) const NONE: Self = Self { namespaces: Namespaces::None, landlock: false };

    /// Whether a function can't change what it does not own: its code can be shared by its sandboxes.
    pub(crate) fn guards_files(self) -> bool {
        self.landlock || self.has_namespaces()
    }

    /// Whether there are namespaces.
    pub(crate) fn has_namespaces(self) -> bool {
        self.namespaces != Namespaces::None
    }
}

/// What a supervisor says, a line of JSON each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The function's program runs.
    Started,
    /// The system did not run it.
    NotStarted {
        /// The system's error number.
        errno: Option<i32>,
        /// Its text.
        reason: String,
    },
    /// The sandbox could not be made.
    NotFenced {
        /// What failed, and why.
        reason: String,
    },
    /// The function's program has ended.
    Exited {
        /// The status as the system gives it.
        status: i32,
    },
}

/// What a supervisor is told, as it is sent: its length, then its JSON. First come [`Namespaces`], then [`Orders`].
pub(crate) fn frame(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(message)?;
    let length = u32::try_from(json.len()).map_err(io::Error::other)?;
    Ok([&length.to_be_bytes()[..], &json].concat())
}

/// Reads one message, and not a byte more.
pub(super) fn receive<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length > MAX_ORDERS_BYTES {
        return Err(io::Error::other("the orders are too long"));
    }
    let mut json = vec![0; length as usize];
    from.read_exact(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}
