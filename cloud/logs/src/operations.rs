//! The table of operations.

use cloud_core::{
    Access, Binding, Handler, Location, Need, Operation, Otherwise, Protocol, Quota, Request, RequestModel, Resource,
    ServiceError, ServiceInfo,
};
use serde_json::Value;

use crate::api::{attached, filter, get, groups, live_tail, put, queries, streams, subscriptions, tags};
use crate::service::Logs;

/// CloudWatch Logs.
pub static INFO: ServiceInfo = ServiceInfo::new("CloudWatch Logs", "logs", Protocol::Json11)
    .with_target_prefix("Logs_20140328")
    .with_requests(REQUESTS)
    .with_throttled(throttled)
    .with_failed(failed)
    .with_conflict(conflict);

/// A name that is too long has a text of its own, wherever it is given.
const REQUESTS: RequestModel = RequestModel::new("cloudwatchlogs", "InvalidParameterException").except(&[
    Otherwise::said("logGroupName", TOO_LONG, LONG_NAME),
    Otherwise::said("logStreamName", TOO_LONG, LONG_NAME),
]);
const TOO_LONG: &str = "Member must have length less than or equal to 512";
const LONG_NAME: &str = "Invalid LogGroup or LogStream, both must have length less than or equal to 512.";

/// The largest request of a batch. A batch holds 1 MiB of text (AWS's limit, which the operation checks); as JSON, a byte of
/// it takes six at most, and each of its 10,000 lines has members beside its text.
const BATCH_REQUEST_BYTES: usize = 8 << 20;

/// How many calls Logs takes: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>.
const PER_S_5: Quota = Quota::each(5, 5);
const PER_S_10: Quota = Quota::each(10, 10);
const FILTER_EVENTS: Quota = Quota::each(10, 10).in_regions(&["us-east-1"], 25, 25).in_regions(
    &["ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1"],
    5,
    5,
);
const GET_EVENTS: Quota = Quota::each(25, 25).in_regions(&["eu-west-3"], 30, 30).in_regions(
    &["us-west-2", "ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "eu-west-1", "il-central-1"],
    10,
    10,
);

/// The operations. What may be aborted by another write (API model, `OperationAbortedException`) writes alone.
pub static OPERATIONS: &[Operation<Logs>] = &[
    operation("CreateLogGroup", Access::WritesAlone, "logs:CreateLogGroup", GROUP, |logs, request| {
        Box::pin(groups::create(logs, request))
    })
    .needing(&[Need::when("tags", "logs:TagResource", TAGGED)])
    .within(PER_S_10),
    operation("DeleteLogGroup", Access::WritesAlone, "logs:DeleteLogGroup", GROUP, |logs, request| {
        Box::pin(groups::delete(logs, request))
    })
    .within(PER_S_10),
    operation("DescribeLogGroups", Access::Reads, "logs:DescribeLogGroups", ALL_GROUPS, |logs, request| {
        Box::pin(async move { groups::describe(logs, request) })
    })
    .refusing(&["accountIdentifiers", "includeLinkedAccounts"])
    .within(PER_S_10),
    operation("PutRetentionPolicy", Access::WritesAlone, "logs:PutRetentionPolicy", GROUP, |logs, request| {
        Box::pin(groups::put_retention(logs, request))
    })
    .within(PER_S_5),
    operation("DeleteRetentionPolicy", Access::WritesAlone, "logs:DeleteRetentionPolicy", GROUP, |logs, request| {
        Box::pin(groups::delete_retention(logs, request))
    })
    .within(PER_S_5),
    operation(
        "PutLogGroupDeletionProtection",
        Access::WritesAlone,
        "logs:PutLogGroupDeletionProtection",
        GROUP,
        |logs, request| Box::pin(groups::put_protection(logs, request)),
    )
    .within(PER_S_5),
    operation("AssociateKmsKey", Access::WritesAlone, "logs:AssociateKmsKey", GROUP, |logs, request| {
        Box::pin(attached::associate_key(logs, request))
    })
    .within(PER_S_5),
    operation("DisassociateKmsKey", Access::WritesAlone, "logs:DisassociateKmsKey", GROUP, |logs, request| {
        Box::pin(attached::disassociate_key(logs, request))
    })
    .within(PER_S_5),
    operation("DescribeMetricFilters", Access::Reads, "logs:DescribeMetricFilters", GROUP, |logs, request| {
        Box::pin(async move { attached::metric_filters(logs, request) })
    })
    .within(PER_S_5),
    operation(
        "DescribeSubscriptionFilters",
        Access::Reads,
        "logs:DescribeSubscriptionFilters",
        GROUP,
        |logs, request| Box::pin(async move { subscriptions::describe(logs, request) }),
    )
    .within(PER_S_5),
    operation("PutSubscriptionFilter", Access::WritesAlone, "logs:PutSubscriptionFilter", GROUP, |logs, request| {
        Box::pin(subscriptions::put(logs, request))
    })
    .refusing(&["applyOnTransformedLogs", "fieldSelectionCriteria", "emitSystemFields"])
    .within(PER_S_5),
    operation(
        "DeleteSubscriptionFilter",
        Access::WritesAlone,
        "logs:DeleteSubscriptionFilter",
        GROUP,
        |logs, request| Box::pin(subscriptions::delete(logs, request)),
    )
    .within(PER_S_5),
    operation("TagResource", Access::Writes, "logs:TagResource", BY_ARN, |logs, request| {
        Box::pin(tags::tag(logs, request))
    })
    .within(PER_S_5),
    operation("UntagResource", Access::Writes, "logs:UntagResource", BY_ARN, |logs, request| {
        Box::pin(tags::untag(logs, request))
    })
    .within(PER_S_5),
    operation("ListTagsForResource", Access::Reads, "logs:ListTagsForResource", BY_ARN, |logs, request| {
        Box::pin(async move { tags::list(logs, request) })
    })
    .within(PER_S_5),
    operation("TagLogGroup", Access::Writes, "logs:TagLogGroup", GROUP, |logs, request| {
        Box::pin(tags::tag_group(logs, request))
    })
    .within(PER_S_5),
    operation("UntagLogGroup", Access::Writes, "logs:UntagLogGroup", GROUP, |logs, request| {
        Box::pin(tags::untag_group(logs, request))
    })
    .within(PER_S_5),
    operation("ListTagsLogGroup", Access::Reads, "logs:ListTagsLogGroup", GROUP, |logs, request| {
        Box::pin(async move { tags::list_group(logs, request) })
    })
    .within(PER_S_5),
    operation("CreateLogStream", Access::Writes, "logs:CreateLogStream", STREAM, |logs, request| {
        Box::pin(streams::create(logs, request))
    })
    .within(Quota::each(50, 50)),
    operation("DeleteLogStream", Access::Writes, "logs:DeleteLogStream", STREAM, |logs, request| {
        Box::pin(streams::delete(logs, request))
    })
    .within(Quota::each(15, 15)),
    operation("DescribeLogStreams", Access::Reads, "logs:DescribeLogStreams", GROUP, |logs, request| {
        Box::pin(streams::describe(logs, request))
    })
    .within(Quota::each(25, 25)),
    operation("PutLogEvents", Access::Writes, "logs:PutLogEvents", STREAM, |logs, request| {
        Box::pin(put::put(logs, request))
    })
    .refusing(&["entity"])
    .within(Quota::each(5_000, 5_000))
    .with_body_limit(BATCH_REQUEST_BYTES),
    operation("GetLogEvents", Access::Reads, "logs:GetLogEvents", STREAM, |logs, request| {
        Box::pin(get::get(logs, request))
    })
    .within(GET_EVENTS),
    operation("FilterLogEvents", Access::Reads, "logs:FilterLogEvents", GROUP, |logs, request| {
        Box::pin(filter::filter(logs, request))
    })
    .within(FILTER_EVENTS),
    // Its sessions are limited, not its rate.
    operation("StartLiveTail", Access::ReadsPresent, "logs:StartLiveTail", QUERIED, |logs, request| {
        Box::pin(async move { live_tail::start(logs, request) })
    })
    .also_about(further_queried),
    operation("StartQuery", Access::Reads, "logs:StartQuery", QUERIED, |logs, request| {
        Box::pin(queries::start(logs, request))
    })
    .also_about(further_queried)
    .within(PER_S_10),
    operation("GetQueryResults", Access::Reads, "logs:GetQueryResults", Resource::Any, |logs, request| {
        Box::pin(async move { queries::results(logs, request) })
    })
    .within(PER_S_10),
    operation("StopQuery", Access::Reads, "logs:StopQuery", Resource::Any, |logs, request| {
        Box::pin(async move { queries::stop(logs, request) })
    })
    .within(PER_S_10),
    operation("DescribeQueries", Access::Reads, "logs:DescribeQueries", Resource::Any, |logs, request| {
        Box::pin(async move { queries::describe(logs, request) })
    })
    .within(PER_S_5),
];

/// The group that the input names, by name or identifier: as refusals of AWS's name it, with a stream without a name.
const GROUP: Resource = Resource::Computed(|request| Some(format!("{}:log-stream:", group_arn(request)?)));
/// The first group that a query is about; the others are asked for too.
const QUERIED: Resource = Resource::Computed(|request| queried(request).into_iter().next());
/// The stream that the input names.
const STREAM: Resource = Resource::Computed(stream_arn);
/// The group itself, which has the tags.
const TAGGED: Resource = Resource::Computed(group_arn);
/// The same where its ARN is given, with `:*` or without.
const BY_ARN: Resource = Resource::Computed(|request| Some(arn_of(&request.member("resourceArn")?, request)));
/// As refusals of AWS's name it.
const ALL_GROUPS: Resource = Resource::Template("arn:aws:logs:{region}:{account}:log-group::log-stream:");

/// The tags of a log group.
pub fn resource_tags(logs: &Logs, arn: &str) -> Vec<(String, String)> {
    let facts = || {
        let (_, name) = arn.split_once(":log-group:")?;
        logs.group_facts(&Location::of_arn(arn)?.key(name.split(':').next()?))
    };
    facts().map(|facts| facts.tags.into_iter().collect()).unwrap_or_default()
}

const fn operation(
    name: &'static str,
    access: Access,
    action: &'static str,
    resource: Resource,
    handler: Handler<Logs>,
) -> Operation<Logs> {
    Operation::new(name, Binding::Target, access, action, resource, handler)
}

fn group_arn(request: &Request) -> Option<String> {
    let members = ["logGroupName", "logGroupIdentifier", "resourceIdentifier"];
    let named = members.into_iter().find_map(|member| request.member(member))?;
    Some(arn_of(&named, request))
}

/// The groups that a query is about.
fn queried(request: &Request) -> Vec<String> {
    let list = |name: &str| match request.json_member(name) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let named = request.member("logGroupName").into_iter().chain(list("logGroupNames"));
    let named = named.chain(list("logGroupIdentifiers"));
    named.map(|name| format!("{}:log-stream:", arn_of(&name, request))).collect()
}

fn further_queried(request: &Request) -> Vec<String> {
    queried(request).into_iter().skip(1).collect()
}

/// The ARN of a group that is named by its name or by an ARN, with `:*` or without.
fn arn_of(named: &str, request: &Request) -> String {
    match named.starts_with("arn:") {
        true => named.trim_end_matches(":*").to_owned(),
        false => request.location().arn("logs", &format!("log-group:{}", groups::name_of(named))),
    }
}

fn stream_arn(request: &Request) -> Option<String> {
    Some(format!("{}:log-stream:{}", group_arn(request)?, request.member("logStreamName")?))
}

fn throttled() -> ServiceError {
    ServiceError::bad_request("ThrottlingException", "Rate exceeded")
}

fn failed() -> ServiceError {
    ServiceError::new(503, "ServiceUnavailableException", "The service cannot complete the request.")
}

fn conflict() -> ServiceError {
    let message = "A conflicting operation is currently in progress against this resource. Please try again.";
    ServiceError::bad_request("OperationAbortedException", message)
}
