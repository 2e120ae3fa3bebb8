//! Writing the events of a step into rows of bounded size.

use asl::HistoryEvent;
use cloud_store::{Batch, StoreError};

use super::packed::{PackedEvents, StoredHistory};
use crate::rows::HISTORY;
use crate::rows::execution::ExecutionKey;

/// How many events a row holds at most. A page reads whole rows, so that it may cost this many events too much at either
/// end; with fewer, a long step would be many rows to write.
pub(super) const ROW_EVENTS: usize = 32;

/// How many bytes of payloads a row holds at most, unless one event alone has more (its payload may have 256 KiB): about
/// two of the store's pages.
pub(super) const ROW_BYTES: usize = 8 << 10;

/// Packs the whole history of an execution for its own row, when it is short enough to be one row.
pub(crate) fn pack_short(events: &[HistoryEvent]) -> Option<PackedEvents> {
    if events.len() > ROW_EVENTS {
        return None;
    }
    match rows_of(&sorted(events)).as_slice() {
        [row] if row.first().is_some_and(|first| first.id == 1) => PackedEvents::pack(row),
        _ => None,
    }
}

/// Adds the events of a step to a batch, in rows of bounded size. Rows are named by their first event and read in order, so
/// the events are put into the order of their ids whatever order they come in.
///
/// # Errors
/// When an event has no JSON form.
pub(crate) fn put_events(batch: &mut Batch, key: &ExecutionKey, events: &[HistoryEvent]) -> Result<(), StoreError> {
    for row in rows_of(&sorted(events)) {
        if let (Some(first), Some(packed)) = (row.first(), PackedEvents::pack(row)) {
            batch.put(HISTORY, key.history(first.id), &StoredHistory::new(packed))?;
        }
    }
    Ok(())
}

fn sorted(events: &[HistoryEvent]) -> Vec<&HistoryEvent> {
    let mut events: Vec<&HistoryEvent> = events.iter().collect();
    events.sort_by_key(|event| event.id);
    events
}

/// The events of each row: consecutive ones, few enough, and small enough together.
fn rows_of<'a, 'e>(events: &'a [&'e HistoryEvent]) -> Vec<&'a [&'e HistoryEvent]> {
    let mut rows = Vec::new();
    let mut begin = 0;
    let mut bytes = 0;
    for (place, pair) in events.windows(2).enumerate() {
        let [event, next] = pair else { continue };
        bytes += event.payload_bytes();
        let end = place + 1;
        let is_full = end - begin >= ROW_EVENTS || bytes + next.payload_bytes() > ROW_BYTES;
        if is_full || next.id != event.id + 1 {
            rows.extend(events.get(begin..end));
            begin = end;
            bytes = 0;
        }
    }
    rows.extend(events.get(begin..).filter(|row| !row.is_empty()));
    rows
}
