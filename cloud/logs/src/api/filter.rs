//! FilterLogEvents: pages of a group's events in order, by stream and pattern.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_core::{Request, Response, ServiceError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::answer::answer;
use super::groups::Named;
use crate::errors::invalid;
use crate::group::{Group, GroupState};
use crate::page::{Direction, Event, PAGE_LIMIT_EVENTS, PageReader, Source, Span};
use crate::pattern::Pattern;
use crate::position::Position;
use crate::service::Logs;

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

/// What to look through.
struct Search {
    source: Source,
    span: Span,
    /// The streams' names by number.
    names: Arc<BTreeMap<u64, Arc<str>>>,
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
            limit: self.limit.unwrap_or(PAGE_LIMIT_EVENTS),
        })
    }

    /// Where to look: a stream's own events when only one is asked for.
    fn source(&self, group: &Group, state: &GroupState) -> Result<Source, ServiceError> {
        let mut asked = Vec::new();
        for name in self.log_stream_names.iter().flatten() {
            asked.push(state.durable_streams().get(name).ok_or_else(|| state.no_stream(name))?.id);
        }
        Ok(match asked.as_slice() {
            [stream] => Source::Stream(group.id, *stream),
            _ => Source::Group(group.id),
        })
    }

    fn search(&self, group: &Group, now: Timestamp) -> Result<Search, ServiceError> {
        let state = group.lock();
        state.facts.check_readable("FilterLogEvents")?;
        let source = self.source(group, &state)?;
        Ok(Search { source, span: self.span(state.facts.kept_since_ms(now))?, names: state.names() })
    }

    fn is_wanted(&self, names: &BTreeMap<u64, Arc<str>>, pattern: &Pattern, event: &Event) -> bool {
        // A stream without a name is deleted.
        let Some(stream) = names.get(&event.stream) else {
            return false;
        };
        self.log_stream_names.as_ref().is_none_or(|names| names.contains(&**stream))
            && self.log_stream_name_prefix.as_ref().is_none_or(|prefix| stream.starts_with(prefix))
            && pattern.matches(&event.message)
    }
}

pub(crate) async fn filter(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: FilterInput = request.json()?;
    if input.log_stream_names.is_some() && input.log_stream_name_prefix.is_some() {
        return Err(invalid("LogStreamNames and LogStreamNamePrefix are mutually exclusive."));
    }
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or_default())
        .map_err(|error| invalid(error.to_string()))?;
    let key = request.location().key(input.group.name(&request.location())?);
    let group = logs.known_group(&key)?;
    group.wait_until_settled(&logs.inner.store).await?;
    let Search { source, span, names } = input.search(&group, request.received_at)?;
    let snapshot = logs.inner.store.snapshot()?;
    let wanted = |event: &Event| input.is_wanted(&names, &pattern, event);
    let page = PageReader::new(&snapshot, &logs.inner.unreadable, source, span, wanted).read().await?;
    let word = if span.direction == Direction::Forward { "later" } else { "earlier" };
    let next_token = page.last_seen.filter(|_| page.more).map(|last| format!("{word}-{}", last.digits()));
    let events = page.events.iter().map(|event| FilteredEvent {
        log_stream_name: names.get(&event.stream).map(|name| &**name).unwrap_or_default(),
        timestamp: event.position.timestamp_ms,
        message: &event.message,
        ingestion_time: event.position.ingestion_ms(),
        event_id: event.position.digits(),
    });
    Ok(answer(&FilterOutput { events: events.collect(), searched_log_streams: [], next_token }))
}
