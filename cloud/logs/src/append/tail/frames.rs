//! The messages of an event stream, as awsJson services send them.

use aws_smithy_eventstream::error::Error;
use aws_smithy_eventstream::frame::write_message_to;
use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
use bytes::Bytes;
use serde_json::Value;

/// The type of an answer that is an event stream.
pub(crate) const CONTENT_TYPE: &str = "application/vnd.amazon.eventstream";

/// A message of the stream; the first one is `initial-response`.
pub(super) fn event(name: &'static str, payload: &Value) -> Result<Bytes, Error> {
    message([(":message-type", "event"), (":event-type", name)], payload)
}

/// An error that ends the stream.
pub(super) fn exception(name: &'static str, payload: &Value) -> Result<Bytes, Error> {
    message([(":message-type", "exception"), (":exception-type", name)], payload)
}

fn message(headers: [(&'static str, &'static str); 2], payload: &Value) -> Result<Bytes, Error> {
    let header = |(name, value): (&'static str, &'static str)| Header::new(name, HeaderValue::String(value.into()));
    let message = headers.map(header).into_iter().fold(Message::new(payload.to_string()), Message::add_header);
    let message = message.add_header(header((":content-type", "application/json")));
    let mut bytes = Vec::new();
    write_message_to(&message, &mut bytes)?;
    Ok(Bytes::from(bytes))
}
