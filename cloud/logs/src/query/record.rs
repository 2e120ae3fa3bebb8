//! What a query sees of an event: its own fields, and those that are found in its message.

use std::sync::OnceLock;

use super::value::Value;

/// An event, and its fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) timestamp_ms: i64,
    pub(crate) ingestion_ms: i64,
    /// The name of its stream.
    pub(crate) stream: String,
    /// `<account>:<group>`.
    pub(crate) log: String,
    pub(crate) message: String,
    /// What names the event in results.
    pub(crate) pointer: String,
    /// The message, if it is JSON; read when a field of it is asked for.
    pub(crate) json: OnceLock<Option<serde_json::Value>>,
}

impl Record {
    /// The value of a field.
    pub(super) fn field(&self, name: &str) -> Value {
        match name {
            "@timestamp" => Value::Moment(self.timestamp_ms),
            "@ingestionTime" => Value::Moment(self.ingestion_ms),
            "@logStream" => Value::Text(self.stream.clone()),
            "@log" => Value::Text(self.log.clone()),
            "@message" => Value::Text(self.message.clone()),
            "@ptr" => Value::Text(self.pointer.clone()),
            _ if name.starts_with('@') => self.of_lambda(name).unwrap_or(Value::Absent),
            _ => self.of_json(name),
        }
    }

    /// How much of memory it takes, about.
    pub(super) fn size_bytes(&self) -> usize {
        256 + self.message.len()
    }

    fn of_json(&self, name: &str) -> Value {
        let json = self.json.get_or_init(|| {
            let text = self.message.trim_start();
            text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
        });
        json.as_ref().and_then(|json| found(json, name)).map_or(Value::Absent, Value::of_json)
    }

    /// The fields that AWS finds in the lines of Lambda's own, `START`, `END` and `REPORT`, and in those that a runtime begins
    /// with the time and the request.
    fn of_lambda(&self, name: &str) -> Option<Value> {
        let message = self.message.trim_end();
        let kind = ["START", "END", "REPORT"]
            .into_iter()
            .find(|kind| message.strip_prefix(kind).is_some_and(|rest| rest.starts_with(" RequestId: ")));
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        match (name, kind) {
            ("@type", Some(kind)) => text(kind),
            ("@requestId", Some(_)) => text(message.split_once("RequestId: ")?.1.split_whitespace().next()?),
            ("@requestId", None) => text(message.split('\t').nth(1).filter(|part| is_request_id(part))?),
            ("@duration", Some("REPORT")) => measured(message, "\tDuration: ", 1.0),
            ("@billedDuration", Some("REPORT")) => measured(message, "Billed Duration: ", 1.0),
            ("@initDuration", Some("REPORT")) => measured(message, "Init Duration: ", 1.0),
            // In bytes, as AWS has them.
            ("@memorySize", Some("REPORT")) => measured(message, "Memory Size: ", 1e6),
            ("@maxMemoryUsed", Some("REPORT")) => measured(message, "Max Memory Used: ", 1e6),
            _ => None,
        }
    }
}

/// The number behind a name in a report.
fn measured(message: &str, name: &str, unit: f64) -> Option<Value> {
    let number: f64 = message.split_once(name)?.1.split_whitespace().next()?.parse().ok()?;
    Some(Value::Number(number * unit))
}

fn is_request_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// What a name with dots finds: a member of this whole name, or of one of its beginnings and then the rest; items of arrays have
/// numbers.
fn found<'a>(value: &'a serde_json::Value, name: &str) -> Option<&'a serde_json::Value> {
    let item = |value: &'a serde_json::Value, name: &str| match value {
        serde_json::Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        other => other.get(name),
    };
    if let Some(whole) = item(value, name) {
        return Some(whole);
    }
    name.match_indices('.').find_map(|(at, _)| found(item(value, name.get(..at)?)?, name.get(at + 1..)?))
}
