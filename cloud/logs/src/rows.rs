//! What the store holds of CloudWatch Logs, and under which keys.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `log-groups` | `<location>/<name>` | [`GroupFacts`](crate::group::GroupFacts) with the group's number |
//! | `log-streams` | `<group>/<name>` | [`StreamFacts`](crate::group::StreamFacts) with the stream's number |
//! | `log-events` | `<group>/<time><sequence>` | [`EventRow`] |
//! | `log-stream-events` | `<group>/<stream>/<time><sequence>` | nothing: which events of the group are the stream's |
//! | `log-deliveries` | `<group>/<sequence>` | [`DeliveryRow`]: events that the group's subscription filters have not seen yet |
//!
//! Groups and streams stand in keys as numbers of ten hexadecimal digits. A number is never given again while a row of its
//! former owner may be there, so that what is made anew under an old name has nothing of its namesake.

use cloud_store::Table;
use serde::{Deserialize, Serialize};

use crate::position::Position;

/// Log groups.
pub(crate) const GROUPS: Table = Table::new("log-groups");
/// Log streams.
pub(crate) const STREAMS: Table = Table::new("log-streams");
/// Events of each group in the order of time.
pub(crate) const EVENTS: Table = Table::new("log-events");
/// Which events are a stream's, in the order of time.
pub(crate) const STREAM_EVENTS: Table = Table::new("log-stream-events");

/// Events that wait for subscription filters, in the order in which they came.
pub(crate) const DELIVERIES: Table = Table::new("log-deliveries");

/// The tables of this service.
pub const TABLES: [Table; 5] = [GROUPS, STREAMS, EVENTS, STREAM_EVENTS, DELIVERIES];

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EventRow {
    /// The stream's number.
    pub(crate) stream: u64,
    pub(crate) message: String,
}

/// One event that is about to be written.
#[derive(Debug, Serialize)]
pub(crate) struct NewEventRow<'a> {
    pub(crate) stream: u64,
    pub(crate) message: &'a str,
}

/// Events of one stream that came together and wait for the group's subscription filters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct DeliveryRow {
    /// The stream's number.
    pub(crate) stream: u64,
    /// Their moments, in milliseconds; their sequences follow each other from the one in the key.
    pub(crate) timestamps_ms: Vec<i64>,
    /// The filters that have not had them; none in rows of earlier programs, which wait for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) filters: Option<Vec<String>>,
}

impl DeliveryRow {
    /// Whether a filter has not had it.
    pub(crate) fn waits_for(&self, filter: &str) -> bool {
        self.filters.as_ref().is_none_or(|filters| filters.iter().any(|name| name == filter))
    }
}

/// The key of events that wait, by the sequence of the first of them.
pub(crate) fn delivery_key(group: u64, sequence: u64) -> String {
    format!("{group:010x}/{sequence:016x}")
}

/// The sequence in such a key.
pub(crate) fn delivery_sequence(key: &str) -> Option<u64> {
    u64::from_str_radix(split_group(key)?.1, 16).ok()
}

/// What the keys of a group's streams and events begin with.
pub(crate) fn group_prefix(group: u64) -> String {
    format!("{group:010x}/")
}

/// What the keys of a stream's events begin with.
pub(crate) fn stream_prefix(group: u64, stream: u64) -> String {
    format!("{group:010x}/{stream:010x}/")
}

/// The key of a stream.
pub(crate) fn stream_key(group: u64, name: &str) -> String {
    format!("{group:010x}/{name}")
}

/// The key of an event.
pub(crate) fn event_key(group: u64, position: Position) -> String {
    format!("{group:010x}/{}", position.to_key())
}

/// The key that says that an event is a stream's.
pub(crate) fn stream_event_key(group: u64, stream: u64, position: Position) -> String {
    format!("{group:010x}/{stream:010x}/{}", position.to_key())
}

/// The position at the end of a key of either table of events.
pub(crate) fn position_of(key: &str) -> Option<Position> {
    Position::from_key(key.rsplit('/').next()?)
}

/// The group's number that a key begins with, and what follows it.
pub(crate) fn split_group(key: &str) -> Option<(u64, &str)> {
    let (group, rest) = key.split_once('/')?;
    Some((u64::from_str_radix(group, 16).ok()?, rest))
}

/// The numbers of group and stream in a key of `log-stream-events`.
pub(crate) fn group_and_stream(key: &str) -> Option<(u64, u64)> {
    let (group, rest) = split_group(key)?;
    let (stream, _) = rest.split_once('/')?;
    Some((group, u64::from_str_radix(stream, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_apart() {
        let position = Position { timestamp_ms: 7, sequence: 9 };
        let key = stream_event_key(1, 0xabc, position);
        assert_eq!(key, "0000000001/0000000abc/0000000000070000000000000009");
        assert_eq!(group_and_stream(&key), Some((1, 0xabc)));
        assert_eq!(position_of(&key), Some(position));
        assert_eq!(position_of(&event_key(1, position)), Some(position));
        assert_eq!(split_group(&stream_key(3, "2026/11/28/[1]a")), Some((3, "2026/11/28/[1]a")));
        assert_eq!(group_and_stream("x"), None);
        assert!(key.starts_with(&stream_prefix(1, 0xabc)) && key.starts_with(&group_prefix(1)));
    }
}
