//! The events of a subscription filter as a function gets them: JSON, compressed, in Base64.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::position::Position;

/// How many bytes of messages go into one event of a function, which takes 1 MiB: so many fit even if nothing of them can be
/// compressed.
pub(super) const MESSAGE_BYTES: usize = 512 << 10;

/// What an event counts beside its message: its id, its time and its members' names.
pub(super) const EVENT_BYTES: usize = 128;

/// Where events come from, and for which filter they are.
pub(super) struct Origin<'a> {
    pub(super) account: &'a str,
    pub(super) group: &'a str,
    pub(super) stream: &'a str,
    pub(super) filter: &'a str,
}

/// The event of a function.
///
/// # Errors
/// They could not be compressed.
pub(super) fn event(origin: &Origin<'_>, events: &[(Position, String)]) -> std::io::Result<Bytes> {
    let log_events: Vec<Value> = events
        .iter()
        .map(|(position, message)| {
            json!({"id": position.digits(), "timestamp": position.timestamp_ms, "message": message})
        })
        .collect();
    let data = json!({
        "messageType": "DATA_MESSAGE",
        "owner": origin.account,
        "logGroup": origin.group,
        "logStream": origin.stream,
        "subscriptionFilters": [origin.filter],
        "logEvents": log_events,
    });
    let mut compressed = GzEncoder::new(Vec::new(), Compression::fast());
    compressed.write_all(data.to_string().as_bytes())?;
    let data = BASE64_STANDARD.encode(compressed.finish()?);
    Ok(Bytes::from(json!({"awslogs": {"data": data}}).to_string()))
}
