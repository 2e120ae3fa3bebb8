//! CreateActivity, DescribeActivity, ListActivities, DeleteActivity and GetActivityTask.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Change, Page, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::encryption::check_encryption;
use super::page;
use super::registered::{MAX_REGISTERED, is_full};
use super::tag::{Tag, merge};
use crate::driver::Message;
use crate::rows::activity::Activity;
use crate::rows::format::FormatVersion;
use crate::rows::machine::seconds;
use crate::states::States;
use crate::wire::errors::{self, activity_missing};
use crate::wire::names::{ActivityReference, check_name};

/// How long a worker that asks for a task waits for one (API reference, `GetActivityTask`).
const LONG_POLL: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    name: String,
    #[serde(default)]
    tags: Vec<Tag>,
    encryption_configuration: Option<Value>,
}

/// Creates an activity. The same name again gives the same answer; tags are not looked at then (API reference).
pub(crate) async fn create(states: &Arc<States>, request: &Request) -> Answer {
    let input: Create = request.json()?;
    check_name(&input.name)?;
    check_encryption(input.encryption_configuration.as_ref())?;
    let activity = Activity {
        format: FormatVersion,
        location: request.location().key_prefix(),
        name: input.name,
        created_at: request.received_at,
        tags: merge(BTreeMap::new(), input.tags)?,
    };
    let key = activity.key();
    let prefix = request.location().key("");
    let created = states.activities.change(|all| {
        let known = all.get(&key);
        if known.is_none() && is_full(all, &prefix, MAX_REGISTERED, |_| true) {
            return Err(errors::too_many_registered("Activity", MAX_REGISTERED));
        }
        let answer = known.unwrap_or(&activity);
        let answer = json!({"activityArn": answer.arn(), "creationDate": seconds(answer.created_at)});
        let change = known.is_none().then(|| Change::Put(key.clone(), activity));
        Ok((change.into_iter().collect(), answer))
    });
    created.await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    activity_arn: String,
}

pub(crate) async fn describe(states: &Arc<States>, request: &Request) -> Answer {
    let reference = ActivityReference::of(request, &request.json::<Named>()?.activity_arn)?;
    let found = states.activities.get(&reference.key);
    let missing = || states.activities.missing(&reference.key, || activity_missing(&reference.arn));
    let activity = found.ok_or_else(missing)?;
    Ok(json!({
        "activityArn": activity.arn(),
        "name": activity.name,
        "creationDate": seconds(activity.created_at),
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }))
}

/// Deletes an activity; one that is not there is deleted already, as on AWS. Tasks that were taken go on.
pub(crate) async fn delete(states: &Arc<States>, request: &Request) -> Answer {
    let reference = ActivityReference::of(request, &request.json::<Named>()?.activity_arn)?;
    let deleted = states.activities.change(|all| {
        states.activities.refuse_unreadable(&reference.key)?;
        let gone = all.contains_key(&reference.key).then(|| Change::Delete(reference.key.clone()));
        Ok((gone.into_iter().collect(), json!({})))
    });
    deleted.await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// By name.
pub(crate) async fn list(states: &Arc<States>, request: &Request) -> Answer {
    let input: List = request.json()?;
    let size = errors::page_size(input.max_results);
    let after: Option<String> = page::place(input.next_token.as_deref())?;
    let prefix = request.location().key("");
    let after = after.map(|name| request.location().key(&name));
    let found: Page<Activity> = states.activities.read(|all| {
        let from = after.map_or_else(|| Bound::Included(prefix.clone()), Bound::Excluded);
        let here = all.range((from, Bound::Unbounded)).take_while(|(key, _)| key.starts_with(&prefix));
        Page::take(here.map(|(_, activity)| activity.clone()), size)
    });
    let shown = found.items.iter().map(|activity| {
        json!({"activityArn": activity.arn(), "name": activity.name, "creationDate": seconds(activity.created_at)})
    });
    let mut answer = json!({ "activities": shown.collect::<Vec<Value>>() });
    if let Some(last) = found.last_before_more() {
        answer["nextToken"] = json!(page::token(&last.name)?);
    }
    Ok(answer)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetTask {
    activity_arn: String,
    worker_name: Option<String>,
}

/// Hands a task to a worker, or a null token when none has come for a minute. The task counts as started when this answers.
pub(crate) async fn get_task(states: &Arc<States>, request: &Request) -> Answer {
    let input: GetTask = request.json()?;
    let reference = ActivityReference::of(request, &input.activity_arn)?;
    if states.activities.get(&reference.key).is_none() {
        return Err(states.activities.missing(&reference.key, || activity_missing(&reference.arn)));
    }
    let driver = &states.driver;
    let arrived = driver.activities.arrived(&reference.arn);
    let machine = states.clock.machine();
    let mut until = std::pin::pin!(machine.sleep(LONG_POLL));
    loop {
        // The room comes first: a task that has left the queue goes to its mailbox at once, so that none gets lost.
        let room = driver.room().await;
        if let Some(offered) = driver.activities.next(&reference.arn) {
            let key = offered.key.clone();
            let worker_name = input.worker_name.clone();
            let take = |reply| Message::Take { offered, worker_name, reply };
            if let Some(taken) = driver.ask_in(&key, room, take).await? {
                return Ok(json!({ "taskToken": taken.token, "input": &*taken.input }));
            }
            continue;
        }
        drop(room);
        tokio::select! {
            biased;
            () = states.stop.given() => break,
            () = request.gone() => break,
            () = arrived.notified() => {}
            () = &mut until => break,
        }
    }
    Ok(json!({ "taskToken": null }))
}
