//! Makes one record of each `tracing` event.

use std::fmt;

use cloud_core::Clock;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::{ActivityRecord, ActivityWriter};

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
        self.writer.write(ActivityRecord {
            time: self.clock.now().to_string(),
            level: event.metadata().level().to_string(),
            target: event.metadata().target().to_owned(),
            message: fields.message,
            fields: fields.others,
        });
    }
}

/// The fields of an event, as JSON.
#[derive(Default)]
struct Fields {
    message: String,
    others: Map<String, Value>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        self.others.insert(field.name().to_owned(), value);
    }

    fn put_text(&mut self, field: &Field, text: String) {
        let text = shortened(text);
        if field.name() == "message" {
            self.message = text;
        } else if !text.is_empty() {
            self.put(field, Value::String(text));
        }
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > VALUE_LIMIT_BYTES {
        let end = text.floor_char_boundary(VALUE_LIMIT_BYTES);
        text.truncate(end);
        text.push('…');
    }
    text
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        // Microseconds are enough of a duration.
        self.put(field, Value::from((value * 1_000.0).round() / 1_000.0));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::from(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put_text(field, value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put_text(field, format!("{value:?}"));
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
