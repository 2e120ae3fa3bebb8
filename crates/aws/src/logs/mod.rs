//! CloudWatch Logs: the groups that functions write to.
//!
//! Each function fails when its call fails, except that a read of what does not exist returns none and a deletion of it
//! succeeds.

pub mod events;
pub mod live;

use aws_sdk_cloudwatchlogs::Client;

use crate::error::{AwsError, ignore_not_found, or_absent};
use crate::tags::{TagRead, Tags};

const SERVICE: &str = "CloudWatch Logs";

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// How long its lines are kept, in days; for ever when absent.
    pub retention_days: Option<u32>,
}

/// Every log group whose name begins with `prefix`.
pub async fn groups(client: &Client, prefix: &str) -> Result<Vec<LogGroup>, AwsError> {
    let mut pages = client.describe_log_groups().log_group_name_prefix(prefix).into_paginator().items().send();
    let mut groups = Vec::new();
    while let Some(group) = pages.next().await {
        let group = group.map_err(AwsError::from_sdk(SERVICE, "DescribeLogGroups"))?;
        let retention_days = group.retention_in_days.and_then(|days| u32::try_from(days).ok());
        groups.extend(group.log_group_name.map(|name| LogGroup { name, retention_days }));
    }
    Ok(groups)
}

/// The tags of a log group, if it exists.
pub async fn tags(client: &Client, arn: &str) -> Result<Option<TagRead>, AwsError> {
    let answer = client.list_tags_for_resource().resource_arn(arn).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "ListTagsForResource")));
    TagRead::unless_denied(found, |output| {
        TagRead::promised(output.tags.map(|tags| tags.into_iter().collect()), "logs:ListTagsForResource")
    })
}

/// Creates a log group.
pub async fn create_group(client: &Client, name: &str, tags: &Tags) -> Result<(), AwsError> {
    let request = client.create_log_group().log_group_name(name).set_tags(Some(tags.clone().into_iter().collect()));
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateLogGroup")).map(|_| ())
}

/// Adds tags to a log group.
pub async fn tag(client: &Client, arn: &str, tags: &Tags) -> Result<(), AwsError> {
    let request = client.tag_resource().resource_arn(arn).set_tags(Some(tags.clone().into_iter().collect()));
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "TagResource")).map(|_| ())
}

/// Sets how long a log group keeps its lines.
pub async fn put_retention(client: &Client, name: &str, days: u32) -> Result<(), AwsError> {
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let request = client.put_retention_policy().log_group_name(name).retention_in_days(days);
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "PutRetentionPolicy")).map(|_| ())
}

/// Lets a log group keep its lines for ever.
pub async fn delete_retention(client: &Client, name: &str) -> Result<(), AwsError> {
    let answer = client.delete_retention_policy().log_group_name(name).send().await;
    answer.map_err(AwsError::from_sdk(SERVICE, "DeleteRetentionPolicy")).map(|_| ())
}

/// Deletes a log group with all its lines, if it exists.
pub async fn delete_group(client: &Client, name: &str) -> Result<(), AwsError> {
    let answer = client.delete_log_group().log_group_name(name).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteLogGroup")))
}
