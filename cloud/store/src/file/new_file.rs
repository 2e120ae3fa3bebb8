//! Filling a new file with rows in order, before it gets the store's name.

use redb::Database;

use crate::StoreError;
use crate::disk::Folder;
use crate::error;
use crate::file::{self, FILE_NAME, UNFINISHED_NAME, create_unfinished, definition_of};
use crate::memory::MemoryTable;
use crate::read::stored_table::StoredValue;

/// How much is written in one transaction, in bytes.
const TRANSACTION_BYTES: usize = 4 << 20;

/// A file that is being filled.
pub(crate) struct NewFile<'a> {
    folder: &'a dyn Folder,
    database: Database,
    table: String,
    rows: Vec<(Vec<u8>, Vec<u8>)>,
    size_bytes: usize,
}

impl<'a> NewFile<'a> {
    pub(crate) fn create(folder: &'a dyn Folder) -> Result<Self, StoreError> {
        let path = folder.path().join(UNFINISHED_NAME);
        let database = create_unfinished(folder).map_err(|failure| error::write(&path, &failure))?;
        Ok(Self { folder, database, table: String::new(), rows: Vec::new(), size_bytes: 0 })
    }

    /// Adds a row, whose checksum is looked at; the error is what is wrong with it.
    pub(crate) fn put(
        &mut self,
        table: &str,
        key: &[u8],
        value: &StoredValue<'_>,
    ) -> Result<Result<(), String>, StoreError> {
        let value = match value.framed(table, key) {
            Ok(value) => value.into_owned(),
            Err(reason) => return Ok(Err(reason)),
        };
        if self.table != table || self.size_bytes >= TRANSACTION_BYTES {
            self.write()?;
            table.clone_into(&mut self.table);
        }
        self.size_bytes += key.len() + value.len();
        self.rows.push((key.to_owned(), value));
        Ok(Ok(()))
    }

    /// Writes a table of memory over what is there.
    pub(crate) fn put_memory(&mut self, memory: &MemoryTable) -> Result<(), StoreError> {
        self.write()?;
        file::apply(&self.database, memory, 0).map(drop).map_err(|failure| self.failed(&failure))
    }

    /// Makes all of it durable, as of a commit, and gives it the store's name.
    pub(crate) fn finish(mut self, commit: u64) -> Result<Database, StoreError> {
        self.write()?;
        let named = file::set_format(&self.database, &[(file::COMMIT_KEY, commit)])
            .and_then(|()| Ok(self.folder.rename(UNFINISHED_NAME, FILE_NAME)?))
            .and_then(|()| Ok(self.folder.sync()?));
        named.map_err(|failure| self.failed(&failure))?;
        Ok(self.database)
    }

    /// Gives it up.
    pub(crate) fn discard(self) {
        let Self { folder, database, .. } = self;
        drop(database);
        if let Err(reason) = folder.remove(UNFINISHED_NAME) {
            // The next one that is made writes over it.
            tracing::debug!(error = %reason, "an unfinished store could not be removed");
        }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.size_bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        write_rows(&self.database, &self.table, rows).map_err(|failure| self.failed(&failure))
    }

    fn failed(&self, failure: &redb::Error) -> StoreError {
        error::write(&self.folder.path().join(UNFINISHED_NAME), failure)
    }
}

fn write_rows(database: &Database, table: &str, rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut table = transaction.open_table(definition_of(table))?;
        for (key, value) in rows {
            table.insert(key.as_slice(), value.as_slice())?;
        }
    }
    Ok(transaction.commit()?)
}
