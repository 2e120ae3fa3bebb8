//! A disk in memory that a test can crash: it keeps apart what was synced and what was not.

mod crash;
mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::folder::{Folder, OpenFile};
use file::{SimulatedFile, Stored};

/// A folder on a disk in memory; clones share it.
///
/// What was written but not synced is kept apart, so that [`SimulatedDisk::crash`] can lose or tear it. Every write, change
/// of a length, sync and change of a name is an operation; they are counted, and the disk can stop before any of them.
#[derive(Debug, Clone, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// All files that ever were, by number.
    files: Vec<Stored>,
    names: BTreeMap<String, usize>,
    durable_names: BTreeMap<String, usize>,
    /// Changes of names that were not synced.
    pending_names: Vec<NameChange>,
    /// The numbers of the files that are locked.
    locked: Vec<usize>,
    operations: u64,
    stops_after: Option<u64>,
    is_full: bool,
}

#[derive(Debug, Clone)]
enum NameChange {
    Create(String, usize),
    Rename(String, String),
    Remove(String),
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
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

impl SimulatedDisk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The disk after a power cut at this moment. What was synced is there. Of what was not, in the order of the seed, each
    /// write is there, lost, or torn at sectors of 512 bytes; of the changes of names that were not synced, the first few are there.
    /// The disk itself stays as it is, so that another seed can be tried; whoever has it open goes on with it.
    #[must_use]
    pub fn crash(&self, seed: u64) -> Self {
        Self(Arc::new(Mutex::new(crash::after(&self.state(), seed))))
    }

    /// How many operations the disk has done.
    #[must_use]
    pub fn operations(&self) -> u64 {
        self.state().operations
    }

    /// How many writes and changes of lengths were not synced.
    #[must_use]
    pub fn unsynced(&self) -> usize {
        self.state().files.iter().map(|file| file.pending.len()).sum()
    }

    /// Has all operations after this number of them ([`SimulatedDisk::operations`]) fail; the first that fails may be done in
    /// part. `None` lets the disk go on.
    pub fn stop_after(&self, operations: Option<u64>) {
        self.state().stops_after = operations;
    }

    /// Has writes fail as on a full disk, half done, or not.
    pub fn set_full(&self, is_full: bool) {
        self.state().is_full = is_full;
    }

    /// The names of the files and how long each is, in bytes.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, u64> {
        let state = self.state();
        let len = |file: &usize| state.files.get(*file).map_or(0, |file| file.now.len() as u64);
        state.names.iter().map(|(name, file)| (name.clone(), len(file))).collect()
    }

    /// Changes the bytes of a file, as damage does; nothing happens when there is none of this name.
    pub fn damage(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        if let Some(number) = state.names.get(name).copied()
            && let Some(file) = state.files.get_mut(number)
        {
            change(&mut file.now);
            file.sync_all();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Counts an operation; an error when the disk has stopped.
    fn operation(&mut self) -> io::Result<()> {
        if self.stops_after.is_some_and(|most| self.operations >= most) {
            return Err(io::Error::other("the simulated disk has stopped"));
        }
        self.operations += 1;
        Ok(())
    }

    fn change_names(&mut self, change: NameChange) -> io::Result<()> {
        self.operation()?;
        change.apply(&mut self.names);
        self.pending_names.push(change);
        Ok(())
    }
}

impl Folder for SimulatedDisk {
    fn path(&self) -> &Path {
        Path::new("(simulated disk)")
    }

    fn exists(&self, name: &str) -> bool {
        self.state().names.contains_key(name)
    }

    fn is_folder(&self, _: &str) -> bool {
        false
    }

    fn open(&self, name: &str) -> io::Result<OpenFile> {
        let number = self.state().names.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SimulatedFile::new(self.clone(), number)))
    }

    fn open_or_create(&self, name: &str) -> io::Result<OpenFile> {
        if !self.exists(name) {
            let mut state = self.state();
            let number = state.files.len();
            state.change_names(NameChange::Create(name.to_owned(), number))?;
            state.files.push(Stored::default());
        }
        self.open(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        if !state.names.contains_key(from) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.change_names(NameChange::Rename(from.to_owned(), to.to_owned()))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        if !state.names.contains_key(name) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.change_names(NameChange::Remove(name.to_owned()))
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state();
        state.operation()?;
        for change in std::mem::take(&mut state.pending_names) {
            change.apply(&mut state.durable_names);
        }
        Ok(())
    }
}
