//! SQLite: write-ahead log, `synchronous=FULL`, page cache of 4 MiB.

use std::path::Path;

use rusqlite::Connection;

use crate::engine::{EachRow, Engine, Failure, Row, Table};

pub struct Sqlite {
    connection: Connection,
}

impl Sqlite {
    pub fn open(dir: &Path) -> Result<Self, Failure> {
        let connection = Connection::open(dir.join("store.sqlite"))?;
        connection.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4096;
             CREATE TABLE IF NOT EXISTS executions (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS history (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;",
        )?;
        Ok(Self { connection })
    }
}

impl Engine for Sqlite {
    fn write(&mut self, rows: Vec<Row>) -> Result<(), Failure> {
        let transaction = self.connection.transaction()?;
        {
            let mut executions = transaction.prepare_cached("INSERT OR REPLACE INTO executions VALUES (?1, ?2)")?;
            let mut history = transaction.prepare_cached("INSERT OR REPLACE INTO history VALUES (?1, ?2)")?;
            for row in &rows {
                match row.table {
                    Table::Executions => executions.execute((&row.key, &row.value))?,
                    Table::History => history.execute((&row.key, &row.value))?,
                };
            }
        }
        transaction.commit()?;
        Ok(())
    }

    fn scan(&self, table: Table, each: EachRow<'_>) -> Result<(), Failure> {
        let mut select = self.connection.prepare(match table {
            Table::Executions => "SELECT key, value FROM executions ORDER BY key",
            Table::History => "SELECT key, value FROM history ORDER BY key",
        })?;
        let mut rows = select.query(())?;
        while let Some(row) = rows.next()? {
            each(row.get_ref(0)?.as_bytes()?, row.get_ref(1)?.as_bytes()?);
        }
        Ok(())
    }
}
