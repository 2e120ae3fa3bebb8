//! redb: a copy-on-write B-tree; page cache of 4 MiB; with and without quick repair after a crash.

use std::path::Path;

use redb::{Builder, Database, ReadableDatabase, ReadableTable, TableDefinition};

use crate::engine::{EachRow, Engine, Failure, Row, Table};

const EXECUTIONS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("executions");
const HISTORY: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("history");

pub struct Redb {
    database: Database,
    quick_repair: bool,
}

impl Redb {
    pub fn open(dir: &Path, quick_repair: bool) -> Result<Self, Failure> {
        let database = Builder::new().set_cache_size(4 << 20).create(dir.join("store.redb"))?;
        Ok(Self { database, quick_repair })
    }
}

impl Engine for Redb {
    fn write(&mut self, rows: Vec<Row>) -> Result<(), Failure> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_quick_repair(self.quick_repair);
        {
            let mut executions = transaction.open_table(EXECUTIONS)?;
            let mut history = transaction.open_table(HISTORY)?;
            for row in &rows {
                match row.table {
                    Table::Executions => executions.insert(row.key.as_str(), row.value.as_slice())?,
                    Table::History => history.insert(row.key.as_str(), row.value.as_slice())?,
                };
            }
        }
        transaction.commit()?;
        Ok(())
    }

    fn scan(&self, table: Table, each: EachRow<'_>) -> Result<(), Failure> {
        let transaction = self.database.begin_read()?;
        let table = match transaction.open_table(match table {
            Table::Executions => EXECUTIONS,
            Table::History => HISTORY,
        }) {
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(()),
            other => other?,
        };
        for row in table.iter()? {
            let (key, value) = row?;
            each(key.value().as_bytes(), value.value());
        }
        Ok(())
    }
}
