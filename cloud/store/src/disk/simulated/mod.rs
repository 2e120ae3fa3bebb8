//! A disk in memory that a test can crash: it keeps apart what was synced and what was not.

mod crash;
mod file;
mod state;
mod stored;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::disk::{Folder, OpenFile};
use file::SimulatedFile;
use state::{NameChange, State, lock};
use stored::Stored;

/// A folder on a disk in memory; clones share it.
///
/// What was written but not synced is kept apart, so that [`SimulatedDisk::crash`] can lose or tear it. Every write, change
/// of a length, sync and change of a name is an operation; they are counted, and the disk can stop before any of them.
#[derive(Debug, Clone, Default)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

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

    /// The bytes of a file; nothing when there is none of this name.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        let state = self.state();
        let file = state.names.get(name)?;
        state.files.get(*file).map(|file| file.now.clone())
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
        lock(&self.0)
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

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(self.files().get(name).copied().ok_or(io::ErrorKind::NotFound)?)
    }

    fn open(&self, name: &str) -> io::Result<OpenFile> {
        let number = self.state().names.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(SimulatedFile::new(Arc::clone(&self.0), number)))
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

    fn keep_as(&self, name: &str, second: &str) -> io::Result<()> {
        let mut state = self.state();
        let number = state.names.get(name).copied().ok_or(io::ErrorKind::NotFound)?;
        state.change_names(NameChange::Create(second.to_owned(), number))
    }

    fn is_empty(&self) -> io::Result<bool> {
        Ok(self.state().names.is_empty())
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
