//! The values of one kind of resource: read from memory, written to the store before anyone sees them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::ServiceError;
use super::store::{Batch, Store, StoreError, Table};

/// All values of one table by key. A change is durable before a reader can see it, and changes happen one at a time, so
/// that a decision (does it exist already?) still holds when its change lands.
pub(crate) struct Records<T> {
    store: Store,
    table: Table,
    values: Mutex<BTreeMap<String, T>>,
    writing: tokio::sync::Mutex<()>,
}

/// One change to a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Change<T> {
    /// Insert or replace the value.
    Put(String, T),
    /// Remove the value.
    Delete(String),
}

impl<T: Clone + Serialize + DeserializeOwned> Records<T> {
    /// Loads the table.
    pub(crate) fn open(store: &Store, table: Table) -> Result<Self, StoreError> {
        let values = store.load(table)?.into_iter().collect();
        Ok(Self { store: store.clone(), table, values: Mutex::new(values), writing: tokio::sync::Mutex::new(()) })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, T>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value with this key.
    pub(crate) fn get(&self, key: &str) -> Option<T> {
        self.lock().get(key).cloned()
    }

    /// Looks at all values, in key order; `look` must be quick, others wait for it.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&BTreeMap<String, T>) -> R) -> R {
        look(&self.lock())
    }

    /// Decides on changes from what is there, makes them durable, then shows them. An error changes nothing.
    pub(crate) async fn change<R>(
        &self,
        decide: impl FnOnce(&BTreeMap<String, T>) -> Result<(Vec<Change<T>>, R), ServiceError>,
    ) -> Result<R, ServiceError> {
        let _one_at_a_time = self.writing.lock().await;
        let (changes, answer) = decide(&self.lock())?;
        let mut batch = Batch::new();
        for change in &changes {
            match change {
                Change::Put(key, value) => batch.put(self.table, key.clone(), value)?,
                Change::Delete(key) => batch.delete(self.table, key.clone()),
            }
        }
        if !changes.is_empty() {
            self.store.commit(batch).await?;
        }
        let mut values = self.lock();
        for change in changes {
            match change {
                Change::Put(key, value) => drop(values.insert(key, value)),
                Change::Delete(key) => drop(values.remove(&key)),
            }
        }
        Ok(answer)
    }

    /// Changes one value that must exist; `missing` is the answer when it does not.
    pub(crate) async fn update<R>(
        &self,
        key: &str,
        missing: impl FnOnce() -> ServiceError,
        edit: impl FnOnce(&mut T) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.change(|values| {
            let mut value = values.get(key).cloned().ok_or_else(missing)?;
            let answer = edit(&mut value)?;
            Ok((vec![Change::Put(key.to_owned(), value)], answer))
        })
        .await
    }
}
