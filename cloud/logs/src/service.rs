//! The service: its handles, what it holds in memory, and its port.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, Weak};

use cloud_core::{Clock, FunctionInvoker, Location, LogWriter, PortFuture, ServiceError, Snapshots, UnreadableRows};
use cloud_store::{Range, Store, StoreError, Table};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::append::tail::Tails;
use crate::group::{Group, GroupFacts};
use crate::query::EndedQueries;
use crate::rows::{self, EVENTS, GROUPS, STREAM_EVENTS, STREAMS};
use crate::sweep::queue::{Sweep, SweepQueue};

/// How many bytes of lines of functions and executions may wait for the disk.
///
/// A commit group holds no more of them: it stays short, so that a function which writes without end hardly delays the
/// changes that share it. The function waits with its pipe full.
pub(crate) const LINES_WAITING_BYTES: usize = 32 << 10;

/// How many bytes of lines are handed over together: whoever has few lines waits for as much of each of the others.
pub(crate) const LINE_BATCH_BYTES: usize = 8 << 10;

/// CloudWatch Logs; clones share it.
#[derive(Clone)]
pub struct Logs {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    /// The groups by `<location>/<name>`; locked to find one, before the group's own lock.
    pub(crate) groups: RwLock<BTreeMap<String, Arc<Group>>>,
    /// What changes of groups replaced lately, while somebody asks for it; locked last.
    pub(crate) snapshots: Mutex<Snapshots<GroupFacts>>,
    /// Held from the decision to create, edit or delete a group until that is shown.
    pub(crate) changing: Arc<tokio::sync::Mutex<()>>,
    pub(crate) last_group_id: AtomicU64,
    /// The largest number that a group of an earlier process can have.
    pub(crate) last_group_id_at_start: u64,
    /// Room for lines of functions and executions that are not durable yet, in bytes.
    pub(crate) lines_waiting: Arc<Semaphore>,
    pub(crate) sweeps: SweepQueue,
    /// The functions that subscription filters send events to, once they are there: they log here themselves.
    pub(crate) functions: OnceLock<Weak<dyn FunctionInvoker>>,
    /// The live tails that are open.
    pub(crate) tails: Tails,
    /// What queries gave; locked alone.
    pub(crate) queries: Mutex<EndedQueries>,
    /// The groups, streams and events that could not be read.
    pub(crate) unreadable: UnreadableRows,
    /// When all groups were last looked at for expired events, in milliseconds.
    pub(crate) all_swept_ms: AtomicI64,
}

impl std::fmt::Debug for Logs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Logs").field("store", &self.inner.store).finish_non_exhaustive()
    }
}

impl Logs {
    /// Loads what is known of groups and streams; events stay on disk. Inside a runtime it also begins to remove what a
    /// deletion before has left.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open(store: &Store, clock: Clock) -> Result<Self, StoreError> {
        let logs = Self::load(store, clock)?;
        if tokio::runtime::Handle::try_current().is_ok() {
            logs.sweep(Sweep::Orphans);
        }
        Ok(logs)
    }

    /// The accounts and regions that have log groups.
    pub fn locations(&self) -> BTreeSet<Location> {
        let groups = self.inner.groups.read().unwrap_or_else(PoisonError::into_inner);
        let prefixes = groups.keys().filter_map(|key| key.split_once('/')).map(|(prefix, _)| prefix);
        // Few, beside thousands of groups.
        let mut found: Vec<&str> = prefixes.collect();
        found.dedup();
        found.into_iter().map(Location::from_key_prefix).collect()
    }

    /// How many stored values could not be read.
    pub fn unreadable_rows(&self) -> usize {
        self.inner.unreadable.count()
    }

    /// Loads what is known of groups and streams; what can't be read is set aside.
    pub(crate) fn load(store: &Store, clock: Clock) -> Result<Self, StoreError> {
        let mut groups = BTreeMap::new();
        let mut last_group_id = [STREAMS, EVENTS, STREAM_EVENTS]
            .into_iter()
            .map(|table| last_group_in(store, table))
            .try_fold(0, |last, found| found.map(|found| found.max(last)))?;
        let unreadable = UnreadableRows::default();
        let mut found = Vec::new();
        store.snapshot()?.scan_tolerant::<GroupFacts>(GROUPS, Range::all(), |key, facts| {
            match facts {
                Ok(facts) => found.push((key.to_owned(), facts)),
                Err(reason) => unreadable.note(GROUPS, key, &reason),
            }
            ControlFlow::Continue(())
        })?;
        for (key, facts) in found {
            last_group_id = last_group_id.max(facts.id);
            groups.insert(key, Arc::new(Group::load(facts, store, unreadable.clone())?));
        }
        let inner = Inner {
            store: store.clone(),
            all_swept_ms: AtomicI64::new(clock.now().as_millisecond()),
            clock,
            groups: RwLock::new(groups),
            snapshots: Mutex::default(),
            changing: Arc::default(),
            last_group_id: AtomicU64::new(last_group_id),
            last_group_id_at_start: last_group_id,
            lines_waiting: Arc::new(Semaphore::new(LINES_WAITING_BYTES)),
            sweeps: SweepQueue::default(),
            functions: OnceLock::new(),
            tails: Tails::default(),
            queries: Mutex::default(),
            unreadable,
        };
        Ok(Self { inner: Arc::new(inner) })
    }
}

/// The largest number of a group that a table has rows of.
fn last_group_in(store: &Store, table: Table) -> Result<u64, StoreError> {
    let mut last = 0;
    store.scan_keys(table, Range::all().reverse(), |key| {
        last = rows::split_group(key).map_or(0, |(group, _)| group);
        ControlFlow::Break(())
    })?;
    Ok(last)
}

impl LogWriter for Logs {
    fn write<'a>(
        &'a self,
        location: &'a Location,
        group: &'a str,
        stream: &'a str,
        lines: Vec<(Timestamp, String)>,
    ) -> PortFuture<'a, Result<(), ServiceError>> {
        Box::pin(self.write_lines(location, group, stream, lines))
    }

    fn flush<'a>(&'a self, location: &'a Location, group: &'a str) -> PortFuture<'a, ()> {
        Box::pin(async move {
            // Of a group that has been deleted nothing is left to wait for.
            let Some(found) = self.group(&location.key(group)) else { return };
            if let Err(error) = found.wait_until_settled(&self.inner.store).await {
                tracing::warn!(%error, group, "whether lines are durable is not known");
            }
        })
    }

    fn has_group(&self, location: &Location, group: &str) -> bool {
        self.group(&location.key(group)).is_some()
    }
}
