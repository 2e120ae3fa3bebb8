//! Removing events in small steps: those of deleted groups and streams, those that retention no longer keeps, and the oldest
//! ones of a group that has too many.
//!
//! A deletion is over when the group's or the stream's row is gone; its events are then rows of a number that nobody has.
//! One task removes them, some at a time, so that other changes find their turn in between. When the process ends before
//! that is done, the next start finds the rest.

pub(crate) mod queue;
mod step;

use std::ops::{Bound, ControlFlow};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cloud_store::{Batch, Range, StoreError, Table};

use jiff::Timestamp;

use self::queue::Sweep;
use self::step::Step;
use crate::group::{GROUP_LIMIT_BYTES, GROUP_TRIMMED_BYTES, Group, GroupState, StreamChange};
use crate::rows::{self, EVENTS, GROUPS, STREAM_EVENTS};
use crate::service::Logs;

/// How many rows one step removes: a few milliseconds of the writer's time.
const STEP_ROWS: usize = 1000;

/// How far behind retention its sweep may be: an append looks for expired events no more often than this.
const SWEEP_INTERVAL_MS: i64 = 60_000;

impl Logs {
    /// Has something removed, soon.
    pub(crate) fn sweep(&self, sweep: Sweep) {
        if self.inner.sweeps.push(sweep) {
            tokio::spawn(self.clone().run_sweeps());
        }
    }

    async fn run_sweeps(self) {
        while let Some(sweep) = self.inner.sweeps.next() {
            if let Err(failure) = self.run_sweep(sweep).await {
                tracing::warn!(error = %failure, ?sweep, "log events could not be removed; the next start tries again");
            }
        }
    }

    async fn run_sweep(&self, sweep: Sweep) -> Result<(), StoreError> {
        // What was handed over before is to be seen.
        self.inner.store.commit(Batch::new()).await?;
        match sweep {
            Sweep::Group(group) => self.sweep_group(group).await,
            Sweep::Stream(group, stream) => {
                while let Some(step) = self.step_of_stream(group, stream)? {
                    self.remove(step).await?;
                }
                Ok(())
            }
            Sweep::Expired(number, before_ms) => {
                let Some(group) = self.groups_by_number().remove(&number) else { return Ok(()) };
                while let Some(step) = self.step_of_expired(number, before_ms)? {
                    self.give_back(&group, step).await?;
                }
                Ok(())
            }
            Sweep::Oldest(number) => {
                let Some(group) = self.groups_by_number().remove(&number) else { return Ok(()) };
                let trimmed = self.trim(&group).await;
                group.end_trimming();
                trimmed
            }
            Sweep::AllExpired => {
                self.sweep_all_expired();
                Ok(())
            }
            Sweep::Orphans => self.sweep_orphans().await,
        }
    }

    async fn remove(&self, step: Batch) -> Result<(), StoreError> {
        let room = self.inner.store.reserve(step.size_bytes()).await;
        self.inner.store.commit_reserved(room, step).await
    }

    /// Removes events of a live group, and counts what its streams have less then.
    async fn give_back(&self, group: &Arc<Group>, step: Step) -> Result<(), StoreError> {
        let room = self.inner.store.reserve(step.batch.size_bytes()).await;
        let landing = {
            let mut state = group.lock();
            let StreamChange { batch, streams } = state.give_back(step.batch, &step.freed_bytes)?;
            let durable = self.inner.store.commit_reserved(room, batch);
            self.track(group, &mut state, streams, durable, None)
        };
        // The task does nothing that could interrupt it.
        landing.await.unwrap_or(Ok(()))
    }

    /// Removes the oldest events of a group until it has as many as it may begin anew with.
    async fn trim(&self, group: &Arc<Group>) -> Result<(), StoreError> {
        loop {
            let excess_bytes = group.lock().stored_bytes().saturating_sub(GROUP_TRIMMED_BYTES);
            if excess_bytes == 0 {
                return Ok(());
            }
            let Some(step) = self.step_of_oldest(group.id, excess_bytes)? else {
                return Ok(());
            };
            self.give_back(group, step).await?;
        }
    }

    /// Has what retention no longer keeps removed.
    pub(crate) fn sweep_expired(&self, state: &mut GroupState, now: Timestamp) {
        let kept_since_ms = state.facts.kept_since_ms(now);
        if kept_since_ms >= state.swept_before_ms.saturating_add(SWEEP_INTERVAL_MS) {
            state.swept_before_ms = kept_since_ms;
            self.sweep(Sweep::Expired(state.facts.id, kept_since_ms));
        }
    }

    /// Has the oldest events of a group removed that has more than it may.
    pub(crate) fn sweep_excess(&self, state: &mut GroupState) {
        if state.stored_bytes() > GROUP_LIMIT_BYTES && !state.is_trimming {
            state.is_trimming = true;
            self.sweep(Sweep::Oldest(state.facts.id));
        }
    }

    /// Has every group looked at for what retention no longer keeps, now and then: those too that nobody writes to.
    pub(crate) fn sweep_now_and_then(&self, now: Timestamp) {
        let now_ms = now.as_millisecond();
        let last_ms = self.inner.all_swept_ms.load(Ordering::Relaxed);
        if now_ms >= last_ms.saturating_add(SWEEP_INTERVAL_MS) {
            self.inner.all_swept_ms.store(now_ms, Ordering::Relaxed);
            self.sweep(Sweep::AllExpired);
        }
    }

    fn sweep_all_expired(&self) {
        let now = self.inner.clock.now();
        for (_, group) in self.groups("") {
            self.sweep_expired(&mut group.lock(), now);
        }
    }

    /// The index goes last: by it the next start finds what is left.
    async fn sweep_group(&self, group: u64) -> Result<(), StoreError> {
        for table in [EVENTS, STREAM_EVENTS] {
            while let Some(step) = self.step_of_prefix(table, &rows::group_prefix(group))? {
                self.remove(step).await?;
            }
        }
        Ok(())
    }

    /// Removes the first rows of a table whose keys begin with a prefix.
    fn step_of_prefix(&self, table: Table, prefix: &str) -> Result<Option<Batch>, StoreError> {
        let mut keys = 0;
        let mut last = None;
        self.inner.store.scan_keys(table, Range::prefix(prefix), |key| {
            keys += 1;
            if keys < STEP_ROWS {
                return ControlFlow::Continue(());
            }
            last = Some(key.to_owned());
            ControlFlow::Break(())
        })?;
        let mut step = Batch::new();
        match last {
            // No key ends with a character below the space.
            Some(last) => step.delete_range(table, prefix, format!("{last} ")),
            None if keys > 0 => step.delete_prefix(table, prefix),
            None => return Ok(None),
        }
        Ok(Some(step))
    }

    fn step_of_stream(&self, group: u64, stream: u64) -> Result<Option<Batch>, StoreError> {
        let mut step = Batch::new();
        let mut events = 0;
        let prefix = rows::stream_prefix(group, stream);
        self.inner.store.scan_keys(STREAM_EVENTS, Range::prefix(&prefix), |key| {
            if let Some(position) = rows::position_of(key) {
                step.delete(EVENTS, rows::event_key(group, position));
            }
            step.delete(STREAM_EVENTS, key);
            next_row(&mut events)
        })?;
        Ok(Some(step).filter(|step| !step.is_empty()))
    }

    /// Seeks from stream to stream through the index: as many reads as there are streams.
    async fn sweep_orphans(&self) -> Result<(), StoreError> {
        let mut from = String::new();
        let newest = self.inner.last_group_id_at_start;
        let groups = self.groups_by_number();
        while let Some((group, stream)) = self.stream_with_events(&from)? {
            match groups.get(&group) {
                // Created since then; what is deleted since then has a sweep of its own.
                None if group > newest => break,
                // It may be that of a group that can't be read.
                None if self.inner.unreadable.has(GROUPS, "") => from = rows::group_prefix(group + 1),
                None => {
                    self.sweep_group(group).await?;
                    from = rows::group_prefix(group + 1);
                }
                Some(live) => {
                    let is_live = {
                        let state = live.lock();
                        state.names().contains_key(&stream) || state.has_unreadable_streams()
                    };
                    while !is_live && let Some(step) = self.step_of_stream(group, stream)? {
                        self.remove(step).await?;
                    }
                    from = rows::stream_prefix(group, stream + 1);
                }
            }
            tokio::task::yield_now().await;
        }
        self.sweep_all_expired();
        Ok(())
    }

    /// The first stream that has events, from a key on.
    fn stream_with_events(&self, from: &str) -> Result<Option<(u64, u64)>, StoreError> {
        let mut found = None;
        self.inner.store.scan_keys(STREAM_EVENTS, Range::all().from(Bound::Included(from)), |key| {
            found = rows::group_and_stream(key);
            ControlFlow::Break(())
        })?;
        Ok(found)
    }
}

/// Counts a row of a step.
fn next_row(rows: &mut usize) -> ControlFlow<()> {
    *rows += 1;
    if *rows < STEP_ROWS { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}
