//! Step Functions: activities, whose tasks are done by workers that ask for them.

use aws_sdk_sfn::Client;

use super::listed;
use crate::error::{AwsError, ignore_not_found, or_absent};
use crate::tags::Tags;

/// What errors call it.
const SERVICE: &str = "Step Functions";

/// Whether there is an activity with an ARN.
///
/// # Errors
/// The call failed.
pub async fn exists(client: &Client, arn: &str) -> Result<bool, AwsError> {
    let answer = client.describe_activity().activity_arn(arn).send().await;
    Ok(or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "DescribeActivity")))?.is_some())
}

/// The names of all activities that begin with `prefix`.
///
/// # Errors
/// A call failed.
pub async fn names(client: &Client, prefix: &str) -> Result<Vec<String>, AwsError> {
    let mut pages = client.list_activities().max_results(1000).into_paginator().items().send();
    let mut names = Vec::new();
    while let Some(activity) = pages.next().await {
        let activity = activity.map_err(AwsError::from_sdk(SERVICE, "ListActivities"))?;
        names.extend(Some(activity.name).filter(|name| name.starts_with(prefix)));
    }
    Ok(names)
}

/// Creates an activity. Where there is one already it stays as it is, whatever its tags, and the call succeeds.
///
/// # Errors
/// The call failed.
pub async fn create(client: &Client, name: &str, tags: &Tags) -> Result<(), AwsError> {
    let answer = client.create_activity().name(name).set_tags(Some(listed(tags))).send().await;
    answer.map_err(AwsError::from_sdk(SERVICE, "CreateActivity")).map(|_| ())
}

/// Deletes an activity, if it exists. Executions that wait for it end by their timeouts only.
///
/// # Errors
/// The call failed.
pub async fn delete(client: &Client, arn: &str) -> Result<(), AwsError> {
    let answer = client.delete_activity().activity_arn(arn).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteActivity")))
}
