//! The operations on log streams.

use cloud_core::{Request, Response, ServiceError};
use serde::{Deserialize, Serialize};

use super::answer::{answer, done};
use super::groups::Named;
use super::put::SEQUENCE_TOKEN;
use crate::errors::{LIST_LIMIT, invalid};
use crate::group::StreamFacts;
use crate::service::Logs;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamInput {
    log_group_name: String,
    log_stream_name: String,
}

pub(crate) async fn create(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: StreamInput = request.json()?;
    let stream = input.log_stream_name;
    let key = request.location().key(&input.log_group_name);
    logs.create_stream(&key, &stream, request.received_at.as_millisecond()).await?;
    Ok(done())
}

pub(crate) async fn delete(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: StreamInput = request.json()?;
    let key = request.location().key(&input.log_group_name);
    logs.delete_stream(&key, &input.log_stream_name).await?;
    Ok(done())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeInput {
    #[serde(flatten)]
    group: Named,
    log_stream_name_prefix: Option<String>,
    order_by: Option<String>,
    #[serde(default)]
    descending: bool,
    next_token: Option<String>,
    limit: Option<usize>,
}

/// The other order is by name.
const BY_TIME: &str = "LastEventTime";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribeOutput {
    log_streams: Vec<StreamOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StreamOutput {
    log_stream_name: String,
    creation_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_event_timestamp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_event_timestamp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_ingestion_time: Option<i64>,
    upload_sequence_token: String,
    arn: String,
    stored_bytes: u64,
}

impl StreamOutput {
    fn new(group_arn: &str, name: &str, facts: &StreamFacts) -> Self {
        Self {
            log_stream_name: name.to_owned(),
            creation_time: facts.created_at_ms,
            first_event_timestamp: facts.first_event_ms,
            last_event_timestamp: facts.last_event_ms,
            last_ingestion_time: facts.last_ingestion_ms,
            upload_sequence_token: SEQUENCE_TOKEN.to_owned(),
            arn: format!("{group_arn}:log-stream:{name}"),
            stored_bytes: 0,
        }
    }
}

pub(crate) async fn describe(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: DescribeInput = request.json()?;
    let limit = input.limit.unwrap_or(LIST_LIMIT);
    let by_time = input.order_by.as_deref() == Some(BY_TIME);
    if by_time && input.log_stream_name_prefix.is_some() {
        return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let prefix = input.log_stream_name_prefix.as_deref().unwrap_or_default();
    let group = logs.known_group(&request.location().key(input.group.name(&request.location())?))?;
    group.wait_until_settled(&logs.inner.store).await?;
    let group = group.lock();
    let mut found: Vec<(&String, &StreamFacts)> =
        group.durable_streams().iter().filter(|(name, facts)| name.starts_with(prefix) && facts.is_seen()).collect();
    if by_time {
        found.sort_by_key(|(_, facts)| facts.last_event_ms.unwrap_or(facts.created_at_ms));
    }
    if input.descending {
        found.reverse();
    }
    // The token is the last name given; a stream that is gone since then starts the list again.
    let after = input.next_token.and_then(|token| found.iter().position(|(name, _)| **name == token));
    let rest = found.get(after.map_or(0, |index| index + 1)..).unwrap_or_default();
    let page = rest.get(..limit).unwrap_or(rest);
    let next_token = page.last().filter(|_| rest.len() > page.len()).map(|(name, _)| (*name).clone());
    let log_streams = page.iter().map(|(name, facts)| StreamOutput::new(&group.facts.arn, name, facts)).collect();
    Ok(answer(&DescribeOutput { log_streams, next_token }))
}
