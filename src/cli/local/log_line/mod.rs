//! A record of the embedded cloud's log as a line. Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::cli::time::moment;
use crate::cli::ui::{Tone, toned, visible};
use cloud_server::ActivityRecord;

/// The target of requests.
const REQUEST: &str = "cloud::request";

/// The room for a request's operation, or the part of the cloud that a line is about.
const WIDTH: usize = 34;

/// The line of a record: when, who, what; all outside text with its control characters visible.
pub(super) fn text(record: &ActivityRecord, zone: &TimeZone) -> String {
    let time = match record.time.parse::<Timestamp>() {
        Ok(time) => moment::local_exact(time, zone),
        // Not written by a cloud of ours: it is shown as it is.
        Err(_) => line(&record.time),
    };
    let time = toned(Tone::Faint, time);
    let what = if record.target == REQUEST && record.fields.contains_key("operation") {
        request(&record.fields)
    } else {
        event(record)
    };
    format!("{time}  {what}")
}

/// A request that was answered.
fn request(fields: &Map<String, Value>) -> String {
    let operation = field(fields, "operation").unwrap_or_default();
    let status = field(fields, "status").unwrap_or_default();
    let duration = field(fields, "duration_ms").map(|ms| format!("{ms} ms")).unwrap_or_default();
    let id = field(fields, "request_id").map(|id| format!("  request {id}")).unwrap_or_default();
    let tone = match fields.get("status").and_then(Value::as_u64) {
        Some(500..) => Tone::Bad,
        Some(400..) => Tone::Warning,
        _ => Tone::Good,
    };
    let mut text = format!("{operation:<WIDTH$}  {}  {duration:>10}{}", toned(tone, status), toned(Tone::Faint, id));
    let failure = [field(fields, "code"), field(fields, "cause")].into_iter().flatten().collect::<Vec<_>>().join(": ");
    if !failure.is_empty() {
        text.push_str(&format!("  {}", toned(tone, failure)));
    }
    text
}

/// A step of the cloud, or something that failed in it.
fn event(record: &ActivityRecord) -> String {
    let tone = match record.level.as_str() {
        "ERROR" => Tone::Bad,
        "WARN" => Tone::Warning,
        _ => Tone::Faint,
    };
    let part = line(record.target.trim_start_matches("cloud::").trim_start_matches("cloud_"));
    let level = line(&record.level).to_lowercase();
    let fields: Vec<String> = record
        .fields
        .keys()
        .filter_map(|name| Some(format!("{} {}", line(name), field(&record.fields, name)?)))
        .collect();
    let fields = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
    let message = line(&record.message);
    format!("{part:<WIDTH$}  {}  {message}{}", toned(tone, format!("{level:<5}")), toned(Tone::Faint, fields))
}

/// The value of a field as text.
fn field(fields: &Map<String, Value>, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(line(text)),
        value => Some(line(&value.to_string())),
    }
}

/// A text from elsewhere on one line.
fn line(text: &str) -> String {
    visible(text).replace('\n', "\\n").replace('\t', " ")
}

#[cfg(test)]
mod tests;
