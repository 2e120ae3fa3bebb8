//! A journal in memory only, with the shape of the durable one.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Table {
    Roles,
    LogGroups,
    LogStreams,
    LogEvents,
    Functions,
    Apis,
    StateMachines,
    Executions,
    History,
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    /// A value could not be turned into JSON or back.
    #[error("a stored value could not be read or written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

type Values = BTreeMap<(Table, String), Vec<u8>>;

/// The values of the embedded cloud.
#[derive(Clone)]
pub(crate) struct Store {
    values: Arc<Mutex<Values>>,
}

enum Change {
    Put(Table, String, Vec<u8>),
    Delete(Table, String),
    DeletePrefix(Table, String),
}

/// Changes that happen together or not at all.
#[derive(Default)]
pub(crate) struct Batch {
    changes: Vec<Change>,
}

impl Batch {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn put<T: Serialize>(
        &mut self,
        table: Table,
        key: impl Into<String>,
        value: &T,
    ) -> Result<(), StoreError> {
        self.changes
            .push(Change::Put(table, key.into(), serde_json::to_vec(value)?));
        Ok(())
    }

    pub(crate) fn delete(&mut self, table: Table, key: impl Into<String>) {
        self.changes.push(Change::Delete(table, key.into()));
    }

    pub(crate) fn delete_prefix(&mut self, table: Table, prefix: impl Into<String>) {
        self.changes
            .push(Change::DeletePrefix(table, prefix.into()));
    }
}

impl Store {
    pub(crate) fn open(_dir: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            values: Arc::default(),
        })
    }

    pub(crate) fn load<T: DeserializeOwned>(
        &self,
        table: Table,
    ) -> Result<Vec<(String, T)>, StoreError> {
        self.load_prefix(table, "")
    }

    pub(crate) fn load_prefix<T: DeserializeOwned>(
        &self,
        table: Table,
        prefix: &str,
    ) -> Result<Vec<(String, T)>, StoreError> {
        let values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = values.range((table, prefix.to_owned())..);
        rows.take_while(|((other, key), _)| *other == table && key.starts_with(prefix))
            .map(|((_, key), value)| Ok((key.clone(), serde_json::from_slice(value)?)))
            .collect()
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.submit(batch);
        Ok(())
    }

    pub(crate) fn submit(&self, batch: Batch) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        for change in batch.changes {
            match change {
                Change::Put(table, key, value) => drop(values.insert((table, key), value)),
                Change::Delete(table, key) => drop(values.remove(&(table, key))),
                Change::DeletePrefix(table, prefix) => {
                    values.retain(|(other, key), _| *other != table || !key.starts_with(&prefix));
                }
            }
        }
    }

    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
