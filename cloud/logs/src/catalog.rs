//! The groups: finding them, and creating, editing and deleting them one at a time.
//!
//! A change is decided on, handed to the store, durable, and only then shown. From the decision on a task of its own does it,
//! so that it lands whole whoever goes away.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::{ReadView, ServiceError, Snapshots};
use cloud_store::{Batch, StoreError};
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;

use crate::errors::{already_exists, no_group, protected};
use crate::group::{Group, GroupFacts};
use crate::rows::{self, DELIVERIES, GROUPS, STREAMS};
use crate::service::Logs;
use crate::sweep::queue::Sweep;

impl Logs {
    /// The group under a key.
    pub(crate) fn group(&self, key: &str) -> Option<Arc<Group>> {
        self.inner.groups.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    /// The group under a key.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub(crate) fn known_group(&self, key: &str) -> Result<Arc<Group>, ServiceError> {
        self.group(key).ok_or_else(|| self.no_group(key))
    }

    /// The answer where there is no group under a key: also that it can't be read.
    pub(crate) fn no_group(&self, key: &str) -> ServiceError {
        self.inner.unreadable.reason(GROUPS, key).map_or_else(no_group, ServiceError::from)
    }

    /// The groups whose keys begin with a prefix, in the order of keys.
    pub(crate) fn groups(&self, prefix: &str) -> Vec<(String, Arc<Group>)> {
        let groups = self.inner.groups.read().unwrap_or_else(PoisonError::into_inner);
        let here = groups.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        here.map(|(key, group)| (key.clone(), Arc::clone(group))).collect()
    }

    fn snapshots(&self) -> MutexGuard<'_, Snapshots<GroupFacts>> {
        self.inner.snapshots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the groups whose keys begin with a prefix, as of the moment of the caller's [`ReadView`].
    pub(crate) fn facts(&self, prefix: &str) -> Vec<GroupFacts> {
        let groups = self.groups(prefix).into_iter();
        let present = groups.map(|(key, group)| (key, group.lock().facts.clone()));
        let Some(moment) = ReadView::as_of() else {
            return present.map(|(_, facts)| facts).collect();
        };
        let present = present.collect();
        let earlier = self.snapshots().values(&present, moment);
        earlier.into_iter().filter(|(key, _)| key.starts_with(prefix)).map(|(_, facts)| facts).collect()
    }

    /// What is known of one group, as of the moment of the caller's [`ReadView`].
    pub(crate) fn group_facts(&self, key: &str) -> Option<GroupFacts> {
        let present = self.group(key).map(|group| group.lock().facts.clone());
        match ReadView::as_of() {
            None => present,
            Some(moment) => self.snapshots().value(key, present.as_ref(), moment),
        }
    }

    /// Creates a group.
    pub(crate) async fn create_group(&self, key: &str, mut facts: GroupFacts) -> Result<(), ServiceError> {
        let alone = Arc::clone(&self.inner.changing).lock_owned().await;
        if self.group(key).is_some() {
            return Err(already_exists("group"));
        }
        if let Some(reason) = self.inner.unreadable.reason(GROUPS, key) {
            return Err(reason.into());
        }
        facts.id = self.inner.last_group_id.fetch_add(1, Ordering::Relaxed) + 1;
        let mut batch = Batch::new();
        batch.put(GROUPS, key, &facts)?;
        let key = key.to_owned();
        let change = Change {
            key,
            replaced: None,
            show: Show::Insert(Arc::new(Group::new(facts, self.inner.unreadable.clone()))),
        };
        landed(self.land(alone, batch, change).await)
    }

    /// Changes what is known of a group.
    pub(crate) async fn edit_group(
        &self,
        key: &str,
        edit: impl FnOnce(&mut GroupFacts) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let alone = Arc::clone(&self.inner.changing).lock_owned().await;
        let group = self.known_group(key)?;
        let replaced = group.lock().facts.clone();
        let mut facts = replaced.clone();
        edit(&mut facts)?;
        let mut batch = Batch::new();
        batch.put(GROUPS, key, &facts)?;
        let change = Change { key: key.to_owned(), replaced: Some(replaced), show: Show::Edit(group, facts) };
        landed(self.land(alone, batch, change).await)
    }

    /// Deletes a group with its streams; its events are swept afterwards.
    pub(crate) async fn delete_group(&self, key: &str) -> Result<(), ServiceError> {
        let alone = Arc::clone(&self.inner.changing).lock_owned().await;
        let group = self.known_group(key)?;
        if group.lock().facts.is_protected {
            return Err(protected());
        }
        let mut batch = Batch::new();
        batch.delete(GROUPS, key);
        batch.delete_prefix(STREAMS, rows::group_prefix(group.id));
        batch.delete_prefix(DELIVERIES, rows::group_prefix(group.id));
        let landing = {
            let mut state = group.lock();
            state.closed = true;
            let replaced = Some(state.facts.clone());
            let show = Show::Remove(Arc::clone(&group));
            // Under the group's lock: what was handed over for the group before is before it in the store too.
            self.land(alone, batch, Change { key: key.to_owned(), replaced, show })
        };
        landed(landing.await)
    }

    /// Hands a change over; it is shown once it is durable.
    fn land(&self, alone: OwnedMutexGuard<()>, batch: Batch, change: Change) -> JoinHandle<Result<(), StoreError>> {
        let durable = self.inner.store.commit(batch);
        let keep = ReadView::keep();
        let logs = self.clone();
        tokio::spawn(async move {
            let written = durable.await;
            match written {
                Ok(()) => logs.show(change, keep),
                Err(_) => change.give_up(),
            }
            drop(alone);
            written
        })
    }

    fn show(&self, change: Change, keep: Option<Duration>) {
        let mut groups = self.inner.groups.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(keep) = keep {
            self.snapshots().remember(change.key.clone(), change.replaced, self.inner.clock.now(), keep);
        }
        match change.show {
            Show::Insert(group) => {
                groups.insert(change.key, group);
            }
            Show::Edit(group, facts) => group.lock().facts = facts,
            Show::Remove(group) => {
                groups.remove(&change.key);
                drop(groups);
                self.sweep(Sweep::Group(group.id));
            }
        }
    }

    /// Waits until the change of a group that is under way, if any, is over.
    pub(crate) async fn groups_settled(&self) {
        drop(self.inner.changing.lock().await);
    }

    /// All groups by number.
    pub(crate) fn groups_by_number(&self) -> BTreeMap<u64, Arc<Group>> {
        self.groups("").into_iter().map(|(_, group)| (group.id, group)).collect()
    }
}

/// A change of one group.
struct Change {
    key: String,
    replaced: Option<GroupFacts>,
    show: Show,
}

/// How a change shows.
enum Show {
    Insert(Arc<Group>),
    Edit(Arc<Group>, GroupFacts),
    Remove(Arc<Group>),
}

impl Change {
    /// The store has refused it.
    fn give_up(self) {
        if let Show::Remove(group) = self.show {
            group.lock().closed = false;
        }
    }
}

/// What became of something that a task of its own has done.
pub(crate) fn landed(outcome: Result<Result<(), StoreError>, tokio::task::JoinError>) -> Result<(), ServiceError> {
    match outcome {
        Ok(written) => Ok(written?),
        Err(error) => Err(ServiceError::internal(format!("A change was interrupted: {error}."))),
    }
}
