//! PutLogEvents: what may be in a batch, and what of it is taken.

use cloud_core::{Request, Response, ServiceError};
use serde::{Deserialize, Serialize};

use super::answer::answer;
use crate::append::{Append, EVENT_OVERHEAD_BYTES};
use crate::catalog::landed;
use crate::errors::invalid;
use crate::group::event_bytes;
use crate::service::Logs;

/// Sequence tokens mean nothing any more; AWS still gives one.
pub(crate) const SEQUENCE_TOKEN: &str = "00000000000000000000000000000000000000000000000000000001";

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const BATCH_LIMIT_BYTES: usize = 1_048_576;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PutInput {
    log_group_name: String,
    log_stream_name: String,
    log_events: Vec<EventInput>,
}

#[derive(Deserialize)]
struct EventInput {
    timestamp: i64,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PutOutput {
    next_sequence_token: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_log_events_info: Option<Rejected>,
}

/// Which events of the batch were not taken: before and after these indices.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rejected {
    #[serde(skip_serializing_if = "Option::is_none")]
    too_new_log_event_start_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    too_old_log_event_end_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expired_log_event_end_index: Option<usize>,
}

impl Rejected {
    /// The events that are taken.
    fn taken(&self, events: Vec<EventInput>) -> Vec<(i64, String)> {
        let start = self.too_old_log_event_end_index.max(self.expired_log_event_end_index).unwrap_or(0);
        let end = self.too_new_log_event_start_index.unwrap_or(events.len());
        let taken = events.into_iter().take(end).skip(start);
        taken.map(|event| (event.timestamp, event.message)).collect()
    }
}

pub(crate) async fn put(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: PutInput = request.json()?;
    check(&input.log_events)?;
    let now = request.received_at;
    let key = request.location().key(&input.log_group_name);
    let size_bytes = input.log_events.iter().map(|event| event_bytes(event.message.len())).sum();
    logs.known_group(&key)?.wait_for_room().await;
    let room = logs.room_for(size_bytes).await;
    let mut given = Some((input.log_events, room));
    let appended = logs.on_open_stream(&key, &input.log_stream_name, |group, state| {
        let (events, room) = given.take().ok_or_else(|| ServiceError::internal("Events can be put only once."))?;
        let timestamps: Vec<i64> = events.iter().map(|event| event.timestamp).collect();
        let rejected = sort_out(&timestamps, now.as_millisecond(), state.facts.kept_since_ms(now));
        let append = Append { events: rejected.taken(events), now, room, waiting: None };
        Ok((rejected, logs.append(group, state, &input.log_stream_name, append)?))
    });
    let (rejected, landing) = appended.await?;
    landed(landing.await)?;
    let none = Rejected {
        too_new_log_event_start_index: None,
        too_old_log_event_end_index: None,
        expired_log_event_end_index: None,
    };
    let rejected_log_events_info = Some(rejected).filter(|rejected| *rejected != none);
    Ok(answer(&PutOutput { next_sequence_token: SEQUENCE_TOKEN, rejected_log_events_info }))
}

fn check(events: &[EventInput]) -> Result<(), ServiceError> {
    let size: usize = events.iter().map(|event| event.message.len() + EVENT_OVERHEAD_BYTES).sum();
    if size > BATCH_LIMIT_BYTES {
        return Err(invalid(format!("Upload too large: {size} bytes exceeds limit of {BATCH_LIMIT_BYTES}")));
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(invalid("Log events in a single PutLogEvents request must be in chronological order."));
    }
    let span =
        events.last().zip(events.first()).map_or(0, |(last, first)| last.timestamp.saturating_sub(first.timestamp));
    if span > DAY_MS {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(())
}

/// Says which events are more than two hours ahead, more than 14 days old, or older than the group keeps; the timestamps
/// are in order.
fn sort_out(timestamps: &[i64], now_ms: i64, kept_since_ms: i64) -> Rejected {
    let before = |moment_ms: i64| timestamps.partition_point(|timestamp| *timestamp < moment_ms);
    let some = |count: usize| Some(count).filter(|count| *count > 0);
    let too_new = timestamps.partition_point(|timestamp| *timestamp <= now_ms + 2 * 60 * 60 * 1000);
    Rejected {
        too_new_log_event_start_index: Some(too_new).filter(|index| *index < timestamps.len()),
        too_old_log_event_end_index: some(before(now_ms - 14 * DAY_MS)),
        expired_log_event_end_index: some(before(kept_since_ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 60 * 60 * 1000;

    #[test]
    fn sorts_out_by_time() {
        let now = 100 * DAY_MS;
        let rejected = sort_out(&[now - 15 * DAY_MS, now - 2 * DAY_MS, now, now + 3 * HOUR_MS], now, now - DAY_MS);
        assert_eq!(
            rejected,
            Rejected {
                too_new_log_event_start_index: Some(3),
                too_old_log_event_end_index: Some(1),
                expired_log_event_end_index: Some(2)
            }
        );
    }

    #[test]
    fn batches_are_checked() {
        let event = |timestamp, message: &str| EventInput { timestamp, message: message.to_owned() };
        assert!(check(&[event(1, "a"), event(1, "b"), event(2, "c")]).is_ok());
        assert!(check(&[event(2, "a"), event(1, "b")]).unwrap_err().message.contains("chronological"));
        assert!(check(&[event(0, "a"), event(DAY_MS + 1, "b")]).unwrap_err().message.contains("24 hours"));
        assert!(
            check(&[event(0, &"x".repeat(BATCH_LIMIT_BYTES))]).unwrap_err().message.starts_with("Upload too large")
        );
    }
}
