//! The values of one kind of resource: read from memory, written to the store before anyone sees them.

mod unreadable;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_store::{Batch, Range, Store, StoreError, Table};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedMutexGuard;

use super::clock::Clock;
use super::error::ServiceError;
use super::location::Location;
use super::snapshots::{ReadView, Snapshots};
pub use unreadable::UnreadableRows;

/// All values of one table by key; clones share them. A change is durable before a reader can see it, and changes happen one
/// at a time, so that a decision (does it exist already?) still holds when its change lands.
///
/// A value that can't be read holds nothing else up: it is left in the store as it is and told in the log. Whoever asks for it
/// gets the reason ([`CachedTable::missing`]), not that it does not exist, and nothing is written under its key.
///
/// A change that was decided lands whole, on disk and in memory, even when the caller's future is dropped while it waits.
pub struct CachedTable<T> {
    inner: Arc<Inner<T>>,
}

impl<T> Clone for CachedTable<T> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

struct Inner<T> {
    store: Store,
    table: Table,
    clock: Clock,
    values: Mutex<BTreeMap<String, T>>,
    unreadable: UnreadableRows,
    /// What changes replaced lately, while somebody asks for it; locked after the values.
    snapshots: Mutex<Snapshots<T>>,
    writing: Arc<tokio::sync::Mutex<()>>,
    /// How often something has changed.
    generation: AtomicU64,
}

/// One change to a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Change<T> {
    /// Insert or replace the value.
    Put(String, T),
    /// Remove the value.
    Delete(String),
}

impl<T> Inner<T> {
    fn values(&self) -> MutexGuard<'_, BTreeMap<String, T>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn snapshots(&self) -> MutexGuard<'_, Snapshots<T>> {
        self.snapshots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone + Serialize + DeserializeOwned + Send + 'static> CachedTable<T> {
    /// Loads the table. Values that can't be read are set aside.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(store: &Store, table: Table, clock: Clock) -> Result<Self, StoreError> {
        let mut values = BTreeMap::new();
        let unreadable = UnreadableRows::default();
        store.snapshot()?.scan_tolerant(table, Range::all(), |key, value| {
            match value {
                Ok(value) => {
                    values.insert(key.to_owned(), value);
                }
                Err(reason) => unreadable.note(table, key, &reason),
            }
            ControlFlow::Continue(())
        })?;
        let inner = Inner {
            store: store.clone(),
            table,
            clock,
            values: Mutex::new(values),
            unreadable,
            snapshots: Mutex::default(),
            writing: Arc::default(),
            generation: AtomicU64::new(0),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The value with this key, as of the moment of the caller's [`ReadView`].
    #[must_use]
    pub fn get(&self, key: &str) -> Option<T> {
        let values = self.inner.values();
        match ReadView::as_of() {
            None => values.get(key).cloned(),
            Some(moment) => self.inner.snapshots().value(key, values.get(key), moment),
        }
    }

    /// Looks at all values, in key order, as of the moment of the caller's [`ReadView`]; `look` must be quick, others wait for
    /// it.
    pub fn read<R>(&self, look: impl FnOnce(&BTreeMap<String, T>) -> R) -> R {
        let values = self.inner.values();
        let earlier = ReadView::as_of().and_then(|moment| {
            let snapshots = self.inner.snapshots();
            snapshots.changed_after(moment).then(|| snapshots.values(&values, moment))
        });
        look(earlier.as_ref().unwrap_or(&values))
    }

    /// The accounts and regions that have a value here, where keys are made by [`Location::key`].
    #[must_use]
    pub fn locations(&self) -> BTreeSet<Location> {
        let values = self.inner.values();
        let mut found = BTreeSet::new();
        let mut next = values.keys().next();
        while let Some((prefix, _)) = next.and_then(|key| key.split_once('/')) {
            found.insert(Location::from_key_prefix(prefix));
            // Past all keys that begin with this one: the sign after a slash.
            next = values.range(format!("{prefix}0")..).next().map(|(key, _)| key);
        }
        found
    }

    /// A number that another one follows with each change. Whoever keeps what was read, and asked for the number before, knows
    /// by it whether that still holds.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.inner.generation.load(Ordering::Acquire)
    }

    /// The values that a key had from one moment to another, oldest first, as far as they are remembered; the last one is
    /// that of the later moment.
    #[must_use]
    pub fn held(&self, key: &str, from: Timestamp, to: Timestamp) -> Vec<Option<T>> {
        let values = self.inner.values();
        self.inner.snapshots().held(key, values.get(key), from, to)
    }

    /// The values that can't be read.
    #[must_use]
    pub fn unreadable(&self) -> &UnreadableRows {
        &self.inner.unreadable
    }

    /// Refuses a key whose value can't be read, which nothing may replace.
    ///
    /// # Errors
    /// The reason.
    pub fn refuse_unreadable(&self, key: &str) -> Result<(), ServiceError> {
        self.inner.unreadable.reason(self.inner.table, key).map_or(Ok(()), |reason| Err(reason.into()))
    }

    /// The answer where there is no value of a key: `absent`, unless there is one that can't be read.
    pub fn missing(&self, key: &str, absent: impl FnOnce() -> ServiceError) -> ServiceError {
        match self.inner.unreadable.reason(self.inner.table, key) {
            Some(reason) => reason.into(),
            None => absent(),
        }
    }

    /// Decides on changes from what is there, makes them durable, then shows them. An error changes nothing.
    ///
    /// Once `decide` has been called the change lands, or fails, as a whole: dropping this future does not stop it.
    ///
    /// # Errors
    /// What `decide` refuses, or the store's failure; a key whose value can't be read is not written to.
    pub async fn change<R>(
        &self,
        decide: impl FnOnce(&BTreeMap<String, T>) -> Result<(Vec<Change<T>>, R), ServiceError>,
    ) -> Result<R, ServiceError> {
        let one_at_a_time = Arc::clone(&self.inner.writing).lock_owned().await;
        let (changes, answer) = decide(&self.inner.values())?;
        if changes.is_empty() {
            return Ok(answer);
        }
        let mut batch = Batch::new();
        for change in &changes {
            let (Change::Put(key, _) | Change::Delete(key)) = change;
            self.refuse_unreadable(key)?;
            match change {
                Change::Put(key, value) => batch.put(self.inner.table, key.clone(), value)?,
                Change::Delete(key) => batch.delete(self.inner.table, key.clone()),
            }
        }
        // In a task of its own, so that memory shows what the disk has, whoever goes away in between.
        let landing = tokio::spawn(land(Arc::clone(&self.inner), batch, changes, ReadView::keep(), one_at_a_time));
        match landing.await {
            Ok(landed) => landed?,
            Err(error) => return Err(ServiceError::internal(format!("A change was interrupted: {error}."))),
        }
        Ok(answer)
    }

    /// Changes one value that must exist; `missing` is the answer when it does not.
    ///
    /// # Errors
    /// `missing`, what `edit` refuses, or the store's failure.
    pub async fn update<R>(
        &self,
        key: &str,
        missing: impl FnOnce() -> ServiceError,
        edit: impl FnOnce(&mut T) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        self.change(|values| {
            let mut value = values.get(key).cloned().ok_or_else(|| self.missing(key, missing))?;
            let answer = edit(&mut value)?;
            Ok((vec![Change::Put(key.to_owned(), value)], answer))
        })
        .await
    }
}

/// Makes changes durable, then shows them.
async fn land<T: Clone>(
    inner: Arc<Inner<T>>,
    batch: Batch,
    changes: Vec<Change<T>>,
    keep: Option<std::time::Duration>,
    _one_at_a_time: OwnedMutexGuard<()>,
) -> Result<(), StoreError> {
    inner.store.commit(batch).await?;
    let remembered = keep.map(|keep| (keep, inner.clock.now()));
    let mut values = inner.values();
    inner.generation.fetch_add(1, Ordering::Release);
    for change in changes {
        let (key, replaced) = match change {
            Change::Put(key, value) => (key.clone(), values.insert(key, value)),
            Change::Delete(key) => {
                let replaced = values.remove(&key);
                (key, replaced)
            }
        };
        if let Some((keep, now)) = remembered {
            inner.snapshots().remember(key, replaced, now, keep);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    const TABLE: Table = Table::new("numbers");

    fn put(key: &str, value: u32) -> Change<u32> {
        Change::Put(key.to_owned(), value)
    }

    #[tokio::test]
    async fn what_was_changed_is_read_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let records: CachedTable<u32> = CachedTable::open(&store, TABLE, Clock::system()).unwrap();
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
        assert_eq!(records.generation(), 3, "each change is one");
        let again: CachedTable<u32> = CachedTable::open(&store, TABLE, Clock::system()).unwrap();
        assert_eq!(again.read(Clone::clone), BTreeMap::from([("b".to_owned(), 3)]));
    }

    #[tokio::test]
    async fn a_value_that_cannot_be_read_is_left_and_holds_nothing_else_up() {
        let store = Store::in_memory().unwrap();
        let mut batch = Batch::new();
        batch.put(TABLE, "a", &1).unwrap();
        batch.put_bytes(TABLE, "b", b"damaged".to_vec());
        batch.put(TABLE, "c", &3).unwrap();
        store.commit(batch).await.unwrap();
        let records: CachedTable<u32> = CachedTable::open(&store, TABLE, Clock::system()).unwrap();
        assert_eq!(records.read(Clone::clone), BTreeMap::from([("a".to_owned(), 1), ("c".to_owned(), 3)]));
        assert_eq!(records.unreadable().count(), 1);
        let absent = || ServiceError::bad_request("Missing", "");
        assert_eq!(records.missing("d", absent), absent());
        let reason = records.missing("b", absent);
        assert_eq!(reason.status, 500);
        assert!(reason.message.contains("in table `numbers` under `b`"), "{reason}");
        for change in [put("b", 2), Change::Delete("b".to_owned())] {
            let refused = records.change(|_| Ok((vec![put("a", 9), change], ()))).await;
            assert_eq!(refused, Err(reason.clone()));
        }
        assert_eq!(records.update("b", absent, |_| Ok(())).await, Err(reason));
        records.change(|_| Ok((vec![put("a", 2)], ()))).await.unwrap();
        assert_eq!(records.get("a"), Some(2));
        assert_eq!(store.get::<u32>(TABLE, "c"), Ok(Some(3)));
        assert!(store.get::<u32>(TABLE, "b").is_err(), "it is still there");
    }

    #[tokio::test]
    async fn an_error_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let records: CachedTable<u32> = CachedTable::open(&store, TABLE, Clock::system()).unwrap();
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
        let (clock, control) = Clock::moved_by_hand("2026-01-01T00:00:00Z".parse().unwrap());
        let records: CachedTable<u32> = CachedTable::open(&store, TABLE, clock.clone()).unwrap();
        let keep = std::time::Duration::from_secs(60);
        let writing = ReadView { keep, as_of: None };
        writing.during(records.change(|_| Ok((vec![put("a", 1)], ())))).await.unwrap();
        let moment = clock.now();
        // A change in the very same instant would belong to it.
        control.advance(std::time::Duration::from_micros(10));
        let both = |values: &BTreeMap<String, u32>| {
            assert_eq!(values.get("a"), Some(&1));
            Ok((vec![put("a", 2), put("b", 1)], ()))
        };
        writing.during(records.change(both)).await.unwrap();
        let reading = ReadView { keep, as_of: Some(moment) };
        let seen = reading.during(async { (records.get("a"), records.get("b"), records.read(Clone::clone)) }).await;
        assert_eq!(seen, (Some(1), None, BTreeMap::from([("a".to_owned(), 1)])));
        assert_eq!((records.get("a"), records.get("b")), (Some(2), Some(1)));
        assert_eq!(records.held("a", moment, clock.now()), [Some(1), Some(2)]);
        let unchanged = reading.during(records.change(|values| Ok((Vec::new(), values.get("a").copied()))));
        assert_eq!(unchanged.await, Ok(Some(2)));
    }

    #[tokio::test]
    async fn decisions_are_taken_one_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let records: std::sync::Arc<CachedTable<u32>> =
            std::sync::Arc::new(CachedTable::open(&store, TABLE, Clock::system()).unwrap());
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

    #[tokio::test(flavor = "current_thread", start_paused = true)]
    async fn memory_and_disk_agree_wherever_a_change_is_dropped() {
        let begin = || async {
            let store = Store::in_memory().unwrap();
            let table: CachedTable<u32> = CachedTable::open(&store, TABLE, Clock::system()).unwrap();
            (store, table)
        };
        let change = |(_, table): (Store, CachedTable<u32>)| async move {
            table.change(|_| Ok((vec![put("a", 1), put("b", 2)], ()))).await.unwrap();
        };
        let check = |(store, table): (Store, CachedTable<u32>)| async move {
            let durable: BTreeMap<String, u32> = store.load(TABLE).unwrap().into_iter().collect();
            assert_eq!(table.read(Clone::clone), durable);
        };
        let awaits = testing::drop_at_every_await(begin, change, check).await;
        assert!(awaits > 1, "the change never waited");
    }
}
