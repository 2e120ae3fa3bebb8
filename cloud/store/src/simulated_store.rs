//! A store on a simulated disk, for tests and simulations.

use std::sync::Arc;

use crate::disk::simulated::SimulatedDisk;
use crate::engine::{Engine, Limits};
use crate::error::StoreError;
use crate::store::Store;
use crate::write::inline::Grouping;

impl Store {
    /// Opens the store on a simulated disk, which works as [`Store::open_inline`] does.
    ///
    /// # Errors
    /// As for [`Store::open`], and when the disk has stopped.
    pub fn open_simulated(disk: &SimulatedDisk) -> Result<Self, StoreError> {
        Ok(Self::inline(Engine::open(Arc::new(disk.clone()), Limits::SIMULATED)?))
    }

    /// Opens the store on a simulated disk as [`Store::open_simulated`] does, but joins commits: all that are handed over until
    /// one of them has been pending are written as one group, as the thread of [`Store::open`] does with what waits for it. A
    /// commit whose future is dropped is written by then.
    ///
    /// # Errors
    /// As for [`Store::open_simulated`].
    pub fn open_simulated_joining(disk: &SimulatedDisk) -> Result<Self, StoreError> {
        Ok(Self::without_thread(Engine::open(Arc::new(disk.clone()), Limits::SIMULATED)?, Grouping::Joined))
    }
}
