//! The history of an execution as it is stored: rows of consecutive events, each named by its first one.

mod packed;
mod writer;

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use asl::HistoryEvent;
use cloud_store::{Range, Snapshot, Store, StoreError};
use serde::Deserialize;

use super::HISTORY;
use super::execution::ExecutionKey;

pub(crate) use packed::{PackedEvents, StoredHistory};
pub(crate) use writer::{pack_short, put_events};

/// How many bytes of payloads a page has, about: "the actual number of results returned per call might be fewer than the
/// specified maximum" (API reference, `GetExecutionHistory`). A thousand of the largest would be 256 MiB.
const PAGE_BYTES: usize = 4 << 20;

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "StoredHistory")]
pub(crate) struct HistoryRow {
    pub(crate) events: Vec<HistoryEvent>,
}

impl TryFrom<StoredHistory> for HistoryRow {
    type Error = packed::PackedFault;

    fn try_from(stored: StoredHistory) -> Result<Self, packed::PackedFault> {
        Ok(Self { events: stored.unpack()? })
    }
}

/// Some consecutive events, and whether there are more beyond them.
#[derive(Debug, PartialEq)]
pub(crate) struct EventPage {
    /// In the order that was asked for.
    pub(crate) events: Vec<HistoryEvent>,
    pub(crate) has_more: bool,
}

/// Reads at most `limit` events that follow `after` (an event's id) in the order asked for, fewer when they are large; only
/// the rows that hold them are read.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn read_events(
    store: &Store,
    key: &ExecutionKey,
    after: Option<u64>,
    reverse: bool,
    limit: usize,
) -> Result<EventPage, StoreError> {
    let snapshot = store.snapshot()?;
    let mut events: Vec<HistoryEvent> = Vec::new();
    let follows = |event: &HistoryEvent| follows(event, after, reverse);
    let mut payload_bytes = 0;
    let mut take = |mut row: HistoryRow| {
        row.events.sort_by_key(|event| event.id);
        payload_bytes += row.events.iter().map(HistoryEvent::payload_bytes).sum::<usize>();
        if reverse {
            events.extend(row.events.into_iter().rev().filter(follows));
        } else {
            events.extend(row.events.into_iter().filter(follows));
        }
        // One more than a page tells that there is another one.
        let is_enough = events.len() > limit || (payload_bytes > PAGE_BYTES && events.len() > 1);
        if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let prefix = key.row();
    if reverse {
        let end = after.map(|after| key.history(after));
        let before = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        snapshot.scan(HISTORY, Range::prefix(&prefix).to(before).reverse(), |_, row| take(row))?;
    } else {
        let first = first_row(&snapshot, key, after)?;
        let from = first.as_deref().map_or(Bound::Unbounded, Bound::Included);
        snapshot.scan(HISTORY, Range::prefix(&prefix).from(from), |_, row| take(row))?;
    }
    if !is_gapless(&events, after, reverse) {
        events = read_scattered(&snapshot, key, follows, reverse, limit)?;
    }
    Ok(EventPage::first_of(events, limit))
}

/// The same of a whole history in the order of its ids.
pub(crate) fn page_of(mut events: Vec<HistoryEvent>, after: Option<u64>, reverse: bool, limit: usize) -> EventPage {
    if reverse {
        events.reverse();
    }
    events.retain(|event| follows(event, after, reverse));
    EventPage::first_of(events, limit)
}

/// Whether an event comes after the one with an id.
fn follows(event: &HistoryEvent, after: Option<u64>, reverse: bool) -> bool {
    match after {
        None => true,
        Some(after) if reverse => event.id < after,
        Some(after) => event.id > after,
    }
}

impl EventPage {
    /// The first of these events.
    fn first_of(mut events: Vec<HistoryEvent>, limit: usize) -> Self {
        let size = page_size(&events, limit);
        let has_more = events.len() > size;
        events.truncate(size);
        Self { events, has_more }
    }
}

/// How many of these events are a page: those that are small enough together, and one at least.
fn page_size(events: &[HistoryEvent], limit: usize) -> usize {
    let mut payload_bytes = 0;
    let fitting = events.iter().take(limit).take_while(|event| {
        payload_bytes += event.payload_bytes();
        payload_bytes <= PAGE_BYTES
    });
    fitting.count().max(1).min(events.len())
}

/// Whether events are consecutive, and follow `after`.
fn is_gapless(events: &[HistoryEvent], after: Option<u64>, reverse: bool) -> bool {
    let next = |id: u64| if reverse { id.checked_sub(1) } else { id.checked_add(1) };
    let mut expected = match after {
        Some(after) => next(after),
        None if reverse => events.first().map(|event| event.id),
        None => Some(1),
    };
    events.iter().all(|event| {
        let is_next = expected == Some(event.id);
        expected = next(event.id);
        is_next
    })
}

/// The same from a history whose rows are not in order, as the steps of an earlier version may have left it: every row is
/// read, and the nearest events are kept.
fn read_scattered(
    snapshot: &Snapshot,
    key: &ExecutionKey,
    follows: impl Fn(&HistoryEvent) -> bool,
    reverse: bool,
    limit: usize,
) -> Result<Vec<HistoryEvent>, StoreError> {
    let mut nearest = BTreeMap::new();
    snapshot.scan(HISTORY, Range::prefix(&key.row()), |_, row: HistoryRow| {
        for event in row.events.into_iter().filter(&follows) {
            nearest.insert(event.id, event);
            if nearest.len() > limit.saturating_add(1) {
                if reverse {
                    nearest.pop_first()
                } else {
                    nearest.pop_last()
                };
            }
        }
        ControlFlow::Continue(())
    })?;
    let mut events: Vec<HistoryEvent> = nearest.into_values().collect();
    if reverse {
        events.reverse();
    }
    Ok(events)
}

/// The row that holds the event that follows `after`, or the last one before it.
fn first_row(snapshot: &Snapshot, key: &ExecutionKey, after: Option<u64>) -> Result<Option<String>, StoreError> {
    let Some(after) = after else { return Ok(None) };
    let next = key.history(after.saturating_add(1));
    let prefix = key.row();
    let mut found = None;
    let range = Range::prefix(&prefix).to(Bound::Included(&next)).reverse();
    snapshot.scan_keys(HISTORY, range, |row| {
        found = Some(row.to_owned());
        ControlFlow::Break(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests;
