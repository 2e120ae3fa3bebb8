//! One log group with its streams and events.

use std::collections::{BTreeMap, btree_map};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::local::arn::Region;
use crate::local::past::View;
use crate::local::store::{Batch, Store, StoreError, Table};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// CloudWatch Logs counts this much for each event beside its message.
pub(super) const EVENT_OVERHEAD_BYTES: usize = 26;

/// What is known of a group beside its streams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct GroupFacts {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) created_at_ms: i64,
    pub(super) retention_days: Option<u16>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) class: String,
}

impl GroupFacts {
    pub(super) fn new(region: &Region, name: &str, created_at_ms: i64) -> Self {
        Self {
            name: name.to_owned(),
            arn: region.arn("logs", &format!("log-group:{name}")),
            created_at_ms,
            retention_days: None,
            tags: BTreeMap::new(),
            class: "STANDARD".to_owned(),
        }
    }
}

/// What is known of a stream beside its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StreamFacts {
    pub(super) created_at_ms: i64,
    pub(super) first_event_ms: Option<i64>,
    pub(super) last_event_ms: Option<i64>,
    pub(super) last_ingestion_ms: Option<i64>,
}

impl StreamFacts {
    /// Whether it was there at the moment that the caller sees.
    pub(super) fn is_seen(&self) -> bool {
        View::as_of().is_none_or(|moment| self.created_at_ms <= moment.as_millisecond())
    }
}

/// Where an event stands in its group: by time, then by arrival. The sequence is the wall clock's nanosecond at which the
/// event arrived, or the next free one, so it is unique across restarts too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) timestamp_ms: i64,
    pub(super) sequence: u64,
}

impl Position {
    /// Before every event.
    pub(super) const START: Self = Self { timestamp_ms: 0, sequence: 0 };

    /// The 56 digits that AWS's event ids and tokens have.
    pub(super) fn digits(self) -> String {
        format!("{:026}{:030}", self.timestamp_ms, self.sequence)
    }

    /// Reads what [`Position::digits`] wrote.
    pub(super) fn parse(digits: &str) -> Option<Self> {
        let (timestamp, sequence) = digits.split_at_checked(26).filter(|_| digits.len() == 56)?;
        Some(Self { timestamp_ms: timestamp.parse().ok()?, sequence: sequence.parse().ok()? })
    }

    fn ingestion_ms(self) -> i64 {
        i64::try_from(self.sequence / 1_000_000).unwrap_or(i64::MAX)
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Event {
    pub(super) stream: String,
    pub(super) message: String,
}

/// One group.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) facts: GroupFacts,
    pub(super) streams: BTreeMap<String, StreamFacts>,
    /// Absent until somebody looks or writes.
    events: Option<BTreeMap<Position, Event>>,
    last_sequence: u64,
}

impl Group {
    /// A group that was just made: the store holds no events of it, or still those of its namesake that was deleted.
    pub(super) fn created(facts: GroupFacts) -> Self {
        Self { facts, streams: BTreeMap::new(), events: Some(BTreeMap::new()), last_sequence: 0 }
    }

    /// A group that the store holds.
    pub(super) fn stored(facts: GroupFacts) -> Self {
        Self { facts, streams: BTreeMap::new(), events: None, last_sequence: 0 }
    }

    /// The events in order; loads them from the store the first time.
    pub(super) fn events(&mut self, store: &Store, key: &str) -> Result<&mut BTreeMap<Position, Event>, StoreError> {
        let loaded = match self.events.take() {
            Some(events) => events,
            None => {
                let rows = store.load_prefix::<Event>(Table::LogEvents, &format!("{key}\0"))?;
                let position = |key: &str| Position::parse(key.rsplit('\0').next()?);
                rows.into_iter().filter_map(|(key, event)| Some((position(&key)?, event))).collect()
            }
        };
        self.last_sequence = self.last_sequence.max(loaded.keys().map(|position| position.sequence).max().unwrap_or(0));
        Ok(self.events.insert(loaded))
    }

    /// The oldest moment that retention keeps.
    pub(super) fn kept_since_ms(&self, now: Timestamp) -> i64 {
        match self.facts.retention_days {
            Some(days) => now.as_millisecond() - i64::from(days) * DAY_MS,
            None => 0,
        }
    }

    /// Makes a stream unless it is there.
    pub(super) fn open_stream(&mut self, name: &str, now_ms: i64) {
        if let btree_map::Entry::Vacant(vacant) = self.streams.entry(name.to_owned()) {
            vacant.insert(StreamFacts {
                created_at_ms: now_ms,
                first_event_ms: None,
                last_event_ms: None,
                last_ingestion_ms: None,
            });
        }
    }

    /// Adds events to a stream that exists, in the order given, and drops what retention no longer keeps.
    pub(super) fn append(
        &mut self,
        store: &Store,
        batch: &mut Batch,
        key: &str,
        stream: &str,
        events: impl IntoIterator<Item = (i64, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let kept_since_ms = self.kept_since_ms(now);
        self.events(store, key)?;
        let mut span: Option<(i64, i64)> = None;
        let mut sequence = self.last_sequence.max(u64::try_from(now.as_nanosecond()).unwrap_or(0));
        let all = self.events.get_or_insert_default();
        for (timestamp_ms, message) in events {
            sequence += 1;
            let position = Position { timestamp_ms, sequence };
            let event = Event { stream: stream.to_owned(), message };
            batch.put(Table::LogEvents, event_key(key, position), &event)?;
            all.insert(position, event);
            span = Some(span.map_or((timestamp_ms, timestamp_ms), |(first, last)| {
                (first.min(timestamp_ms), last.max(timestamp_ms))
            }));
        }
        while let Some(oldest) = all.first_entry().filter(|oldest| oldest.key().timestamp_ms < kept_since_ms) {
            batch.delete(Table::LogEvents, event_key(key, *oldest.key()));
            oldest.remove();
        }
        self.last_sequence = sequence;
        if let Some(facts) = self.streams.get_mut(stream) {
            if let Some((first, last)) = span {
                facts.first_event_ms = Some(facts.first_event_ms.map_or(first, |old| old.min(first)));
                facts.last_event_ms = Some(facts.last_event_ms.map_or(last, |old| old.max(last)));
                facts.last_ingestion_ms = Some(now.as_millisecond());
            }
            batch.put(Table::LogStreams, stream_key(key, stream), facts)?;
        }
        Ok(())
    }

    /// Deletes a stream and its events; false when there is no such stream.
    pub(super) fn delete_stream(
        &mut self,
        store: &Store,
        batch: &mut Batch,
        key: &str,
        stream: &str,
    ) -> Result<bool, StoreError> {
        if self.streams.remove(stream).is_none() {
            return Ok(false);
        }
        batch.delete(Table::LogStreams, stream_key(key, stream));
        self.events(store, key)?.retain(|position, event| {
            let stays = event.stream != stream;
            if !stays {
                batch.delete(Table::LogEvents, event_key(key, *position));
            }
            stays
        });
        Ok(true)
    }
}

/// When the event arrived.
pub(super) fn ingestion_ms(position: Position) -> i64 {
    position.ingestion_ms()
}

/// The store's key of a stream: group key and stream, apart by a character that neither can hold.
pub(super) fn stream_key(group_key: &str, stream: &str) -> String {
    format!("{group_key}\0{stream}")
}

fn event_key(group_key: &str, position: Position) -> String {
    format!("{group_key}\0{}", position.digits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_56_digits_and_come_back() {
        let position = Position { timestamp_ms: 1_510_842_801_000, sequence: 1_800_000_000_123_456_789 };
        assert_eq!(position.digits().len(), 56);
        assert_eq!(Position::parse(&position.digits()), Some(position));
        assert_eq!(Position::parse("12"), None);
        assert_eq!(Position::parse(&"x".repeat(56)), None);
    }

    #[test]
    fn retention_drops_old_events_and_order_is_time_then_arrival() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let mut group = Group::created(GroupFacts::new(&Region::new(""), "g", 0));
        group.facts.retention_days = Some(1);
        group.open_stream("s", now.as_millisecond());
        let at = now.as_millisecond();
        let events = [(at, "second"), (at - 1, "first"), (at, "third"), (at - 2 * DAY_MS, "gone")];
        let events = events.map(|(timestamp, text)| (timestamp, text.to_owned()));
        group.append(&store, &mut Batch::new(), "us-east-1/g", "s", events, now).unwrap();
        let texts: Vec<String> =
            group.events(&store, "us-east-1/g").unwrap().values().map(|event| event.message.clone()).collect();
        assert_eq!(texts, ["first", "second", "third"]);
        assert_eq!(group.streams["s"].last_event_ms, Some(at));
    }
}
