//! Live tails: events are shown to whoever watches their group, as soon as they are durable ([AWS's guide]).
//!
//! [AWS's guide]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatchLogs_LiveTail.html

mod frames;
pub(crate) mod session;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::pattern::Pattern;

pub(crate) use frames::CONTENT_TYPE;

/// How many events one session shows in a second: "up to 500 log events every second"; of more it shows some.
const MOST_A_SECOND: usize = 500;

/// The live tails that are open.
#[derive(Debug, Default)]
pub(crate) struct Tails {
    /// How many there are: nearly always none, so that an append does not look for them.
    count: AtomicUsize,
    open: Mutex<Vec<Arc<Tail>>>,
}

/// One live tail: which events it shows, and those that it has not sent yet.
#[derive(Debug)]
pub(crate) struct Tail {
    /// The account and region whose sessions it counts among.
    pub(crate) place: String,
    /// How each group is shown, by its number.
    pub(crate) groups: BTreeMap<u64, String>,
    /// Only these streams; all where there are none.
    pub(crate) streams: Vec<String>,
    /// Only streams whose names begin so; all where there are none.
    pub(crate) stream_prefixes: Vec<String>,
    pub(crate) pattern: Pattern,
    pub(crate) buffer: Mutex<Buffer>,
    pub(crate) filled: Notify,
}

/// What a live tail has not sent yet.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    pub(crate) events: Vec<Value>,
    /// How many events came in the second that is running.
    in_second: usize,
    /// Whether some were left out.
    pub(crate) is_sampled: bool,
}

/// Events that a live tail shows once they are durable.
pub(crate) struct Tailed {
    tail: Arc<Tail>,
    events: Vec<Value>,
}

impl Tails {
    /// What of events that are about to be written the open tails show.
    pub(crate) fn watched(&self, group: u64, stream: &str, events: &[(i64, String)], now: Timestamp) -> Vec<Tailed> {
        if self.count.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        self.lock().iter().filter_map(|tail| tail.watched(group, stream, events, now)).collect()
    }

    /// Opens a tail, unless its place has as many as it may.
    pub(crate) fn open(&self, tail: Arc<Tail>, most: usize) -> bool {
        let mut open = self.lock();
        if open.iter().filter(|other| other.place == tail.place).count() >= most {
            return false;
        }
        open.push(tail);
        self.count.store(open.len(), Ordering::Release);
        true
    }

    /// Closes a tail.
    pub(crate) fn close(&self, tail: &Arc<Tail>) {
        let mut open = self.lock();
        open.retain(|other| !Arc::ptr_eq(other, tail));
        self.count.store(open.len(), Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Tail>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tail {
    fn watched(self: &Arc<Self>, group: u64, stream: &str, events: &[(i64, String)], now: Timestamp) -> Option<Tailed> {
        let identifier = self.groups.get(&group)?;
        let is_named = self.streams.is_empty() || self.streams.iter().any(|name| name == stream);
        let is_prefixed =
            self.stream_prefixes.is_empty() || self.stream_prefixes.iter().any(|prefix| stream.starts_with(prefix));
        if !is_named || !is_prefixed {
            return None;
        }
        let matching = events.iter().filter(|(_, message)| self.pattern.matches(message));
        let shown = matching.take(MOST_A_SECOND + 1).map(|(timestamp_ms, message)| {
            json!({
                "logGroupIdentifier": identifier,
                "logStreamName": stream,
                "timestamp": timestamp_ms,
                "ingestionTime": now.as_millisecond(),
                "message": message,
            })
        });
        let events: Vec<Value> = shown.collect();
        (!events.is_empty()).then(|| Tailed { tail: Arc::clone(self), events })
    }

    pub(crate) fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tailed {
    /// They are durable.
    pub(crate) fn show(self) {
        {
            let mut buffer = self.tail.buffer();
            for event in self.events {
                if buffer.in_second >= MOST_A_SECOND {
                    buffer.is_sampled = true;
                    break;
                }
                buffer.in_second += 1;
                buffer.events.push(event);
            }
        }
        self.tail.filled.notify_one();
    }
}

impl Buffer {
    /// Another second begins.
    fn begin_second(&mut self) {
        self.in_second = 0;
    }
}
