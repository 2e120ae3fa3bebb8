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

use super::Cloud;
use super::arn::Region;
use super::error::ServiceError;
use super::http::{Request, Response};
use super::past::{Past, View};
use super::store::{Batch, Store, StoreError, Table};
use aws::clock;
use state::{Group, GroupFacts, StreamFacts};

/// How many groups or streams one page of a list holds at most.
const LIST_LIMIT: usize = 50;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// All log groups with their streams and events.
///
/// A change is seen in memory first and handed to the store in the same order; whoever must know that it is durable waits
/// for the store afterwards. So a function's line costs its invocation no disk access.
pub(crate) struct Logs {
    store: Store,
    /// By `<region>/<name>`.
    groups: Mutex<BTreeMap<String, Group>>,
    /// What changes of groups replaced lately, while somebody asks for it; locked after the groups.
    past: Mutex<Past<GroupFacts>>,
}

impl Logs {
    /// Loads the groups and streams; events are loaded when a group is first looked at.
    pub(crate) fn open(store: &Store) -> Result<Self, StoreError> {
        Ok(Self { store: store.clone(), groups: Mutex::new(load(store)?), past: Mutex::default() })
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
        Ok(())
    }

    /// Whether there is a log group of this name.
    pub(crate) fn has_group(&self, region: &Region, name: &str) -> bool {
        self.lock().contains_key(&region.key(name))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn past(&self) -> MutexGuard<'_, Past<GroupFacts>> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of the groups whose keys have a prefix and that are wanted, as of the moment of the caller's [`View`].
    fn facts(&self, prefix: &str, wanted: impl Fn(&GroupFacts) -> bool) -> Vec<GroupFacts> {
        let groups = self.lock();
        let here = groups.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        let Some(moment) = View::as_of() else {
            return here.map(|(_, group)| &group.facts).filter(|facts| wanted(facts)).cloned().collect();
        };
        let present = here.map(|(key, group)| (key.clone(), group.facts.clone())).collect();
        let earlier = self.past().values(&present, moment).into_iter();
        earlier.filter(|(key, facts)| key.starts_with(prefix) && wanted(facts)).map(|(_, facts)| facts).collect()
    }

    /// What is known of one group, as of the moment of the caller's [`View`].
    fn group_facts(&self, key: &str) -> Option<GroupFacts> {
        let groups = self.lock();
        let present = groups.get(key).map(|group| &group.facts);
        match View::as_of() {
            None => present.cloned(),
            Some(moment) => self.past().value(key, present, moment),
        }
    }

    /// Remembers what a change of the groups has replaced.
    fn remember(&self, earlier: BTreeMap<String, GroupFacts>, groups: &BTreeMap<String, Group>) {
        let Some(keep) = View::keep() else { return };
        let (now, mut past) = (clock::now(), self.past());
        let made = groups.keys().filter(|key| !earlier.contains_key(*key)).map(|key| (key.clone(), None));
        let made: Vec<(String, Option<GroupFacts>)> = made.collect();
        let changed =
            earlier.into_iter().filter(|(key, facts)| groups.get(key).map(|group| &group.facts) != Some(facts));
        for (key, replaced) in changed.map(|(key, facts)| (key, Some(facts))).chain(made) {
            past.remember(key, replaced, now, keep);
        }
    }

    /// Changes the groups, then waits until the change is durable. An error changes nothing: what could not be made
    /// durable is forgotten again.
    async fn change<R>(
        &self,
        edit: impl FnOnce(&mut BTreeMap<String, Group>, &mut Batch) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        let (answer, committed) = {
            let mut groups = self.lock();
            let mut batch = Batch::new();
            let facts = |groups: &BTreeMap<String, Group>| {
                groups.iter().map(|(key, group)| (key.clone(), group.facts.clone())).collect()
            };
            let earlier = View::keep().map(|_| facts(&groups));
            let answer = edit(&mut groups, &mut batch)?;
            if let Some(earlier) = earlier {
                self.remember(earlier, &groups);
            }
            (answer, self.store.commit(batch))
        };
        if let Err(error) = committed.await {
            // Lines of functions that still wait to be written belong to what is loaded; they have failed too, most likely.
            let _ = self.store.flush().await;
            let durable = load(&self.store)?;
            *self.lock() = durable;
            return Err(error.into());
        }
        Ok(answer)
    }
}

fn load(store: &Store) -> Result<BTreeMap<String, Group>, StoreError> {
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
    Ok(groups)
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

/// How many of a list may be asked for at once: between 1 and `most`, which is also what is given unasked.
fn limit(asked: Option<usize>, most: usize) -> Result<usize, ServiceError> {
    let bound = match asked {
        None => return Ok(most),
        Some(0) => "greater than or equal to 1".to_owned(),
        Some(asked) if asked <= most => return Ok(asked),
        Some(_) => format!("less than or equal to {most}"),
    };
    let value = asked.unwrap_or_default().to_string();
    Err(constraint(&value, "limit", &format!("Member must have value {bound}")))
}

/// Groups and streams have names of 1 to 512 characters.
fn check_length(name: &str, member: &str) -> Result<(), ServiceError> {
    let bound = match name.len() {
        0 => "greater than or equal to 1",
        1..=512 => return Ok(()),
        _ => "less than or equal to 512",
    };
    Err(constraint(name, member, &format!("Member must have length {bound}")))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(logs: &Logs, key: &str) -> Vec<String> {
        let mut groups = logs.lock();
        let events = groups.get_mut(key).unwrap().events(&logs.store, key).unwrap();
        events.values().map(|event| event.message.clone()).collect()
    }

    #[test]
    fn limits_are_checked() {
        assert_eq!((limit(None, 50).unwrap(), limit(Some(1), 50).unwrap(), limit(Some(50), 50).unwrap()), (50, 1, 50));
        assert!(limit(Some(0), 50).unwrap_err().message.ends_with("Member must have value greater than or equal to 1"));
        insta::assert_snapshot!(limit(Some(51), 50).unwrap_err(), @"InvalidParameterException: 1 validation error detected: Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50");
    }

    #[tokio::test]
    async fn a_functions_lines_are_seen_at_once_and_found_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let logs = Logs::open(&store).unwrap();
        let region = Region::new("eu-west-1");
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for line in ["one", "two"] {
            logs.put(&region, "/aws/lambda/f", "s", vec![(now, line.to_owned())], now).unwrap();
        }
        assert_eq!(lines(&logs, "eu-west-1//aws/lambda/f"), ["one", "two"]);
        store.flush().await.unwrap();
        let again = Logs::open(&store).unwrap();
        again.put(&region, "/aws/lambda/f", "s", vec![(now, "three".to_owned())], now).unwrap();
        assert_eq!(lines(&again, "eu-west-1//aws/lambda/f"), ["one", "two", "three"]);
    }

    #[tokio::test]
    async fn a_group_made_anew_does_not_have_its_namesakes_events() {
        let dir = tempfile::tempdir().unwrap();
        let logs = Logs::open(&Store::open(dir.path()).unwrap()).unwrap();
        let (region, now) = (Region::new(""), "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap());
        logs.put(&region, "g", "s", vec![(now, "old".to_owned())], now).unwrap();
        logs.store.flush().await.unwrap();
        logs.change(|groups, batch| {
            groups.remove("us-east-1/g");
            batch.delete_prefix(Table::LogEvents, "us-east-1/g\0");
            Ok(())
        })
        .await
        .unwrap();
        logs.put(&region, "g", "s", vec![(now, "new".to_owned())], now).unwrap();
        assert_eq!(lines(&logs, "us-east-1/g"), ["new"]);
    }
}
