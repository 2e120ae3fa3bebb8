//! CloudWatch Logs: groups, streams and events.

mod groups;
mod json_pattern;
mod pattern;
mod put;
mod read;
mod state;
mod streams;
mod tags;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;

use super::Cloud;
use super::arn::Region;
use super::error::ServiceError;
use super::http::{Request, Response};
use super::store::{Batch, Store, StoreError, Table};
use state::{Group, GroupFacts, StreamFacts};

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// All log groups with their streams and events.
///
/// A change is seen in memory first and handed to the store in the same order; whoever must know that it is durable waits
/// for the store afterwards. So a function's line costs its invocation no disk access.
pub(crate) struct Logs {
    store: Store,
    /// By `<region>/<name>`.
    groups: Mutex<BTreeMap<String, Group>>,
    written: watch::Sender<u64>,
}

impl Logs {
    /// Loads the groups and streams; events are loaded when a group is first looked at.
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        let mut groups = BTreeMap::new();
        for (key, facts) in store.load::<GroupFacts>(Table::LogGroups)? {
            groups.insert(key, Group::stored(facts));
        }
        for (key, facts) in store.load::<StreamFacts>(Table::LogStreams)? {
            if let Some((group, stream)) = key.split_once('\0')
                && let Some(group) = groups.get_mut(group)
            {
                group.streams.insert(stream.to_owned(), facts);
            }
        }
        Ok(Self { store: store.clone(), groups: Mutex::new(groups), written: watch::Sender::new(0) })
    }

    /// Writes lines as the Lambda service does: the group and the stream are made when they are missing. Readers see the
    /// lines at once; they are durable soon after.
    pub(crate) fn put(
        &self,
        region: &Region,
        group: &str,
        stream: &str,
        events: Vec<(Timestamp, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = region.key(group);
        let mut batch = Batch::new();
        {
            let mut groups = self.lock();
            if !groups.contains_key(&key) {
                let facts = GroupFacts::new(region, group, now.as_millisecond());
                batch.put(Table::LogGroups, key.clone(), &facts)?;
                groups.insert(key.clone(), Group::created(facts));
            }
            let Some(group) = groups.get_mut(&key) else {
                return Ok(());
            };
            group.open_stream(stream, now.as_millisecond());
            let events = events.into_iter().map(|(moment, text)| (moment.as_millisecond(), text));
            group.append(&self.store, &mut batch, &key, stream, events, now)?;
            // Still under the lock: the store gets changes in the order in which readers saw them.
            self.store.submit(batch);
        }
        self.written.send_modify(|count| *count += 1);
        Ok(())
    }

    /// A signal that changes whenever events were written to any group.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.written.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the groups, then waits until the change is durable. An error changes nothing.
    async fn change<R>(
        &self,
        edit: impl FnOnce(&mut BTreeMap<String, Group>, &mut Batch) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        let (answer, committed) = {
            let mut groups = self.lock();
            let mut batch = Batch::new();
            let answer = edit(&mut groups, &mut batch)?;
            (answer, self.store.commit(batch))
        };
        committed.await?;
        Ok(answer)
    }
}

/// The group does not exist.
fn no_group() -> ServiceError {
    ServiceError::bad_request("ResourceNotFoundException", "The specified log group does not exist.")
}

/// The stream does not exist.
fn no_stream() -> ServiceError {
    ServiceError::bad_request("ResourceNotFoundException", "The specified log stream does not exist.")
}

/// A parameter is wrong.
fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("InvalidParameterException", message)
}

/// A member breaks the constraint of its shape.
fn constraint(value: &str, member: &str, constraint: &str) -> ServiceError {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    ))
}

/// Answers one CloudWatch Logs operation.
pub(crate) async fn handle(cloud: &Arc<Cloud>, operation: &str, request: &Request) -> Result<Response, ServiceError> {
    let logs = &cloud.logs;
    match operation {
        "CreateLogGroup" => groups::create(logs, request).await,
        "DeleteLogGroup" => groups::delete(logs, request).await,
        "DescribeLogGroups" => groups::describe(logs, request),
        "PutRetentionPolicy" => groups::put_retention(logs, request).await,
        "DeleteRetentionPolicy" => groups::delete_retention(logs, request).await,
        "TagResource" => tags::tag(logs, request).await,
        "UntagResource" => tags::untag(logs, request).await,
        "ListTagsForResource" => tags::list(logs, request),
        "TagLogGroup" => tags::tag_group(logs, request).await,
        "UntagLogGroup" => tags::untag_group(logs, request).await,
        "ListTagsLogGroup" => tags::list_group(logs, request),
        "CreateLogStream" => streams::create(logs, request).await,
        "DeleteLogStream" => streams::delete(logs, request).await,
        "DescribeLogStreams" => streams::describe(logs, request),
        "PutLogEvents" => put::put(logs, request).await,
        "GetLogEvents" => read::get(logs, request),
        "FilterLogEvents" => read::filter(logs, request),
        other => Err(ServiceError::not_implemented(&format!("logs:{other}"))),
    }
}

fn answer(value: &impl Serialize) -> Response {
    let mut response = Response::json(200, value);
    response.headers = vec![("content-type".to_owned(), CONTENT_TYPE.to_owned())];
    response
}

/// The answer of an operation without an output.
fn done() -> Response {
    Response::new(200, CONTENT_TYPE, "")
}
