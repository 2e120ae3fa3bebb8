//! The values of one kind of resource: read from memory, written to the store before anyone sees them.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::ServiceError;
use super::past::{Past, View};
use super::store::{Batch, Store, StoreError, Table};
use aws::clock;

/// All values of one table by key. A change is durable before a reader can see it, and changes happen one at a time, so
/// that a decision (does it exist already?) still holds when its change lands.
pub(crate) struct Records<T> {
    store: Store,
    table: Table,
    values: Mutex<BTreeMap<String, T>>,
    /// What changes replaced lately, while somebody asks for it; locked after the values.
    past: Mutex<Past<T>>,
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
        let (past, writing) = (Mutex::default(), tokio::sync::Mutex::new(()));
        Ok(Self { store: store.clone(), table, values: Mutex::new(values), past, writing })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, T>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn past(&self) -> MutexGuard<'_, Past<T>> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value with this key, as of the moment of the caller's [`View`].
    pub(crate) fn get(&self, key: &str) -> Option<T> {
        let values = self.lock();
        match View::as_of() {
            None => values.get(key).cloned(),
            Some(moment) => self.past().value(key, values.get(key), moment),
        }
    }

    /// Looks at all values, in key order, as of the moment of the caller's [`View`]; `look` must be quick, others wait for
    /// it.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&BTreeMap<String, T>) -> R) -> R {
        let values = self.lock();
        let earlier = View::as_of().and_then(|moment| {
            let past = self.past();
            past.changed_after(moment).then(|| past.values(&values, moment))
        });
        look(earlier.as_ref().unwrap_or(&values))
    }

    /// The values that a key had from one moment to another, oldest first, as far as they are remembered; the last one is
    /// that of the later moment.
    pub(crate) fn held(&self, key: &str, from: Timestamp, to: Timestamp) -> Vec<Option<T>> {
        let values = self.lock();
        self.past().held(key, values.get(key), from, to)
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
        let remembered = View::keep().map(|keep| (keep, clock::now()));
        let mut values = self.lock();
        for change in changes {
            let (key, replaced) = match change {
                Change::Put(key, value) => (key.clone(), values.insert(key, value)),
                Change::Delete(key) => {
                    let replaced = values.remove(&key);
                    (key, replaced)
                }
            };
            if let Some((keep, now)) = remembered {
                self.past().remember(key, replaced, now, keep);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str, value: u32) -> Change<u32> {
        Change::Put(key.to_owned(), value)
    }

    #[tokio::test]
    async fn what_was_changed_is_read_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let records: Records<u32> = Records::open(&store, Table::Roles).unwrap();
        records.change(|_| Ok((vec![put("a", 1), put("b", 2)], ()))).await.unwrap();
        records.change(|_| Ok((vec![Change::Delete("a".to_owned())], ()))).await.unwrap();
        let missing = || ServiceError::bad_request("Missing", "");
        records
            .update("b", missing, |value| {
                *value += 1;
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!((records.get("a"), records.get("b")), (None, Some(3)));
        let again: Records<u32> = Records::open(&store, Table::Roles).unwrap();
        assert_eq!(again.read(Clone::clone), BTreeMap::from([("b".to_owned(), 3)]));
    }

    #[tokio::test]
    async fn an_error_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let records: Records<u32> = Records::open(&store, Table::Roles).unwrap();
        let refused = || ServiceError::bad_request("No", "");
        let result = records.change(|_| -> Result<(Vec<Change<u32>>, ()), ServiceError> { Err(refused()) }).await;
        assert_eq!(result, Err(refused()));
        assert_eq!(records.update("x", refused, |_| Ok(())).await, Err(refused()));
        assert!(records.read(BTreeMap::is_empty));
    }

    #[tokio::test]
    async fn a_view_of_the_past_sees_it_and_a_change_decides_on_the_present() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let records: Records<u32> = Records::open(&store, Table::Roles).unwrap();
        let keep = std::time::Duration::from_secs(60);
        let writing = View { keep, as_of: None };
        writing.during(records.change(|_| Ok((vec![put("a", 1)], ())))).await.unwrap();
        let moment = clock::now();
        // A change in the very same instant would belong to it.
        clock::sleep_until(moment + jiff::SignedDuration::from_micros(10)).await;
        let both = |values: &BTreeMap<String, u32>| {
            assert_eq!(values.get("a"), Some(&1));
            Ok((vec![put("a", 2), put("b", 1)], ()))
        };
        writing.during(records.change(both)).await.unwrap();
        let reading = View { keep, as_of: Some(moment) };
        let seen = reading.during(async { (records.get("a"), records.get("b"), records.read(Clone::clone)) }).await;
        assert_eq!(seen, (Some(1), None, BTreeMap::from([("a".to_owned(), 1)])));
        assert_eq!((records.get("a"), records.get("b")), (Some(2), Some(1)));
        assert_eq!(records.held("a", moment, clock::now()), [Some(1), Some(2)]);
        let unchanged = reading.during(records.change(|values| Ok((Vec::new(), values.get("a").copied()))));
        assert_eq!(unchanged.await, Ok(Some(2)));
    }

    #[tokio::test]
    async fn decisions_are_taken_one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let records: std::sync::Arc<Records<u32>> = std::sync::Arc::new(Records::open(&store, Table::Roles).unwrap());
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let records = std::sync::Arc::clone(&records);
                tokio::spawn(async move {
                    let next = |values: &BTreeMap<String, u32>| values.get("n").copied().unwrap_or(0) + 1;
                    records.change(|values| Ok((vec![put("n", next(values))], ()))).await.unwrap();
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(records.get("n"), Some(50));
    }
}
