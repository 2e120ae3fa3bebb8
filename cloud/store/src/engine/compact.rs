//! Making the file smaller, when much of it is what deleted rows have left.
//!
//! The rows that are there are copied to a new file, which then takes the store's name. Commits go on meanwhile, in the
//! journal and in memory; who reads the old file goes on reading it. A kill leaves either the old file or the new one: both
//! hold the same.

use std::sync::atomic::Ordering;

use super::Engine;
use crate::StoreError;
use crate::disk::Folder;
use crate::file::FILE_NAME;
use crate::memory::LiveSnapshots;
use crate::read::view::View;
use crate::repair::copy::copy;

impl Engine {
    /// Whether deleted rows have left a third of the file, or, when the store is busy, half. redb doubles a file that grows, so up to
    /// half of it never held a row.
    pub(super) fn is_compaction_due(&self, is_idle: bool) -> bool {
        let freed = self.file.freed_bytes();
        let Some(folder) = &self.folder else {
            return false;
        };
        if freed < self.compacts_from_bytes.load(Ordering::Relaxed) || self.file.has_failed() {
            return false;
        }
        let len = folder.len(FILE_NAME).unwrap_or_default();
        if is_idle { freed >= len / 3 } else { freed >= len / 2 }
    }

    /// Makes the file smaller if it is due. Only who writes memory to the file calls it.
    pub(super) fn compact_if_due(&self, is_idle: bool) {
        let Some(folder) = &self.folder else {
            return;
        };
        if !self.is_compaction_due(is_idle) {
            return;
        }
        let before = folder.len(FILE_NAME).unwrap_or_default();
        let compacted = self.check_disk().and_then(|()| self.compact(&**folder));
        match compacted {
            Ok(()) => {
                self.compacts_from_bytes.store(self.limits.freed_bytes, Ordering::Relaxed);
                let after = folder.len(FILE_NAME).unwrap_or_default();
                tracing::info!(before_bytes = before, after_bytes = after, "the store's file was made smaller");
            }
            Err(failure) => {
                // Not again before as much has become free as is free now.
                self.compacts_from_bytes.store(self.file.freed_bytes() * 2, Ordering::Relaxed);
                tracing::warn!(error = %failure, "the store's file could not be made smaller");
            }
        }
    }

    fn compact(&self, folder: &dyn Folder) -> Result<(), StoreError> {
        let live = LiveSnapshots::default().begin(self.file.commit());
        let view = View::new(Vec::new(), live, self.file.read()?, self.path().to_owned());
        self.file.replace(copy(&view, folder)?);
        Ok(())
    }
}
