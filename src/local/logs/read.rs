//! GetLogEvents and FilterLogEvents: pages of events in order.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use serde::{Deserialize, Serialize};

use super::groups::Named;
use super::pattern::Pattern;
use super::state::{EVENT_OVERHEAD_BYTES, Event, Position, ingestion_ms};
use super::{Logs, answer, invalid, limit, no_group, no_stream};
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};
use crate::local::past::View;

const PAGE_LIMIT_EVENTS: usize = 10_000;
const PAGE_LIMIT_BYTES: usize = 1_048_576;

/// Which way a page runs through time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// A page to take: where it begins, where it may end, and how much it may hold.
struct Span {
    direction: Direction,
    /// The event before the page; without one the page begins at the range's end.
    after: Option<Position>,
    from_ms: i64,
    /// Exclusive.
    until_ms: i64,
    limit: usize,
}

/// Takes events in the span's direction until it is full; true when more are left.
fn take<'a>(
    events: &'a BTreeMap<Position, Event>,
    span: &Span,
    mut wanted: impl FnMut(&Event) -> bool,
) -> (Vec<(Position, &'a Event)>, bool) {
    let at = |timestamp_ms| Position { timestamp_ms, sequence: 0 };
    let (mut low, mut high) = (Bound::Included(at(span.from_ms)), Bound::Excluded(at(span.until_ms)));
    match (span.direction, span.after) {
        (Direction::Forward, Some(after)) if after >= at(span.from_ms) => low = Bound::Excluded(after),
        (Direction::Backward, Some(before)) if before < at(span.until_ms) => high = Bound::Excluded(before),
        _ => {}
    }
    if is_empty(low, high) {
        return (Vec::new(), false);
    }
    let (mut page, mut size) = (Vec::new(), 0);
    let range = events.range((low, high));
    let found: Box<dyn Iterator<Item = (&Position, &Event)>> = match span.direction {
        Direction::Forward => Box::new(range),
        Direction::Backward => Box::new(range.rev()),
    };
    let seen_ms = View::as_of().map_or(i64::MAX, |moment| moment.as_millisecond());
    for (position, event) in found {
        if ingestion_ms(*position) > seen_ms || !wanted(event) {
            continue;
        }
        size += event.message.len() + EVENT_OVERHEAD_BYTES;
        if page.len() == span.limit || (size > PAGE_LIMIT_BYTES && !page.is_empty()) {
            return (page, true);
        }
        page.push((*position, event));
    }
    (page, false)
}

/// A range that a map would refuse.
fn is_empty(low: Bound<Position>, high: Bound<Position>) -> bool {
    match (low, high) {
        (Bound::Included(low) | Bound::Excluded(low), Bound::Excluded(high)) => low >= high,
        _ => false,
    }
}

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

pub(super) fn get(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: GetInput = request.json()?;
    let key = request.region().key(input.group.name()?);
    let mut groups = logs.lock();
    let group = groups.get_mut(&key).ok_or_else(no_group)?;
    if !group.streams.contains_key(&input.log_stream_name) {
        return Err(no_stream());
    }
    let kept_since_ms = group.kept_since_ms(request.received_at);
    let token = input.next_token.as_deref().map(get_token).transpose()?;
    let start = if input.start_from_head { Direction::Forward } else { Direction::Backward };
    let span = Span {
        direction: token.map_or(start, |(direction, _)| direction),
        after: token.map(|(_, position)| position),
        from_ms: input.start_time.unwrap_or(0).max(kept_since_ms),
        until_ms: input.end_time.unwrap_or(i64::MAX),
        limit: limit(input.limit, PAGE_LIMIT_EVENTS)?,
    };
    let events = group.events(&logs.store, &key)?;
    let (mut page, _) = take(events, &span, |event| event.stream == input.log_stream_name);
    if span.direction == Direction::Backward {
        page.reverse();
    }
    // At either end of the stream the token that was given comes back, as AWS documents it.
    let unmoved = span.after.unwrap_or(Position { timestamp_ms: span.from_ms, ..Position::START });
    let first = page.first().map_or(unmoved, |(position, _)| *position);
    let last = page.last().map_or(unmoved, |(position, _)| *position);
    let events = page.iter().map(|(position, event)| GotEvent {
        timestamp: position.timestamp_ms,
        message: &event.message,
        ingestion_time: ingestion_ms(*position),
    });
    Ok(answer(&GetOutput {
        events: events.collect(),
        next_forward_token: format!("f/{}", last.digits()),
        next_backward_token: format!("b/{}", first.digits()),
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilterInput {
    #[serde(flatten)]
    group: Named,
    log_stream_names: Option<BTreeSet<String>>,
    log_stream_name_prefix: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
    start_from_head: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FilterOutput<'a> {
    events: Vec<FilteredEvent<'a>>,
    searched_log_streams: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FilteredEvent<'a> {
    log_stream_name: &'a str,
    timestamp: i64,
    message: &'a str,
    ingestion_time: i64,
    event_id: String,
}

fn filter_token(token: &str) -> Result<(Direction, Position), ServiceError> {
    let (direction, digits) = token.split_once('-').ok_or_else(|| invalid("The specified nextToken is invalid."))?;
    let direction = if direction == "later" { Direction::Forward } else { Direction::Backward };
    let position = Position::parse(digits).ok_or_else(|| invalid("The specified nextToken is invalid."))?;
    Ok((direction, position))
}

impl FilterInput {
    fn span(&self, kept_since_ms: i64) -> Result<Span, ServiceError> {
        let token = self.next_token.as_deref().map(filter_token).transpose()?;
        let start = if self.start_from_head == Some(false) { Direction::Backward } else { Direction::Forward };
        Ok(Span {
            direction: token.map_or(start, |(direction, _)| direction),
            after: token.map(|(_, position)| position),
            from_ms: self.start_time.unwrap_or(0).max(kept_since_ms),
            // Unlike GetLogEvents this one includes its end.
            until_ms: self.end_time.map_or(i64::MAX, |end| end.saturating_add(1)),
            limit: limit(self.limit, PAGE_LIMIT_EVENTS)?,
        })
    }

    fn is_wanted(&self, pattern: &Pattern, event: &Event) -> bool {
        let stream = event.stream.as_str();
        self.log_stream_names.as_ref().is_none_or(|names| names.contains(stream))
            && self.log_stream_name_prefix.as_ref().is_none_or(|prefix| stream.starts_with(prefix))
            && pattern.matches(&event.message)
    }
}

pub(super) fn filter(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: FilterInput = request.json()?;
    if input.log_stream_names.is_some() && input.log_stream_name_prefix.is_some() {
        return Err(invalid("LogStreamNames and LogStreamNamePrefix are mutually exclusive."));
    }
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())
        .map_err(|error| invalid(error.to_string()))?;
    let key = request.region().key(input.group.name()?);
    let mut groups = logs.lock();
    let group = groups.get_mut(&key).ok_or_else(no_group)?;
    if input.log_stream_names.iter().flatten().any(|name| !group.streams.contains_key(name)) {
        return Err(no_stream());
    }
    let span = input.span(group.kept_since_ms(request.received_at))?;
    let events = group.events(&logs.store, &key)?;
    let (page, more) = take(events, &span, |event| input.is_wanted(&pattern, event));
    let word = if span.direction == Direction::Forward { "later" } else { "earlier" };
    let next_token = page.last().filter(|_| more).map(|(position, _)| format!("{word}-{}", position.digits()));
    let events = page.iter().map(|(position, event)| FilteredEvent {
        log_stream_name: &event.stream,
        timestamp: position.timestamp_ms,
        message: &event.message,
        ingestion_time: ingestion_ms(*position),
        event_id: position.digits(),
    });
    Ok(answer(&FilterOutput { events: events.collect(), searched_log_streams: [], next_token }))
}
