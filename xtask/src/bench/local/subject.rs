//! What is measured: a program, and a folder for its state.

use super::load::LoadClient;
use crate::bench::cloud::Cloud;
use crate::failure::Failure;
use std::fs;
use std::path::PathBuf;

/// A program with a folder for its state, and the client that it is measured with.
pub(super) struct Bench {
    pub(super) program: PathBuf,
    pub(super) data: PathBuf,
    pub(super) load: LoadClient,
}

impl Bench {
    pub(super) fn clear(&self) -> Result<(), Failure> {
        if self.data.exists() {
            fs::remove_dir_all(&self.data).map_err(|error| Failure::file(&self.data, &error))?;
        }
        Ok(())
    }

    /// A cloud with nothing in it.
    pub(super) fn cloud(&self) -> Result<Cloud, Failure> {
        self.clear()?;
        Cloud::start(&self.program, &self.data)
    }
}
