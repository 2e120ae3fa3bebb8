//! What one step removes: some events, what their streams have less then, and the line that says so.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use cloud_store::{Batch, Range, StoreError};

use super::next_row;
use crate::group::{GROUP_LIMIT_BYTES, event_bytes};
use crate::page::Event;
use crate::position::Position;
use crate::rows::{self, EVENTS, EventRow, NewEventRow, STREAM_EVENTS};
use crate::service::Logs;

/// Events of a live group that are to be removed.
#[derive(Debug, Default)]
pub(super) struct Step {
    pub(super) batch: Batch,
    /// What streams, by number, have less then.
    pub(super) freed_bytes: BTreeMap<u64, u64>,
}

impl Step {
    fn remove(&mut self, group: u64, event: &Event) {
        self.batch.delete(STREAM_EVENTS, rows::stream_event_key(group, event.stream, event.position));
        self.batch.delete(EVENTS, rows::event_key(group, event.position));
        *self.freed_bytes.entry(event.stream).or_default() += bytes_of(&event.message);
    }
}

fn bytes_of(message: &str) -> u64 {
    u64::try_from(event_bytes(message.len())).unwrap_or(u64::MAX)
}

impl Logs {
    /// The events of a group before a moment, some of them.
    pub(super) fn step_of_expired(&self, group: u64, before_ms: i64) -> Result<Option<Step>, StoreError> {
        let mut step = Step::default();
        let mut events = 0;
        let end = rows::event_key(group, Position::at(before_ms));
        self.events_of(group, Bound::Excluded(&end), |event| {
            step.remove(group, &event);
            next_row(&mut events)
        })?;
        Ok(Some(step).filter(|step| !step.batch.is_empty()))
    }

    /// The oldest events of a group that has so many bytes too many, some of them. The newest of them becomes the line that
    /// says how many are gone.
    pub(super) fn step_of_oldest(&self, group: u64, excess_bytes: u64) -> Result<Option<Step>, StoreError> {
        let mut step = Step::default();
        let mut events = 0;
        let mut found_bytes = 0;
        let mut removed: u64 = 0;
        let mut removed_before = 0;
        let mut last = None;
        self.events_of(group, Bound::Unbounded, |event| {
            match events_removed(&event.message) {
                Some(count) => removed_before += count,
                None => removed += 1,
            }
            found_bytes += bytes_of(&event.message);
            step.remove(group, &event);
            last = Some(event);
            if found_bytes >= excess_bytes { ControlFlow::Break(()) } else { next_row(&mut events) }
        })?;
        let Some(last) = last.filter(|_| removed > 0) else {
            return Ok(None);
        };
        let notice = notice(removed_before + removed);
        step.batch.put(
            EVENTS,
            rows::event_key(group, last.position),
            &NewEventRow { stream: last.stream, message: &notice },
        )?;
        step.batch.put_bytes(STREAM_EVENTS, rows::stream_event_key(group, last.stream, last.position), Vec::new());
        if let Some(freed) = step.freed_bytes.get_mut(&last.stream) {
            *freed = freed.saturating_sub(bytes_of(&notice));
        }
        Ok(Some(step))
    }

    /// The events of a group up to a key, oldest first; those that can't be read stay where they are.
    fn events_of(
        &self,
        group: u64,
        end: Bound<&str>,
        mut each: impl FnMut(Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let prefix = rows::group_prefix(group);
        let range = Range::prefix(&prefix).to(end);
        self.inner.store.snapshot()?.scan_tolerant::<EventRow>(EVENTS, range, |key, row| {
            match (rows::position_of(key), row) {
                (Some(position), Ok(row)) => each(Event { position, stream: row.stream, message: row.message }),
                _ => ControlFlow::Continue(()),
            }
        })
    }
}

const NOTICE: &str = " older events of this log group were removed: the embedded cloud keeps the newest ";

/// The line that says how many events are gone.
fn notice(removed: u64) -> String {
    format!("{removed}{NOTICE}{} MiB of a log group.\n", GROUP_LIMIT_BYTES >> 20)
}

/// How many events such a line speaks of.
fn events_removed(message: &str) -> Option<u64> {
    let (removed, _) = message.split_once(NOTICE)?;
    removed.parse().ok()
}
