//! Writing events straight into the bytes of their rows.

use asl::{EventDetails, HistoryEvent, StateType};
use cloud_store::{Batch, StoreError};
use jiff::Timestamp;

use crate::rows::HISTORY;
use crate::rows::execution::ExecutionKey;

/// How many events a row holds at most. A page reads whole rows, so that it may cost this many events too much at either
/// end; with fewer, a long step would be many rows to write.
pub(super) const ROW_EVENTS: usize = 32;

/// How many bytes of events a row holds at most, unless one event alone is larger (its payload may have 256 KiB): about
/// two of the store's pages.
pub(super) const ROW_BYTES: usize = 8 << 10;

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

/// What a row begins with, as [`super::HistoryRow`] reads it.
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
pub(super) fn write_event(json: &mut Vec<u8>, event: &HistoryEvent, timestamp: &str) -> Result<(), serde_json::Error> {
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
