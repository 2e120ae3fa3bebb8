//! What a read sees: tables in memory up to a commit, over the file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::TableHandle;

use crate::error::{self, StoreError};
use crate::file::guarded::guarded;
use crate::file::{FORMAT, RowFileRead};
use crate::memory::{LiveSnapshot, MemoryTable};

/// One moment of the store.
pub(crate) struct View {
    /// Newest first.
    pub(crate) memory: Vec<Arc<MemoryTable>>,
    pub(crate) live: LiveSnapshot,
    pub(crate) file: RowFileRead,
    path: PathBuf,
}

impl View {
    pub(crate) fn new(memory: Vec<Arc<MemoryTable>>, live: LiveSnapshot, file: RowFileRead, path: PathBuf) -> Self {
        Self { memory, live, file, path }
    }

    /// The names of all tables, in memory and in the file.
    pub(crate) fn tables(&self) -> Result<BTreeSet<String>, StoreError> {
        let mut names: BTreeSet<String> = guarded(&self.path, || {
            let tables = self.file.transaction.list_tables();
            let tables = tables.map_err(|failure| error::read(&self.path, &failure.into()))?;
            Ok(tables.map(|table| table.name().to_owned()).collect())
        })?;
        names.remove(FORMAT.name());
        names.extend(self.memory.iter().flat_map(|memory| memory.tables()));
        Ok(names)
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}
