//! Log lines, read from a whole group: a list of streams lags behind what they hold, so streams are never listed.

use serde::Serialize;

use crate::client::connect::Aws;
use crate::error::AwsError;

/// A line of a function's log as CloudWatch Logs answers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogEvent {
    /// When the line was written, in milliseconds since 1970.
    pub timestamp: i64,
    /// When it arrived, in milliseconds since 1970.
    pub ingestion_time: i64,
    /// The stream it belongs to: one sandbox of the function.
    pub log_stream_name: String,
    /// Its id, unique within the group; empty where an emulator gives none.
    pub event_id: String,
    /// The line.
    pub message: String,
}

/// What to read.
#[derive(Debug, Clone)]
pub struct Query<'a> {
    /// The log group.
    pub group: &'a str,
    /// Lines from this moment on, in milliseconds since 1970.
    pub start_ms: i64,
    /// Lines up to this moment, in milliseconds since 1970.
    pub end_ms: Option<i64>,
    /// A filter pattern of CloudWatch Logs.
    pub pattern: Option<&'a str>,
}

/// One answer of FilterLogEvents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its lines; none is not the end as long as there is a token.
    pub events: Vec<LogEvent>,
    /// What asks for the next page.
    pub next_token: Option<String>,
}

/// One page of a group's lines.
///
/// # Errors
/// The group does not exist (`is_not_found`), or the call failed.
pub async fn filter(aws: &Aws, query: &Query<'_>, token: Option<String>) -> Result<Page, AwsError> {
    let call = aws.logs.filter_log_events().log_group_name(query.group).start_time(query.start_ms);
    let call = call.set_end_time(query.end_ms).set_filter_pattern(query.pattern.map(str::to_owned));
    let asked = token.clone();
    let answer = call.set_next_token(token).send().await;
    let answer = answer.map_err(AwsError::from_sdk("CloudWatch Logs", "FilterLogEvents"))?;
    let events = answer.events().iter().map(|event| {
        let stream = event.log_stream_name().unwrap_or_default();
        let timestamp = event.timestamp().unwrap_or_default();
        let message = event.message().unwrap_or_default();
        LogEvent {
            timestamp,
            ingestion_time: event.ingestion_time().unwrap_or(timestamp),
            log_stream_name: stream.to_owned(),
            event_id: event.event_id().unwrap_or_default().to_owned(),
            message: message.to_owned(),
        }
    });
    // The same token again would lead nowhere.
    let next_token = answer.next_token().map(str::to_owned).filter(|next| Some(next) != asked.as_ref());
    Ok(Page { events: events.collect(), next_token })
}
