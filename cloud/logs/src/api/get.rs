//! GetLogEvents: pages of one stream's events in order.

use cloud_core::{Request, Response, ServiceError};
use serde::{Deserialize, Serialize};

use super::answer::answer;
use super::groups::Named;
use crate::errors::invalid;
use crate::page::{Direction, Event, PAGE_LIMIT_EVENTS, PageReader, Source, Span};
use crate::position::Position;
use crate::service::Logs;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetInput {
    #[serde(flatten)]
    group: Named,
    log_stream_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    next_token: Option<String>,
    limit: Option<usize>,
    #[serde(default)]
    start_from_head: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GetOutput<'a> {
    events: Vec<GotEvent<'a>>,
    next_forward_token: String,
    next_backward_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GotEvent<'a> {
    timestamp: i64,
    message: &'a str,
    ingestion_time: i64,
}

fn get_token(token: &str) -> Result<(Direction, Position), ServiceError> {
    let read = |prefix: &str| Position::parse(token.strip_prefix(prefix)?);
    let forward = read("f/").map(|position| (Direction::Forward, position));
    let token = forward.or_else(|| read("b/").map(|position| (Direction::Backward, position)));
    token.ok_or_else(|| invalid("The specified nextToken is invalid."))
}

pub(crate) async fn get(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: GetInput = request.json()?;
    let key = request.location().key(input.group.name(&request.location())?);
    let group = logs.known_group(&key)?;
    group.wait_until_settled(&logs.inner.store).await?;
    let (source, kept_since_ms) = {
        let state = group.lock();
        state.facts.check_readable("GetLogEvents")?;
        let name = &input.log_stream_name;
        let stream = state.durable_streams().get(name).ok_or_else(|| state.no_stream(name))?.id;
        (Source::Stream(group.id, stream), state.facts.kept_since_ms(request.received_at))
    };
    let token = input.next_token.as_deref().map(get_token).transpose()?;
    let start = if input.start_from_head { Direction::Forward } else { Direction::Backward };
    let span = Span {
        direction: token.map_or(start, |(direction, _)| direction),
        after: token.map(|(_, position)| position),
        from_ms: input.start_time.unwrap_or(0).max(kept_since_ms),
        until_ms: input.end_time.unwrap_or(i64::MAX),
        limit: input.limit.unwrap_or(PAGE_LIMIT_EVENTS),
    };
    let snapshot = logs.inner.store.snapshot()?;
    let mut page =
        PageReader::new(&snapshot, &logs.inner.unreadable, source, span, |_: &Event| true).read().await?.events;
    if span.direction == Direction::Backward {
        page.reverse();
    }
    // At either end of the stream the token that was given comes back, as AWS documents it.
    let unmoved = span.after.unwrap_or(Position::at(span.from_ms));
    let first = page.first().map_or(unmoved, |event| event.position);
    let last = page.last().map_or(unmoved, |event| event.position);
    let events = page.iter().map(|event| GotEvent {
        timestamp: event.position.timestamp_ms,
        message: &event.message,
        ingestion_time: event.position.ingestion_ms(),
    });
    Ok(answer(&GetOutput {
        events: events.collect(),
        next_forward_token: format!("f/{}", last.digits()),
        next_backward_token: format!("b/{}", first.digits()),
    }))
}
