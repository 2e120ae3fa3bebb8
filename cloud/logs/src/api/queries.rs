//! Log queries: StartQuery, GetQueryResults, StopQuery and DescribeQueries.
//!
//! A query runs while it is started, so that it has ended when its id is known.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::sync::{Arc, MutexGuard, PoisonError};

use cloud_core::{Location, Request, Response, ServiceError};
use cloud_store::Snapshot;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::answer;
use super::groups::{is_elsewhere, name_of};
use crate::errors::invalid;
use crate::page::{Direction, Event, PAGE_LIMIT_EVENTS, PageReader, Source, Span};
use crate::position::Position;
use crate::query::{EndedQueries, EndedQuery, Pipeline, Query, Record};
use crate::service::Logs;

/// The most results of one answer.
const MOST_RESULTS: usize = 10_000;
/// The most groups of a query.
const MOST_GROUPS: usize = 50;
/// Times above this are milliseconds: AWS takes seconds, and its console sends the others.
const LARGEST_SECONDS: i64 = 100_000_000_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartInput {
    log_group_name: Option<String>,
    log_group_names: Option<Vec<String>>,
    log_group_identifiers: Option<Vec<String>>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    query_string: Option<String>,
    limit: Option<usize>,
    query_language: Option<String>,
}

impl StartInput {
    /// The names of the groups.
    fn groups(&self, here: &Location) -> Result<Vec<String>, ServiceError> {
        let names = match (&self.log_group_name, &self.log_group_names, &self.log_group_identifiers) {
            (Some(name), None, None) => vec![name.clone()],
            (None, Some(names), None) => names.clone(),
            (None, None, Some(identifiers)) => {
                if let Some(elsewhere) = identifiers.iter().find(|identifier| is_elsewhere(identifier, here)) {
                    return Err(no_group(name_of(elsewhere), here));
                }
                identifiers.iter().map(|identifier| name_of(identifier).to_owned()).collect()
            }
            _ => {
                return Err(invalid(
                    "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers must be specified.",
                ));
            }
        };
        if names.is_empty() || names.len() > MOST_GROUPS {
            return Err(invalid(format!("A query is about 1 to {MOST_GROUPS} log groups.")));
        }
        Ok(names)
    }

    /// The first millisecond, and the one after the last.
    fn times(&self) -> Result<(i64, i64), ServiceError> {
        let (Some(start), Some(end)) = (self.start_time, self.end_time) else {
            return Err(invalid("startTime and endTime must be specified."));
        };
        let start_ms = milliseconds(start);
        let end_ms = milliseconds(end);
        if end_ms < start_ms {
            return Err(invalid("endTime must not be before startTime."));
        }
        Ok((start_ms, end_ms.saturating_add(1)))
    }
}

fn milliseconds(time: i64) -> i64 {
    if time.abs() < LARGEST_SECONDS { time.saturating_mul(1000) } else { time }
}

fn no_group(name: &str, here: &Location) -> ServiceError {
    let account = here.account().as_str();
    let message = format!("Log group '{name}' does not exist for account ID '{account}'");
    ServiceError::bad_request("ResourceNotFoundException", message)
}

pub(crate) async fn start(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: StartInput = request.json()?;
    let here = request.location();
    if let Some(language) = input.query_language.as_deref().filter(|language| *language != "CWLI") {
        return Err(ServiceError::not_implemented(&format!("queryLanguage {language} of logs:StartQuery")));
    }
    let most = input.limit;
    let text = input.query_string.clone().ok_or_else(|| invalid("queryString must be specified."))?;
    let query =
        Query::parse(&text).map_err(|error| ServiceError::bad_request("MalformedQueryException", error.to_string()))?;
    let names = input.groups(&here)?;
    let (from_ms, until_ms) = input.times()?;
    let mut ended = EndedQuery {
        id: request.id.clone(),
        location: here.clone(),
        text,
        group: names.first().cloned().unwrap_or_default(),
        groups: names.len(),
        created_ms: request.received_at.as_millisecond(),
        failure: None,
        rows: Vec::new(),
        matched: 0,
        scanned: 0,
        scanned_bytes: 0,
    };
    let mut groups = Vec::new();
    for name in &names {
        groups.push(GroupEvents::open(logs, request, name, from_ms, until_ms).await?);
    }
    let snapshot = logs.inner.store.snapshot()?;
    let mut pipeline = Pipeline::new(&query, most);
    while let Some(record) = newest(logs, &snapshot, &mut groups).await? {
        ended.scanned += 1;
        ended.scanned_bytes += record.message.len() as u64;
        match pipeline.take(record) {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => break,
            Err(too_large) => {
                ended.failure = Some(too_large.to_string());
                break;
            }
        }
    }
    ended.matched = pipeline.matched;
    match &ended.failure {
        None => ended.rows = pipeline.results(),
        Some(failure) => tracing::warn!(error = failure, query = ended.id, "a log query failed"),
    }
    let id = ended.id.clone();
    queries(logs).remember(ended);
    Ok(answer(&json!({ "queryId": id })))
}

fn queries(logs: &Logs) -> MutexGuard<'_, EndedQueries> {
    logs.inner.queries.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The events of one group, newest first, read some at a time.
struct GroupEvents {
    source: Source,
    names: Arc<BTreeMap<u64, Arc<str>>>,
    /// `<account>:<group>`.
    log: String,
    read: VecDeque<Event>,
    /// Before which one to go on; none when all are read.
    next: Option<Span>,
}

impl GroupEvents {
    async fn open(
        logs: &Logs,
        request: &Request,
        name: &str,
        from_ms: i64,
        until_ms: i64,
    ) -> Result<Self, ServiceError> {
        let here = request.location();
        let group = logs.group(&here.key(name)).ok_or_else(|| no_group(name, &here))?;
        group.wait_until_settled(&logs.inner.store).await?;
        let state = group.lock();
        let span = Span {
            direction: Direction::Backward,
            after: None,
            from_ms: from_ms.max(state.facts.kept_since_ms(request.received_at)),
            until_ms,
            limit: PAGE_LIMIT_EVENTS,
        };
        Ok(Self {
            source: Source::Group(group.id),
            names: state.names(),
            log: format!("{}:{name}", here.account().as_str()),
            read: VecDeque::new(),
            next: Some(span),
        })
    }

    /// Where the newest event that is left stands.
    async fn peek(&mut self, logs: &Logs, snapshot: &Snapshot) -> Result<Option<Position>, ServiceError> {
        while self.read.is_empty()
            && let Some(span) = self.next
        {
            // A stream without a name is deleted.
            let wanted = |event: &Event| self.names.contains_key(&event.stream);
            let page = PageReader::new(snapshot, &logs.inner.unreadable, self.source, span, wanted).read().await?;
            self.next = page.more.then_some(Span { after: page.last_seen, ..span });
            self.read.extend(page.events);
        }
        Ok(self.read.front().map(|event| event.position))
    }

    fn take(&mut self) -> Option<Record> {
        let event = self.read.pop_front()?;
        Some(Record {
            timestamp_ms: event.position.timestamp_ms,
            ingestion_ms: event.position.ingestion_ms(),
            stream: self.names.get(&event.stream).map(|name| name.to_string()).unwrap_or_default(),
            log: self.log.clone(),
            pointer: event.position.digits(),
            message: event.message,
            ..Record::default()
        })
    }
}

/// The newest event that is left in any group.
async fn newest(logs: &Logs, snapshot: &Snapshot, groups: &mut [GroupEvents]) -> Result<Option<Record>, ServiceError> {
    let mut newest: Option<(Position, usize)> = None;
    for (index, group) in groups.iter_mut().enumerate() {
        if let Some(position) = group.peek(logs, snapshot).await?
            && newest.is_none_or(|(known, _)| position > known)
        {
            newest = Some((position, index));
        }
    }
    Ok(newest.and_then(|(_, index)| groups.get_mut(index)?.take()))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultsInput {
    query_id: Option<String>,
    next_token: Option<String>,
    max_items: Option<usize>,
}

impl ResultsInput {
    fn find<'a>(&self, queries: &'a EndedQueries, here: &Location) -> Result<&'a EndedQuery, ServiceError> {
        let id = self.query_id.as_deref().ok_or_else(|| invalid("queryId must be specified."))?;
        queries
            .get(id, here)
            .ok_or_else(|| ServiceError::bad_request("ResourceNotFoundException", format!("Query id '{id}' not found")))
    }
}

/// Which results come first, by the token of the answer before.
fn offset(token: Option<&str>) -> Result<usize, ServiceError> {
    token.map_or(Ok(0), |token| token.parse().map_err(|_| invalid("The specified nextToken is invalid.")))
}

pub(crate) fn results(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: ResultsInput = request.json()?;
    let from = offset(input.next_token.as_deref())?;
    let most = input.max_items.filter(|most| *most > 0).unwrap_or(MOST_RESULTS);
    let queries = queries(logs);
    let query = input.find(&queries, &request.location())?;
    let rows = query.rows.iter().skip(from).take(most);
    let rows: Vec<Vec<Value>> =
        rows.map(|row| row.iter().map(|(name, text)| json!({ "field": name, "value": text })).collect()).collect();
    let mut output = json!({
        "queryLanguage": "CWLI",
        "results": rows,
        "statistics": {
            "recordsMatched": query.matched as f64,
            "recordsScanned": query.scanned as f64,
            "estimatedRecordsSkipped": 0.0,
            "bytesScanned": query.scanned_bytes as f64,
            "estimatedBytesSkipped": 0.0,
            "logGroupsScanned": query.groups as f64,
        },
        "status": query.status(),
    });
    let next = from + rows.len();
    if next < query.rows.len() {
        output["nextToken"] = Value::String(next.to_string());
    }
    Ok(answer(&output))
}

/// Stops nothing: a query has ended when its id is known.
pub(crate) fn stop(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: ResultsInput = request.json()?;
    input.find(&queries(logs), &request.location())?;
    Ok(answer(&json!({ "success": false })))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeInput {
    log_group_name: Option<String>,
    status: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
    query_language: Option<String>,
}

pub(crate) fn describe(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: DescribeInput = request.json()?;
    let from = offset(input.next_token.as_deref())?;
    let most = input.max_results.unwrap_or(1_000);
    let here = request.location();
    let queries = queries(logs);
    let wanted = queries.of(&here).filter(|query| {
        input.log_group_name.as_ref().is_none_or(|name| query.group == *name)
            && input.status.as_ref().is_none_or(|status| query.status() == status)
            && input.query_language.as_ref().is_none_or(|language| language == "CWLI")
    });
    let mut page: Vec<Value> = wanted.skip(from).take(most + 1).map(described).collect();
    let has_more = page.len() > most;
    page.truncate(most);
    let mut output = json!({ "queries": page });
    if has_more {
        output["nextToken"] = Value::String((from + most).to_string());
    }
    Ok(answer(&output))
}

fn described(query: &EndedQuery) -> Value {
    json!({
        "queryLanguage": "CWLI", "queryId": query.id, "queryString": query.text, "status": query.status(),
        "createTime": query.created_ms, "logGroupName": query.group, "bytesScanned": query.scanned_bytes as f64,
    })
}
