//! fjall: a log-structured merge tree behind a journal; block cache of 1 MiB, memtables of 16 MiB (with 4 MiB it idles higher).

use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use crate::engine::{EachRow, Engine, Failure, Row, Table};

pub struct Fjall {
    database: Database,
    executions: Keyspace,
    history: Keyspace,
}

impl Fjall {
    pub fn open(dir: &Path) -> Result<Self, Failure> {
        let database = Database::builder(dir.join("store.fjall"))
            .cache_size(1 << 20)
            .max_cached_files(Some(64))
            .max_journaling_size(64 << 20)
            .worker_threads(1)
            .open()?;
        let options = || KeyspaceCreateOptions::default().max_memtable_size(16 << 20);
        let executions = database.keyspace("executions", options)?;
        let history = database.keyspace("history", options)?;
        Ok(Self { database, executions, history })
    }
}

impl Engine for Fjall {
    fn write(&mut self, rows: Vec<Row>) -> Result<(), Failure> {
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for row in rows {
            let keyspace = match row.table {
                Table::Executions => &self.executions,
                Table::History => &self.history,
            };
            batch.insert(keyspace, row.key, row.value);
        }
        batch.commit()?;
        Ok(())
    }

    fn scan(&self, table: Table, each: EachRow<'_>) -> Result<(), Failure> {
        let keyspace = match table {
            Table::Executions => &self.executions,
            Table::History => &self.history,
        };
        for row in keyspace.iter() {
            let (key, value) = row.into_inner()?;
            each(&key, &value);
        }
        Ok(())
    }
}
