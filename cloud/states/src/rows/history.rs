//! The history of an execution as it is stored: rows of consecutive events, each named by its first one.

use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

use asl::{EventDetails, HistoryEvent, StateType};
use cloud_store::{Batch, Range, Snapshot, Store, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::HISTORY;
use super::execution::ExecutionKey;
use super::format::FormatVersion;

/// How many events a row holds at most. A page reads whole rows, so that it may cost this many events too much at either
/// end; with fewer, a long step would be many rows to write.
const ROW_EVENTS: usize = 32;

/// How many bytes of events a row holds at most, unless one event alone is larger (its payload may have 256 KiB): about
/// two of the store's pages.
const ROW_BYTES: usize = 8 << 10;

/// How many bytes of payloads a page has, about: "the actual number of results returned per call might be fewer than the
/// specified maximum" (API reference, `GetExecutionHistory`). A thousand of the largest would be 256 MiB.
const PAGE_BYTES: usize = 4 << 20;

/// A row of the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct HistoryRow {
    format: FormatVersion<1>,
    pub(crate) events: Vec<HistoryEvent>,
}

/// Some consecutive events, and whether there are more beyond them.
#[derive(Debug, PartialEq)]
pub(crate) struct EventPage {
    /// In the order that was asked for.
    pub(crate) events: Vec<HistoryEvent>,
    pub(crate) has_more: bool,
}

/// Adds the events of a step to a batch, in rows of bounded size. Rows are named by their first event and read in order, so
/// the events are put into the order of their ids whatever order they come in.
///
/// # Errors
/// When an event has no JSON form.
pub(crate) fn put_events(batch: &mut Batch, key: &ExecutionKey, events: &[HistoryEvent]) -> Result<(), StoreError> {
    let mut row = RowWriter::default();
    let mut events: Vec<&HistoryEvent> = events.iter().collect();
    events.sort_by_key(|event| event.id);
    for event in events {
        let before = row.json.len();
        row.push(event).map_err(|reason| StoreError::Value {
            table: HISTORY.name(),
            key: key.history(event.id),
            reason: reason.to_string(),
        })?;
        if row.events > 1 && (row.events > ROW_EVENTS || row.json.len() > ROW_BYTES + ROW_START.len()) {
            let json = row.json.split_off(before);
            batch.put_bytes(HISTORY, key.history(row.first_id), row.take());
            row.begin_with(event.id, json.get(1..).unwrap_or_default());
        }
    }
    if row.events > 0 {
        batch.put_bytes(HISTORY, key.history(row.first_id), row.take());
    }
    Ok(())
}

/// What a row begins with, as [`HistoryRow`] reads it.
const ROW_START: &[u8] = b"{\"format\":1,\"events\":[";

/// A row that is being written, each event straight into its bytes.
#[derive(Default)]
struct RowWriter {
    json: Vec<u8>,
    events: usize,
    first_id: u64,
    timestamp: Option<(Timestamp, String)>,
}

impl RowWriter {
    fn push(&mut self, event: &HistoryEvent) -> Result<(), serde_json::Error> {
        if self.events == 0 {
            self.begin(event.id);
        } else {
            self.json.push(b',');
        }
        self.events += 1;
        let timestamp = match &self.timestamp {
            // All events of a step have the same.
            Some((moment, text)) if *moment == event.timestamp => text,
            _ => &self.timestamp.insert((event.timestamp, event.timestamp.to_string())).1,
        };
        write_event(&mut self.json, event, timestamp)
    }

    fn begin(&mut self, first_id: u64) {
        self.json.reserve(ROW_BYTES / 2);
        self.json.extend_from_slice(ROW_START);
        self.first_id = first_id;
    }

    /// Begins a row with an event that is written already.
    fn begin_with(&mut self, first_id: u64, event: &[u8]) {
        self.begin(first_id);
        self.json.extend_from_slice(event);
        self.events = 1;
    }

    fn take(&mut self) -> Vec<u8> {
        self.json.extend_from_slice(b"]}");
        self.json.shrink_to_fit();
        self.events = 0;
        std::mem::take(&mut self.json)
    }
}

/// Writes an event as serde does. What every execution has most is written by hand: this is most of what a step costs.
fn write_event(json: &mut Vec<u8>, event: &HistoryEvent, timestamp: &str) -> Result<(), serde_json::Error> {
    json.extend_from_slice(b"{\"id\":");
    serde_json::to_writer(&mut *json, &event.id)?;
    json.extend_from_slice(b",\"previous_event_id\":");
    serde_json::to_writer(&mut *json, &event.previous_event_id)?;
    json.extend_from_slice(b",\"timestamp\":\"");
    json.extend_from_slice(timestamp.as_bytes());
    json.extend_from_slice(b"\",\"details\":");
    match &event.details {
        EventDetails::StateEntered { state_type, name, input } => {
            write_state(json, "StateEntered", *state_type, name, "input", input)?;
            json.extend_from_slice(b"}}}");
        }
        EventDetails::StateExited { state_type, name, output, assigned } if assigned.is_empty() => {
            write_state(json, "StateExited", *state_type, name, "output", output)?;
            json.extend_from_slice(b",\"assigned\":{}}}}");
        }
        details => {
            serde_json::to_writer(&mut *json, details)?;
            json.push(b'}');
        }
    }
    Ok(())
}

fn write_state(
    json: &mut Vec<u8>,
    variant: &str,
    state_type: StateType,
    name: &str,
    member: &str,
    payload: &str,
) -> Result<(), serde_json::Error> {
    for part in ["{\"", variant, "\":{\"state_type\":"] {
        json.extend_from_slice(part.as_bytes());
    }
    serde_json::to_writer(&mut *json, &state_type)?;
    json.extend_from_slice(b",\"name\":");
    serde_json::to_writer(&mut *json, name)?;
    for part in [",\"", member, "\":"] {
        json.extend_from_slice(part.as_bytes());
    }
    serde_json::to_writer(json, payload)
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
    let follows = |event: &HistoryEvent| match after {
        None => true,
        Some(after) if reverse => event.id < after,
        Some(after) => event.id > after,
    };
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
    let size = page_size(&events, limit);
    let has_more = events.len() > size;
    events.truncate(size);
    Ok(EventPage { events, has_more })
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(id: u64, input: &str) -> HistoryEvent {
        HistoryEvent {
            id,
            previous_event_id: id - 1,
            timestamp: jiff::Timestamp::UNIX_EPOCH,
            details: EventDetails::ExecutionStarted { input: input.into(), role_arn: "r".into() },
        }
    }

    /// A store with a history that was written in steps of these sizes, and another execution on either side.
    fn stored(steps: &[usize], payload: &str) -> (Store, ExecutionKey, u64) {
        let store = Store::in_memory().unwrap();
        let key = ExecutionKey::new("us-east-1/m", "run-1");
        let mut last = 0;
        let mut batch = Batch::new();
        for step in steps {
            let events: Vec<_> = (0..*step as u64).map(|more| event(last + 1 + more, payload)).collect();
            last += *step as u64;
            put_events(&mut batch, &key, &events).unwrap();
        }
        for neighbour in ["run-0", "run-10", "run-2"] {
            put_events(&mut batch, &ExecutionKey::new("us-east-1/m", neighbour), &[event(1, "x")]).unwrap();
        }
        drop(store.commit(batch));
        (store, key, last)
    }

    fn read_all(store: &Store, key: &ExecutionKey, reverse: bool, limit: usize) -> Vec<u64> {
        let mut ids = Vec::new();
        loop {
            let page = read_events(store, key, ids.last().copied(), reverse, limit).unwrap();
            assert!(page.events.len() <= limit && (page.events.len() == limit || !page.has_more));
            ids.extend(page.events.iter().map(|event| event.id));
            if !page.has_more {
                return ids;
            }
        }
    }

    #[test]
    fn an_event_that_is_written_by_hand_is_as_serde_writes_it() {
        let name = "a \"name\"\n";
        let entered =
            EventDetails::StateEntered { state_type: StateType::Pass, name: name.into(), input: "{\"a\": [1]}".into() };
        let exited = |assigned| EventDetails::StateExited {
            state_type: StateType::Wait,
            name: name.into(),
            output: "\"\u{1}\"".into(),
            assigned,
        };
        let set = std::collections::BTreeMap::from([("v".to_owned(), "1".into())]);
        for details in [entered, exited(std::collections::BTreeMap::new()), exited(set), event(1, "x").details] {
            let timestamp = "2026-01-02T03:04:05.678901234Z".parse().unwrap();
            let event = HistoryEvent { id: 12, previous_event_id: 3, timestamp, details };
            let mut json = Vec::new();
            write_event(&mut json, &event, &event.timestamp.to_string()).unwrap();
            assert_eq!(String::from_utf8(json).unwrap(), serde_json::to_string(&event).unwrap());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn pages_have_every_event_once_either_way(steps in prop::collection::vec(1_usize..90, 1..8), limit in 1_usize..70) {
            let (store, key, last) = stored(&steps, "{}");
            let all: Vec<u64> = (1..=last).collect();
            prop_assert_eq!(read_all(&store, &key, false, limit), all.clone());
            let reversed: Vec<u64> = all.into_iter().rev().collect();
            prop_assert_eq!(read_all(&store, &key, true, limit), reversed);
        }
    }

    /// Rows as they lie, each with the events of these ids.
    fn lying(rows: &[Vec<u64>]) -> (Store, ExecutionKey) {
        let store = Store::in_memory().unwrap();
        let key = ExecutionKey::new("us-east-1/m", "run-1");
        let mut batch = Batch::new();
        for ids in rows {
            let row = HistoryRow { format: FormatVersion, events: ids.iter().map(|id| event(*id, "{}")).collect() };
            batch.put(HISTORY, key.history(ids[0]), &row).unwrap();
        }
        drop(store.commit(batch));
        (store, key)
    }

    #[test]
    fn a_history_that_an_earlier_version_stored_out_of_order_is_read_whole() {
        let in_one_row = vec![vec![1, 2, 3, 4, 5, 6], vec![7, 8, 13, 9, 10, 14, 11, 12, 15], vec![16, 17]];
        let over_rows = vec![vec![1, 2, 3], vec![4, 5, 9, 6], vec![7, 10, 8], vec![11, 12]];
        let among_rows = vec![vec![1, 2], vec![3, 8, 4], vec![9, 5], vec![6, 10, 7], vec![11]];
        for (rows, last) in [(in_one_row, 17), (over_rows, 12), (among_rows, 11)] {
            let (store, key) = lying(&rows);
            for limit in 1..20 {
                assert_eq!(read_all(&store, &key, false, limit), (1..=last).collect::<Vec<u64>>(), "{limit}");
                assert_eq!(read_all(&store, &key, true, limit), (1..=last).rev().collect::<Vec<u64>>(), "{limit}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn events_are_stored_in_order_whatever_order_they_come_in(
            ids in Just((1..=120_u64).collect::<Vec<u64>>()).prop_shuffle(), limit in 1_usize..130,
        ) {
            let store = Store::in_memory().unwrap();
            let key = ExecutionKey::new("us-east-1/m", "run-1");
            let mut batch = Batch::new();
            let events: Vec<HistoryEvent> = ids.iter().map(|id| event(*id, "{}")).collect();
            put_events(&mut batch, &key, &events).unwrap();
            drop(store.commit(batch));
            prop_assert_eq!(read_all(&store, &key, false, limit), (1..=120).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn rows_are_small() {
        let rows = |payload: &str| {
            let (store, key, _) = stored(&[100], payload);
            store.load_prefix::<HistoryRow>(HISTORY, &key.row()).unwrap()
        };
        assert!(rows("{}").iter().all(|(_, row)| row.events.len() <= ROW_EVENTS));
        assert_eq!(rows(&format!("\"{}\"", "x".repeat(ROW_BYTES))).len(), 100);
    }

    #[test]
    fn a_page_of_large_events_is_shorter() {
        let payload = format!("\"{}\"", "x".repeat(256 * 1024 - 2));
        let (store, key, last) = stored(&[40], &payload);
        for (reverse, first) in [(false, 1), (true, last)] {
            let page = read_events(&store, &key, None, reverse, 1000).unwrap();
            assert_eq!((page.events.len(), page.has_more), (16, true));
            assert_eq!(page.events[0].id, first);
            let next = page.events.last().map(|event| event.id);
            let rest = read_events(&store, &key, next, reverse, 1000).unwrap();
            assert_eq!((rest.events.len(), rest.has_more), (16, true));
        }
        let tail = read_events(&store, &key, Some(32), false, 1000).unwrap();
        assert_eq!((tail.events.len(), tail.has_more), (8, false));
    }

    #[test]
    fn a_page_reads_its_own_rows_alone() {
        let (store, key, last) = stored(&[1000], "{}");
        // A row far from the page that cannot be read.
        let mut batch = Batch::new();
        batch.put_bytes(HISTORY, key.history(1), "no row");
        drop(store.commit(batch));
        assert_eq!(read_events(&store, &key, Some(500), false, 100).unwrap().events.len(), 100);
        assert_eq!(read_events(&store, &key, Some(last), true, 100).unwrap().events.len(), 100);
        assert!(read_events(&store, &key, None, false, 1).is_err());
    }
}
