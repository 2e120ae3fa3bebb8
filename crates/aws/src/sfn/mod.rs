//! Step Functions: state machines and activities.
//!
//! Each function fails when its call fails, except that a read of what does not exist returns none and a deletion of it
//! succeeds.

pub mod activities;
pub mod executions;
pub mod history;
pub mod map_runs;
mod past;
pub mod start;
pub mod tests_of;
mod timestamp;
pub mod versions;

use aws_sdk_sfn::Client;
use aws_sdk_sfn::types::{
    CloudWatchLogsLogGroup, LogDestination, LogLevel, LoggingConfiguration, StateMachineStatus, StateMachineType, Tag,
    TracingConfiguration,
};

use crate::error::{AwsError, ignore_not_found, or_absent};
use crate::tags::{TagRead, Tags};

const SERVICE: &str = "Step Functions";

/// A state machine as Step Functions has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateMachine {
    /// Its definition: JSON.
    pub definition: String,
    /// The ARN of the role that its executions run as.
    pub role: String,
    /// `STANDARD` or `EXPRESS`.
    pub kind: String,
    /// Which events of its executions it logs.
    pub logging: Logging,
    /// Whether it sends traces to X-Ray.
    pub traces: bool,
    /// Whether it is going away: it does so once its executions have ended.
    pub deleting: bool,
}

/// The desired state of a state machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Its definition: JSON.
    pub definition: String,
    /// The ARN of the role that its executions run as.
    pub role: String,
    /// `STANDARD` or `EXPRESS`.
    pub kind: &'static str,
    /// Which events of its executions it logs.
    pub logging: Logging,
}

/// Which events of its executions a state machine logs, and where. The default logs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Logging {
    /// `ALL`, `ERROR` or `FATAL`; none when nothing is logged.
    level: Option<String>,
    include_execution_data: bool,
    /// ARNs of log groups, each ending in `:*`.
    destinations: Vec<String>,
}

impl Logging {
    /// What logs events of a level to log groups; nothing is logged at the level `OFF`.
    pub fn new(level: &str, include_execution_data: bool, destinations: Vec<String>) -> Self {
        if level == LogLevel::Off.as_str() {
            return Self::default();
        }
        Self { level: Some(level.to_owned()), include_execution_data, destinations }
    }

    /// The ARNs of the log groups.
    pub fn destinations(&self) -> &[String] {
        &self.destinations
    }

    fn read(there: &LoggingConfiguration) -> Self {
        let arn = |it: &LogDestination| it.cloud_watch_logs_log_group()?.log_group_arn().map(str::to_owned);
        let destinations = there.destinations().iter().filter_map(arn).collect();
        Self::new(
            there.level().map_or(LogLevel::Off.as_str(), LogLevel::as_str),
            there.include_execution_data(),
            destinations,
        )
    }

    fn configuration(&self) -> LoggingConfiguration {
        let Some(level) = &self.level else { return LoggingConfiguration::builder().level(LogLevel::Off).build() };
        let destination = |arn: &String| {
            let group = CloudWatchLogsLogGroup::builder().log_group_arn(arn).build();
            LogDestination::builder().cloud_watch_logs_log_group(group).build()
        };
        LoggingConfiguration::builder()
            .level(LogLevel::from(level.as_str()))
            .include_execution_data(self.include_execution_data)
            .set_destinations(Some(self.destinations.iter().map(destination).collect()))
            .build()
    }
}

/// The state machine with an ARN, if it exists.
pub async fn state_machine(client: &Client, arn: &str) -> Result<Option<StateMachine>, AwsError> {
    let answer = client.describe_state_machine().state_machine_arn(arn).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "DescribeStateMachine")))?;
    Ok(found.map(|output| StateMachine {
        logging: output.logging_configuration().map(Logging::read).unwrap_or_default(),
        traces: output.tracing_configuration().is_some_and(TracingConfiguration::enabled),
        deleting: output.status() == Some(&StateMachineStatus::Deleting),
        kind: output.r#type().as_str().to_owned(),
        definition: output.definition,
        role: output.role_arn,
    }))
}

/// The tags of a state machine or activity, if it exists.
pub async fn tags(client: &Client, arn: &str) -> Result<Option<TagRead>, AwsError> {
    let answer = client.list_tags_for_resource().resource_arn(arn).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "ListTagsForResource")));
    let pair = |tag: Tag| Some((tag.key?, tag.value.unwrap_or_default()));
    TagRead::unless_denied(found, |output| {
        let tags = output.tags.map(|tags| tags.into_iter().filter_map(pair).collect());
        TagRead::promised(tags, "states:ListTagsForResource")
    })
}

/// The names of all state machines that begin with `prefix`.
pub async fn state_machine_names(client: &Client, prefix: &str) -> Result<Vec<String>, AwsError> {
    let mut pages = client.list_state_machines().max_results(1000).into_paginator().items().send();
    let mut names = Vec::new();
    while let Some(machine) = pages.next().await {
        let machine = machine.map_err(AwsError::from_sdk(SERVICE, "ListStateMachines"))?;
        names.extend(Some(machine.name).filter(|name| name.starts_with(prefix)));
    }
    Ok(names)
}

/// Creates a state machine and publishes it as its first version, described as `description`. The same call again answers
/// with the one that exists, whatever its role and tags.
pub async fn create(
    client: &Client,
    name: &str,
    settings: &Settings,
    description: &str,
    tags: &Tags,
) -> Result<(), AwsError> {
    let request = client
        .create_state_machine()
        .name(name)
        .definition(&settings.definition)
        .role_arn(&settings.role)
        .r#type(StateMachineType::from(settings.kind))
        .logging_configuration(settings.logging.configuration())
        .tracing_configuration(no_traces())
        .publish(true)
        .version_description(description)
        .set_tags(Some(listed(tags)));
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "CreateStateMachine")).map(|_| ())
}

/// Replaces a state machine's definition and role. Logging and tracing are sent too: what is left out would stay as it is.
/// With a description the result is published as a version.
pub async fn update(
    client: &Client,
    arn: &str,
    settings: &Settings,
    description: Option<&str>,
) -> Result<(), AwsError> {
    let request = client
        .update_state_machine()
        .state_machine_arn(arn)
        .definition(&settings.definition)
        .role_arn(&settings.role)
        .logging_configuration(settings.logging.configuration())
        .tracing_configuration(no_traces())
        .publish(description.is_some())
        .set_version_description(description.map(str::to_owned));
    request.send().await.map_err(AwsError::from_sdk(SERVICE, "UpdateStateMachine")).map(|_| ())
}

/// Adds tags to a state machine or activity.
pub async fn tag(client: &Client, arn: &str, tags: &Tags) -> Result<(), AwsError> {
    let answer = client.tag_resource().resource_arn(arn).set_tags(Some(listed(tags))).send().await;
    answer.map_err(AwsError::from_sdk(SERVICE, "TagResource")).map(|_| ())
}

fn listed(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Asks for a state machine's deletion, if it exists. It is gone once all its executions have ended.
pub async fn delete(client: &Client, arn: &str) -> Result<(), AwsError> {
    let answer = client.delete_state_machine().state_machine_arn(arn).send().await;
    ignore_not_found(answer.map_err(AwsError::from_sdk(SERVICE, "DeleteStateMachine")))
}

fn no_traces() -> TracingConfiguration {
    TracingConfiguration::builder().enabled(false).build()
}
