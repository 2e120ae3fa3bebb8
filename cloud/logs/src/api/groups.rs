//! The operations on log groups.

use std::collections::BTreeMap;

use cloud_core::{Location, Page, Request, Response, ServiceError};
use serde::{Deserialize, Serialize};

use super::answer::{answer, done};
use super::tags;
use crate::errors::{LIST_LIMIT, constraint, invalid, no_group};
use crate::group::GroupFacts;
use crate::service::Logs;

/// The days that PutRetentionPolicy takes.
const RETENTION_DAYS: [u16; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The group an operation names: by name, or by name or ARN.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Named {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
}

impl Named {
    /// The group's name. What an ARN names of another account or region is not found.
    pub(crate) fn name(&self, here: &Location) -> Result<&str, ServiceError> {
        match (&self.log_group_name, &self.log_group_identifier) {
            (Some(_), Some(_)) => Err(ServiceError::bad_request(
                "ValidationException",
                "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
            )),
            (Some(name), None) => Ok(name),
            (None, Some(identifier)) if is_elsewhere(identifier, here) => Err(no_group()),
            (None, Some(identifier)) => Ok(name_of(identifier)),
            (None, None) => Err(invalid("Either LogGroupName or LogGroupIdentifier must be specified.")),
        }
    }
}

/// Whether an identifier is an ARN, but none of a group of this account and region: letter by letter, since policies are asked
/// about the ARN as it is written.
pub(crate) fn is_elsewhere(identifier: &str, here: &Location) -> bool {
    identifier.starts_with("arn:") && !identifier.starts_with(&here.arn("logs", "log-group:"))
}

/// The name in an identifier, which is a name already or an ARN with or without `:*`.
pub(crate) fn name_of(identifier: &str) -> &str {
    match identifier.split_once(":log-group:") {
        Some((_, name)) => name.strip_suffix(":*").unwrap_or(name),
        None => identifier,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateInput {
    log_group_name: String,
    tags: Option<BTreeMap<String, String>>,
    log_group_class: Option<String>,
    kms_key_id: Option<String>,
    #[serde(default)]
    deletion_protection_enabled: bool,
}

/// Whether AWS keeps a name for its own groups: "Log group names can't start with the string `aws/`" (API model,
/// `CreateLogGroup`). The error's text is AWS's, as others have recorded it; that any case counts is a guess, by that text.
fn is_reserved(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws/"))
}

pub(crate) async fn create(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: CreateInput = request.json()?;
    if is_reserved(&input.log_group_name) {
        return Err(invalid("Log groups starting with AWS/ are reserved for AWS."));
    }
    tags::check_new(input.tags.iter().flatten().map(|(key, _)| key))?;
    let mut facts = GroupFacts::new(&request.location(), &input.log_group_name, request.received_at.as_millisecond());
    facts.tags = input.tags.unwrap_or_default();
    if let Some(class) = input.log_group_class {
        facts.class = class;
    }
    facts.kms_key_id = input.kms_key_id;
    facts.is_protected = input.deletion_protection_enabled;
    let key = request.location().key(&facts.name);
    logs.create_group(&key, facts).await?;
    Ok(done())
}

pub(crate) async fn delete(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let key = request.location().key(request.json::<Named>()?.name(&request.location())?);
    logs.delete_group(&key).await?;
    Ok(done())
}

/// Changes what is known of one group.
pub(crate) async fn edit(
    logs: &Logs,
    request: &Request,
    name: &str,
    change: impl FnOnce(&mut GroupFacts) -> Result<(), ServiceError>,
) -> Result<Response, ServiceError> {
    logs.edit_group(&request.location().key(name), change).await?;
    Ok(done())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProtectionInput {
    log_group_identifier: String,
    deletion_protection_enabled: bool,
}

pub(crate) async fn put_protection(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: ProtectionInput = request.json()?;
    if is_elsewhere(&input.log_group_identifier, &request.location()) {
        return Err(no_group());
    }
    edit(logs, request, name_of(&input.log_group_identifier), |facts| {
        facts.is_protected = input.deletion_protection_enabled;
        Ok(())
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RetentionInput {
    log_group_name: String,
    retention_in_days: u16,
}

pub(crate) async fn put_retention(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: RetentionInput = request.json()?;
    let days = input.retention_in_days;
    if !RETENTION_DAYS.contains(&days) {
        let allowed = format!("Member must satisfy enum value set: {RETENTION_DAYS:?}");
        return Err(constraint(&days.to_string(), "retentionInDays", &allowed));
    }
    let set = edit(logs, request, &input.log_group_name, |facts| {
        facts.retention_days = Some(days);
        Ok(())
    });
    let answer = set.await?;
    if let Some(group) = logs.group(&request.location().key(&input.log_group_name)) {
        logs.sweep_expired(&mut group.lock(), request.received_at);
    }
    Ok(answer)
}

pub(crate) async fn delete_retention(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    edit(logs, request, request.json::<Named>()?.name(&request.location())?, |facts| {
        facts.retention_days = None;
        Ok(())
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeInput {
    log_group_name_prefix: Option<String>,
    log_group_name_pattern: Option<String>,
    log_group_identifiers: Option<Vec<String>>,
    log_group_class: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribeOutput {
    log_groups: Vec<GroupOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GroupOutput {
    log_group_name: String,
    creation_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_in_days: Option<u16>,
    metric_filter_count: u32,
    arn: String,
    stored_bytes: u64,
    log_group_class: String,
    log_group_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kms_key_id: Option<String>,
    deletion_protection_enabled: bool,
}

impl GroupOutput {
    fn new(facts: &GroupFacts) -> Self {
        Self {
            log_group_name: facts.name.clone(),
            creation_time: facts.created_at_ms,
            retention_in_days: facts.retention_days,
            metric_filter_count: 0,
            arn: format!("{}:*", facts.arn),
            // AWS counts this late too: a group that was just written says 0.
            stored_bytes: 0,
            log_group_class: facts.class.clone(),
            log_group_arn: facts.arn.clone(),
            kms_key_id: facts.kms_key_id.clone(),
            deletion_protection_enabled: facts.is_protected,
        }
    }
}

pub(crate) fn describe(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: DescribeInput = request.json()?;
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        return Err(invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."));
    }
    let limit = input.limit.unwrap_or(LIST_LIMIT);
    let here = request.location();
    let is_named = |identifier: &str, name: &str| name_of(identifier) == name && !is_elsewhere(identifier, &here);
    let wanted = |facts: &GroupFacts| {
        let name = &facts.name;
        let pattern = input.log_group_name_pattern.as_ref().map(|pattern| pattern.to_lowercase());
        input.log_group_name_prefix.as_ref().is_none_or(|prefix| name.starts_with(prefix))
            && pattern.is_none_or(|pattern| name.to_lowercase().contains(&pattern))
            && input.log_group_identifiers.as_ref().is_none_or(|all| all.iter().any(|one| is_named(one, name)))
            && input.log_group_class.as_ref().is_none_or(|class| *class == facts.class)
            && input.next_token.as_ref().is_none_or(|after| name > after)
    };
    let found = logs.facts(&request.location().key(""));
    let page = Page::take(found.iter().filter(|facts| wanted(facts)), limit);
    let next_token = page.last_before_more().map(|last| last.name.clone());
    let log_groups = page.items.into_iter().map(GroupOutput::new).collect();
    Ok(answer(&DescribeOutput { log_groups, next_token }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_name_or_an_arn() {
        assert_eq!(name_of("/aws/lambda/x"), "/aws/lambda/x");
        assert_eq!(name_of("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/x"), "/aws/lambda/x");
        assert_eq!(name_of("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/x:*"), "/aws/lambda/x");
    }
}
