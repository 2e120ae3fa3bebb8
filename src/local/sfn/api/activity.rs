//! CreateActivity, DescribeActivity, ListActivities, DeleteActivity and GetActivityTask.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use super::tag::{Tag, merge};
use super::{Answer, page};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Request;
use crate::local::records::Change;
use crate::local::sfn::activity::Activity;
use crate::local::sfn::driver::Message;
use crate::local::sfn::machine::seconds;
use crate::local::sfn::names::{ActivityReference, check_name};
use crate::local::sfn::refusal::{self, activity_missing};
use aws::clock;

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
pub(super) async fn create(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: Create = request.json()?;
    check_name(&input.name)?;
    check_encryption(input.encryption_configuration.as_ref())?;
    let activity = Activity {
        region: request.region().place(),
        name: input.name,
        created_at: request.received_at,
        tags: merge(BTreeMap::new(), input.tags)?,
    };
    let key = activity.key();
    let created = cloud.step_functions.activities.change(|all| {
        let known = all.get(&key);
        let answer = known.unwrap_or(&activity);
        let answer = json!({"activityArn": answer.arn(), "creationDate": seconds(answer.created_at)});
        let change = known.is_none().then(|| Change::Put(key.clone(), activity));
        Ok((change.into_iter().collect(), answer))
    });
    created.await
}

/// Keys of customers are not here.
fn check_encryption(asked: Option<&Value>) -> Result<(), ServiceError> {
    match asked.and_then(|asked| asked.get("type")).and_then(Value::as_str) {
        None | Some("AWS_OWNED_KEY") => Ok(()),
        Some(other) => Err(ServiceError::not_implemented(&format!("states: encryption of type {other}"))),
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    activity_arn: String,
}

pub(super) fn describe(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let reference = ActivityReference::parse(&request.json::<Named>()?.activity_arn)?;
    let found = cloud.step_functions.activities.get(&reference.key);
    let activity = found.ok_or_else(|| activity_missing(&reference.arn))?;
    Ok(json!({
        "activityArn": activity.arn(),
        "name": activity.name,
        "creationDate": seconds(activity.created_at),
        "encryptionConfiguration": {"type": "AWS_OWNED_KEY"},
    }))
}

/// Deletes an activity; one that is not there is deleted already, as on AWS. Tasks that were taken go on.
pub(super) async fn delete(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let reference = ActivityReference::parse(&request.json::<Named>()?.activity_arn)?;
    let deleted = cloud.step_functions.activities.change(|all| {
        let gone = all.contains_key(&reference.key).then(|| Change::Delete(reference.key.clone()));
        Ok((gone.into_iter().collect(), json!({})))
    });
    deleted.await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// By name.
pub(super) fn list(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: List = request.json()?;
    let size = refusal::page_size(input.max_results)?;
    let after: Option<String> = page::place(input.next_token.as_deref(), page::MAX_TOKEN)?;
    let prefix = request.region().key("");
    let mut found: Vec<Activity> = cloud.step_functions.activities.read(|all| {
        let here = all.range(prefix.clone()..).take_while(|(key, _)| key.starts_with(&prefix));
        let left = here.filter(|(_, activity)| after.as_ref().is_none_or(|after| activity.name > *after));
        left.take(size + 1).map(|(_, activity)| activity.clone()).collect()
    });
    let more = found.len() > size;
    found.truncate(size);
    let shown = found.iter().map(|activity| {
        json!({"activityArn": activity.arn(), "name": activity.name, "creationDate": seconds(activity.created_at)})
    });
    let mut answer = json!({ "activities": shown.collect::<Vec<Value>>() });
    if let (true, Some(last)) = (more, found.last()) {
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
pub(super) async fn get_task(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: GetTask = request.json()?;
    refusal::at_most(input.worker_name.as_deref().unwrap_or_default(), "workerName", 80)?;
    let reference = ActivityReference::parse(&input.activity_arn)?;
    if cloud.step_functions.activities.get(&reference.key).is_none() {
        return Err(activity_missing(&reference.arn));
    }
    let driver = &cloud.step_functions.driver;
    let news = driver.pollers.news(&reference.arn);
    let mut until = std::pin::pin!(clock::sleep(LONG_POLL));
    loop {
        while let Some((key, task)) = driver.pollers.next(&reference.arn) {
            let worker_name = input.worker_name.clone();
            let take = |reply| Message::Take { task, worker_name, reply };
            if let Some(taken) = driver.ask(cloud, &key, take).await? {
                return Ok(json!({ "taskToken": taken.token, "input": &*taken.input }));
            }
        }
        tokio::select! {
            () = news.notified() => {}
            () = &mut until => break,
            () = request.gone() => break,
            () = cloud.stop.given() => break,
        }
    }
    Ok(json!({ "taskToken": null }))
}
