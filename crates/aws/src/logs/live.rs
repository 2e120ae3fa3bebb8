//! A live tail: CloudWatch Logs sends lines as they arrive, in a session that is paid by the minute.

use aws_sdk_cloudwatchlogs::config::{Builder, StalledStreamProtectionConfig};
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatchlogs::primitives::event_stream::EventReceiver;
use aws_sdk_cloudwatchlogs::types::StartLiveTailResponseStream as Sent;
use aws_sdk_cloudwatchlogs::types::error::StartLiveTailResponseStreamError as StreamError;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::SERVICE;
use super::events::LogEvent;
use crate::client::connect::Aws;
use crate::error::kind::AwsErrorKind;
use crate::error::{AwsError, error_chain};
use crate::trace::TARGET;
use model::names::Arn;

const OPERATION: &str = "StartLiveTail";

/// A session, which AWS ends after three hours.
#[derive(Debug)]
pub struct LiveTail {
    events: EventReceiver<Sent, StreamError>,
}

/// What was sent within a second.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// The new lines, which have no ids.
    pub events: Vec<LogEvent>,
    /// Whether more than 500 lines a second matched, of which these are some.
    pub sampled: bool,
}

/// Begins a session for the lines of a group that arrive from now on.
///
/// # Errors
/// The group does not exist (`is_not_found`), 15 sessions are open in the account and region, or the call failed.
pub async fn start(aws: &Aws, group: &Arn, pattern: Option<&str>) -> Result<LiveTail, AwsError> {
    let endpoint = aws.endpoint.clone();
    // Nothing may be said for hours.
    let quiet = Builder::new().stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    let call = aws.logs.start_live_tail().log_group_identifiers(group.as_str());
    let call = call.set_log_event_filter_pattern(pattern.map(str::to_owned)).customize().config_override(quiet);
    let call = call.mutate_request(move |request| without_prefix(request, endpoint.as_deref()));
    let output = call.send().await.map_err(AwsError::from_sdk("CloudWatch Logs", "StartLiveTail"))?;
    Ok(LiveTail { events: output.response_stream })
}

/// The SDK puts `stream-` before every host. AWS has such hosts; an endpoint of one's own is meant as it is.
fn without_prefix(request: &mut HttpRequest, endpoint: Option<&str>) {
    let Some(endpoint) = endpoint else { return };
    if let Err(error) = request.set_uri(format!("{}/", endpoint.trim_end_matches('/'))) {
        tracing::warn!(target: TARGET, %error, "the endpoint is no address; the live tail goes to a host of its own");
    }
}

impl LiveTail {
    /// Waits for the next update; none when the session's time is over.
    ///
    /// # Errors
    /// The connection broke, or AWS ended the session for a reason of its own.
    pub async fn next(&mut self) -> Result<Option<Update>, AwsError> {
        loop {
            match self.events.recv().await {
                Ok(Some(Sent::SessionUpdate(update))) => {
                    let sampled = update.session_metadata().is_some_and(|metadata| metadata.sampled());
                    let events = update.session_results().iter().map(|event| LogEvent {
                        timestamp: event.timestamp().unwrap_or_default(),
                        ingestion_time: event.ingestion_time().or(event.timestamp()).unwrap_or_default(),
                        log_stream_name: event.log_stream_name().unwrap_or_default().to_owned(),
                        event_id: String::new(),
                        message: event.message().unwrap_or_default().to_owned(),
                    });
                    return Ok(Some(Update { events: events.collect(), sampled }));
                }
                // The session's start, and what AWS may send one day.
                Ok(Some(_)) => {}
                Ok(None) => return Err(broken(AwsErrorKind::ConnectionLost, None, "the stream ended".to_owned())),
                Err(SdkError::ServiceError(error)) if error.err().is_session_timeout_exception() => return Ok(None),
                Err(SdkError::ServiceError(error)) => {
                    let code = error.err().code().map(str::to_owned);
                    let message = error.err().message().unwrap_or("the session ended").to_owned();
                    return Err(broken(AwsErrorKind::ServiceFault, code, message));
                }
                Err(error) => return Err(broken(AwsErrorKind::ConnectionLost, None, error_chain(&error))),
            }
        }
    }
}

fn broken(kind: AwsErrorKind, code: Option<String>, message: String) -> AwsError {
    AwsError { kind, service: SERVICE, operation: OPERATION, code, message, request_id: None }
}
