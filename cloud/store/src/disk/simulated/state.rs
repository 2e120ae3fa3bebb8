//! What the simulated disk holds: files by number, their names, and how far it goes.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::stored::Stored;

/// The state, shared by the disk and its open files.
pub(super) type Shared = Arc<Mutex<State>>;

/// The state, whatever a test did that had it.
pub(super) fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All that the disk holds.
#[derive(Debug, Default)]
pub(super) struct State {
    /// All files that ever were, by number.
    pub(super) files: Vec<Stored>,
    pub(super) names: BTreeMap<String, usize>,
    pub(super) durable_names: BTreeMap<String, usize>,
    /// Changes of names that were not synced.
    pub(super) pending_names: Vec<NameChange>,
    /// The numbers of the files that are locked.
    pub(super) locked: Vec<usize>,
    pub(super) operations: u64,
    pub(super) stops_after: Option<u64>,
    pub(super) is_full: bool,
}

/// A change of a name.
#[derive(Debug, Clone)]
pub(super) enum NameChange {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
}

impl NameChange {
    pub(super) fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            Self::Create(name, file) => {
                names.insert(name.clone(), *file);
            }
            Self::Rename(from, to) => {
                if let Some(file) = names.remove(from) {
                    names.insert(to.clone(), file);
                }
            }
            Self::Remove(name) => {
                names.remove(name);
            }
        }
    }
}

impl State {
    /// Counts an operation; an error when the disk has stopped.
    pub(super) fn operation(&mut self) -> io::Result<()> {
        if self.stops_after.is_some_and(|most| self.operations >= most) {
            return Err(io::Error::other("the simulated disk has stopped"));
        }
        self.operations += 1;
        Ok(())
    }

    pub(super) fn change_names(&mut self, change: NameChange) -> io::Result<()> {
        self.operation()?;
        change.apply(&mut self.names);
        self.pending_names.push(change);
        Ok(())
    }
}
