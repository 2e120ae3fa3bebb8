//! Makes one record of each `tracing` event.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use cloud_core::Clock;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::ActivityWriter;

/// The longest value of a field that is kept, in bytes: a cause can hold a payload.
const VALUE_LIMIT_BYTES: usize = 2_000;

/// Hands each event of the cloud's own code to the log's writer.
pub(crate) struct ActivityLayer {
    clock: Clock,
    writer: ActivityWriter,
}

impl ActivityLayer {
    pub(crate) fn new(clock: Clock, writer: ActivityWriter) -> Self {
        Self { clock, writer }
    }
}

/// Libraries have their own events, of which none is a fact about the cloud.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().starts_with("cloud") && *metadata.level() <= Level::DEBUG
}

impl<S: Subscriber> Layer<S> for ActivityLayer {
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        is_ours(metadata)
    }

    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let time = self.clock.now();
        // `ActivityRecord` as JSON, without making one.
        let mut line = Vec::with_capacity(USUAL_SIZE_BYTES);
        let metadata = event.metadata();
        let begun = write!(line, "{{\"time\":\"{time}\",\"level\":\"{}\",\"target\":", metadata.level());
        let mut written = begun.is_ok() && push_text(&mut line, metadata.target());
        if !fields.message.is_empty() {
            line.extend_from_slice(b",\"message\":");
            written &= push_text(&mut line, &fields.message);
        }
        if !fields.others.is_empty() {
            line.extend_from_slice(b",\"fields\":{");
            line.extend_from_slice(&fields.others);
            line.push(b'}');
        }
        line.push(b'}');
        // Bytes in memory can always be written.
        if written {
            self.writer.write(time, &line);
        }
    }
}

/// Enough room for the record of a request.
const USUAL_SIZE_BYTES: usize = 256;

/// The fields of an event: its message, and the members of a JSON object.
#[derive(Default)]
struct Fields {
    message: String,
    others: Vec<u8>,
}

impl Fields {
    /// The name of a member, before its value.
    fn begin(&mut self, field: &Field) {
        if !self.others.is_empty() {
            self.others.push(b',');
        }
        push_text(&mut self.others, field.name());
        self.others.push(b':');
    }

    fn put(&mut self, field: &Field, value: impl fmt::Display) {
        self.begin(field);
        // Bytes in memory can always be written.
        let _ = write!(self.others, "{value}");
    }

    fn put_text(&mut self, field: &Field, text: &str) {
        let text = shortened(text);
        if field.name() == "message" {
            self.message = text.into_owned();
        } else if !text.is_empty() {
            self.begin(field);
            push_text(&mut self.others, &text);
        }
    }
}

/// Writes a text as JSON.
fn push_text(line: &mut Vec<u8>, text: &str) -> bool {
    serde_json::to_writer(line, text).is_ok()
}

fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= VALUE_LIMIT_BYTES {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(VALUE_LIMIT_BYTES);
    Cow::Owned(format!("{}…", &text[..end]))
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        // Microseconds are enough of a duration.
        self.put(field, Value::from((value * 1_000.0).round() / 1_000.0));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::super::ActivityReader;
    use super::*;

    #[test]
    fn an_event_becomes_a_record_and_foreign_ones_do_not() {
        let dir = tempfile::tempdir().unwrap();
        let (clock, _control) = Clock::moved_by_hand(Timestamp::UNIX_EPOCH);
        let writer = ActivityWriter::start(dir.path().join("activity.jsonl")).unwrap();
        let subscriber = tracing_subscriber::registry().with(ActivityLayer::new(clock, writer.clone()));
        tracing::subscriber::with_default(subscriber, || {
            let cause = "x".repeat(3_000);
            tracing::warn!(target: "cloud_lambda::code", status = 3_u64, duration_ms = 1.23456, cause, "not removed");
            tracing::warn!(target: "hyper::proto", "a library's own affair");
            tracing::trace!(target: "cloud::request", "too fine");
        });
        writer.finish();
        let records = ActivityReader::new(dir.path().join("activity.jsonl")).read_all().unwrap();
        assert_eq!(records.len(), 1);
        let record = &records[0];
        assert_eq!((record.level.as_str(), record.message.as_str()), ("WARN", "not removed"));
        assert_eq!(
            (record.time.as_str(), &record.fields["duration_ms"]),
            ("1970-01-01T00:00:00Z", &Value::from(1.235))
        );
        assert_eq!(record.fields["cause"].as_str().map(str::len), Some(2_003));
    }
}
