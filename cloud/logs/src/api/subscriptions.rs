//! PutSubscriptionFilter, DescribeSubscriptionFilters and DeleteSubscriptionFilter.

use cloud_core::{FunctionReference, Page, Request, Response, ServiceError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{answer, done};
use crate::append::subscriptions::SubscriptionFilter;
use crate::errors::{LIST_LIMIT, invalid};
use crate::group::GroupFacts;
use crate::pattern::Pattern;
use crate::service::Logs;

/// How many filters a group has (CloudWatch Logs quotas).
const MOST_FILTERS: usize = 2;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PutInput {
    log_group_name: String,
    filter_name: String,
    filter_pattern: String,
    destination_arn: String,
    role_arn: Option<String>,
    /// How events are spread over a stream of Kinesis; functions know no such thing.
    distribution: Option<String>,
}

/// Has a function get a group's events; a filter of the same name is replaced.
pub(crate) async fn put(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: PutInput = request.json()?;
    Pattern::parse(&input.filter_pattern).map_err(|error| invalid(error.to_string()))?;
    let key = request.location().key(&input.log_group_name);
    let group_arn = {
        let group = logs.known_group(&key)?;
        let state = group.lock();
        state.facts.check_filterable()?;
        state.facts.arn.clone()
    };
    check_destination(logs, request, &group_arn, &input.destination_arn, input.role_arn.is_some())?;
    let filter = SubscriptionFilter {
        pattern: input.filter_pattern,
        destination_arn: input.destination_arn,
        distribution: input.distribution.unwrap_or_else(|| "ByLogStream".to_owned()),
        created_at_ms: request.received_at.as_millisecond(),
    };
    let put = logs.edit_group(&key, |facts| {
        if facts.subscriptions.len() >= MOST_FILTERS && !facts.subscriptions.contains_key(&input.filter_name) {
            return Err(ServiceError::bad_request("LimitExceededException", "Resource limit exceeded."));
        }
        facts.subscriptions.insert(input.filter_name, filter);
        Ok(())
    });
    put.await?;
    Ok(done())
}

/// The destination has to be a function that CloudWatch Logs may invoke for the group; AWS has streams and buses too.
fn check_destination(
    logs: &Logs,
    request: &Request,
    group_arn: &str,
    arn: &str,
    has_role: bool,
) -> Result<(), ServiceError> {
    let service = arn.split(':').nth(2).unwrap_or_default();
    if arn.starts_with("arn:") && service != "lambda" {
        let what = format!("destinations in {service} (destinationArn of logs:PutSubscriptionFilter)");
        return Err(ServiceError::not_implemented(&what));
    }
    let refused = || {
        invalid(
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your \
             function.",
        )
    };
    let function = FunctionReference::parse(arn, &request.location()).ok().filter(|_| arn.starts_with("arn:"));
    let function =
        function.ok_or_else(|| invalid("PutSubscriptionFilter operation cannot work with destinationArn"))?;
    if has_role {
        return Err(invalid("destinationArn for vendor lambda cannot be used with roleArn"));
    }
    // "An AWS Lambda function belonging to the same account as the subscription filter" (API reference); what AWS says of
    // another one is a guess.
    if function.location != request.location() {
        return Err(refused());
    }
    let functions = logs.functions().ok_or_else(refused)?;
    match functions.version(&function).is_ok() && Logs::may_deliver(&*functions, &function, group_arn) {
        true => Ok(()),
        false => Err(refused()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeInput {
    log_group_name: String,
    filter_name_prefix: Option<String>,
    next_token: Option<String>,
    limit: Option<usize>,
}

/// The filters of a group.
pub(crate) fn describe(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: DescribeInput = request.json()?;
    let limit = input.limit.unwrap_or(LIST_LIMIT);
    let key = request.location().key(&input.log_group_name);
    let facts = logs.group_facts(&key).ok_or_else(|| logs.no_group(&key))?;
    facts.check_filterable()?;
    let wanted = |name: &str| {
        input.filter_name_prefix.as_deref().is_none_or(|prefix| name.starts_with(prefix))
            && input.next_token.as_deref().is_none_or(|after| name > after)
    };
    let page = Page::take(facts.subscriptions.iter().filter(|(name, _)| wanted(name)), limit);
    let filters: Vec<Value> = page.items.iter().map(|(name, filter)| shown(&facts, name, filter)).collect();
    let mut output = json!({ "subscriptionFilters": filters });
    if let Some((last, _)) = page.last_before_more() {
        output["nextToken"] = json!(last);
    }
    Ok(answer(&output))
}

fn shown(facts: &GroupFacts, name: &str, filter: &SubscriptionFilter) -> Value {
    json!({
        "filterName": name,
        "logGroupName": facts.name,
        "filterPattern": filter.pattern,
        "destinationArn": filter.destination_arn,
        "distribution": filter.distribution,
        "applyOnTransformedLogs": false,
        "creationTime": filter.created_at_ms,
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DeleteInput {
    log_group_name: String,
    filter_name: String,
}

/// Has a function get no events any more; those that wait are not sent.
pub(crate) async fn delete(logs: &Logs, request: &Request) -> Result<Response, ServiceError> {
    let input: DeleteInput = request.json()?;
    let key = request.location().key(&input.log_group_name);
    let deleted = logs.edit_group(&key, |facts| {
        // First of all: a filter that an earlier program took for a group of another class has to go, too.
        if facts.subscriptions.remove(&input.filter_name).is_some() {
            return Ok(());
        }
        facts.check_filterable()?;
        let missing = "The specified subscription filter does not exist.";
        Err(ServiceError::bad_request("ResourceNotFoundException", missing))
    });
    deleted.await?;
    Ok(done())
}
