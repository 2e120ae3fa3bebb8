//! The table of operations: how each is called, what it needs of IAM, and the function that answers it.

use cloud_core::{
    Access, Binding, Need, Operation, OperationInfo, Protocol, Quota, Request, RequestModel, Resource, ResourceFacts,
    Response, ServiceError, ServiceInfo,
};

use super::api::answer::Answer;
use super::api::state_machine::{alias, create, describe, update, validate, version};
use super::api::{activity, execution, history, list, map_run, start_sync, tag, test_state, token};
use super::states::States;
use super::wire::names::{ActivityReference, MachineReference};

/// What is known of Step Functions beside its operations.
pub static INFO: ServiceInfo = ServiceInfo::new("Step Functions", "states", Protocol::Json10)
    .with_target_prefix("AWSStepFunctions")
    .with_requests(RequestModel::new("sfn", "ValidationException"))
    .with_throttled(throttled);

/// Its code and status are those of AWS's common errors, which no member of the API model has.
fn throttled() -> ServiceError {
    ServiceError::bad_request("ThrottlingException", "Rate exceeded")
}

async fn respond(answer: impl Future<Output = Answer>) -> Result<Response, ServiceError> {
    let body = answer.await?;
    Ok(Response::new(200, "application/x-amz-json-1.0", body.to_string()))
}

/// One line of the table: name, access, resource (service authorization reference, Step Functions), the size of its bucket
/// and its refill a second, and the function.
macro_rules! operation {
    ($name:literal, $access:ident, $resource:expr, $size:literal + $rate:literal, $function:path) => {
        operation!($name, $access, $resource, Quota::each($size, $rate), $function)
    };
    ($name:literal, $access:ident, $resource:expr, $quota:expr, $function:path) => {
        unlimited!($name, $access, $resource, $function).within($quota)
    };
}

/// One line of the table for an operation whose calls are not counted.
macro_rules! unlimited {
    ($name:literal, $access:ident, $resource:expr, $function:path) => {
        Operation::new(
            $name,
            Binding::Target,
            Access::$access,
            concat!("states:", $name),
            $resource,
            |states, request| Box::pin(respond($function(states, request))),
        )
    };
}

/// A version or an alias is asked for with the ARN of its state machine ([authorization]): which one it is, the condition key
/// `states:StateMachineQualifier` tells.
///
/// [authorization]: https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
const MACHINE: Resource = Resource::Computed(|request| machine(request, "stateMachineArn"));
const NEW_MACHINE: Resource = Resource::Template("arn:aws:states:{region}:{account}:stateMachine:{name}");
const ALIAS: Resource = Resource::Computed(|request| machine(request, "stateMachineAliasArn"));
const VERSION: Resource = Resource::Computed(|request| machine(request, "stateMachineVersionArn"));
const EXECUTION: Resource = Resource::Arn("executionArn");
const MAP_RUN: Resource = Resource::Arn("mapRunArn");
const ACTIVITY: Resource = Resource::Arn("activityArn");
const NEW_ACTIVITY: Resource = Resource::Template("arn:aws:states:{region}:{account}:activity:{name}");
const TAGGED: Resource = Resource::Arn("resourceArn");

/// As refusals of AWS's name them.
const ALL_MACHINES: Resource = Resource::Template("arn:aws:states:{region}:{account}:stateMachine:*");
const ALL_ACTIVITIES: Resource = Resource::Template("arn:aws:states:{region}:{account}:activity:*");

const SERVICE: &str = "states.amazonaws.com";
const CREATE: &[Need] = &[
    Need::pass_role("roleArn", SERVICE),
    Need::when("publish", "states:PublishStateMachineVersion", NEW_MACHINE),
    Need::when("tags", "states:TagResource", NEW_MACHINE),
];
const UPDATE: &[Need] =
    &[Need::pass_role("roleArn", SERVICE), Need::when("publish", "states:PublishStateMachineVersion", MACHINE)];

/// The ARN of a state machine that is named with a version or an alias, or without.
pub(crate) fn unqualified(arn: &str) -> &str {
    let name = arn.find(":stateMachine:").map(|at| at + ":stateMachine:".len());
    let end = name.and_then(|name| Some(name + arn.get(name..)?.find(':')?));
    end.and_then(|end| arn.get(..end)).unwrap_or(arn)
}

fn machine(request: &Request, member: &str) -> Option<String> {
    request.member(member).map(|arn| unqualified(&arn).to_owned())
}

/// The state machine whose task a token belongs to, which the request does not name.
pub fn resource(states: &States, operation: &'static OperationInfo, request: &Request) -> Option<String> {
    let tells = ["SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"].contains(&operation.name);
    let token = if tells { request.member("taskToken") } else { None }?;
    states.driver.tokens.find(&token).map(|(execution, _)| execution.machine_arn())
}

/// What is known of a state machine or an activity.
pub fn facts(states: &States, arn: &str) -> ResourceFacts {
    let machine = MachineReference::parse(arn).ok().and_then(|reference| states.machine(&reference.key));
    let activity = || ActivityReference::parse(arn).ok().and_then(|reference| states.activities.get(&reference.key));
    let tags = machine.map(|machine| machine.tags).or_else(|| activity().map(|activity| activity.tags));
    ResourceFacts { policy: None, tags: tags.unwrap_or_default().into_iter().collect() }
}

/// Where Step Functions takes more calls than elsewhere.
const LARGE_REGIONS: &[&str] = &["us-east-1", "us-west-2", "eu-west-1"];

/// Of standard workflows, and of their redrives; express ones may be started 6,000 times a second.
const START: Quota = Quota::each(800, 150).in_regions(LARGE_REGIONS, 1_300, 300);
const STOP: Quota = Quota::each(500, 25).in_regions(LARGE_REGIONS, 1_000, 200);
const DESCRIBE_EXECUTION: Quota = Quota::each(250, 10).in_regions(LARGE_REGIONS, 300, 15);
const LIST_EXECUTIONS: Quota = Quota::each(100, 2).in_regions(LARGE_REGIONS, 200, 5);
const LIST_ACTIVITIES: Quota = Quota::each(100, 5).in_regions(LARGE_REGIONS, 100, 10);
/// `GetActivityTask` and what reports of a task.
const TASK: Quota = Quota::each(1_500, 300).in_regions(LARGE_REGIONS, 3_000, 500);

/// What Step Functions answers. How many calls it takes:
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-api-action-throttling-general>.
pub static OPERATIONS: &[Operation<States>] = &[
    operation!("CreateStateMachine", Writes, NEW_MACHINE, 100 + 1, create::create).needing(CREATE),
    operation!("UpdateStateMachine", Writes, MACHINE, 100 + 1, update::update).needing(UPDATE),
    operation!("DeleteStateMachine", Writes, MACHINE, 100 + 1, create::delete),
    operation!("DescribeStateMachine", Reads, MACHINE, 200 + 20, describe::machine),
    operation!("DescribeStateMachineForExecution", ReadsPresent, EXECUTION, 200 + 1, describe::for_execution),
    operation!("ListStateMachines", Reads, ALL_MACHINES, 100 + 5, list::machines),
    operation!("ValidateStateMachineDefinition", ReadsPresent, Resource::Any, 100 + 1, validate::validate),
    operation!("PublishStateMachineVersion", Writes, MACHINE, 100 + 1, version::publish),
    operation!("ListStateMachineVersions", Reads, MACHINE, 100 + 1, version::list),
    operation!("DeleteStateMachineVersion", Writes, VERSION, 100 + 1, version::delete),
    operation!("CreateStateMachineAlias", Writes, Resource::Computed(alias::resource), 100 + 1, alias::create),
    operation!("UpdateStateMachineAlias", Writes, ALIAS, 100 + 1, alias::update),
    operation!("DescribeStateMachineAlias", Reads, ALIAS, 200 + 1, alias::describe),
    operation!("ListStateMachineAliases", Reads, MACHINE, 100 + 1, alias::list),
    operation!("DeleteStateMachineAlias", Writes, ALIAS, 100 + 1, alias::delete),
    operation!("StartExecution", Writes, MACHINE, START, execution::start),
    // AWS gives the first of these two "capacity on demand", and names no figure for either.
    unlimited!("StartSyncExecution", Writes, MACHINE, start_sync::start_sync),
    unlimited!("TestState", Writes, Resource::Any, test_state::test_state)
        .needing(&[Need::pass_role("roleArn", SERVICE)]),
    operation!("StopExecution", Writes, EXECUTION, STOP, execution::stop),
    operation!("RedriveExecution", Writes, EXECUTION, START, execution::redrive),
    operation!("DescribeExecution", ReadsPresent, EXECUTION, DESCRIBE_EXECUTION, execution::describe),
    operation!("ListExecutions", Reads, Resource::Computed(list::resource), LIST_EXECUTIONS, list::executions),
    operation!("DescribeMapRun", ReadsPresent, MAP_RUN, 200 + 1, map_run::describe),
    operation!("ListMapRuns", ReadsPresent, EXECUTION, 100 + 1, map_run::list),
    operation!("UpdateMapRun", Writes, MAP_RUN, 100 + 1, map_run::update),
    operation!("GetExecutionHistory", ReadsPresent, EXECUTION, 400 + 20, history::history),
    operation!("CreateActivity", Writes, NEW_ACTIVITY, 100 + 1, activity::create).needing(&[Need::when(
        "tags",
        "states:TagResource",
        NEW_ACTIVITY,
    )]),
    operation!("DescribeActivity", Reads, ACTIVITY, 200 + 1, activity::describe),
    operation!("ListActivities", Reads, ALL_ACTIVITIES, LIST_ACTIVITIES, activity::list),
    operation!("DeleteActivity", Writes, ACTIVITY, 100 + 1, activity::delete),
    operation!("GetActivityTask", Writes, ACTIVITY, TASK, activity::get_task),
    operation!("SendTaskSuccess", Writes, Resource::Any, TASK, token::success),
    operation!("SendTaskFailure", Writes, Resource::Any, TASK, token::failure),
    operation!("SendTaskHeartbeat", Writes, Resource::Any, TASK, token::heartbeat),
    operation!("TagResource", Writes, TAGGED, 200 + 1, tag::tag),
    operation!("UntagResource", Writes, TAGGED, 200 + 1, tag::untag),
    operation!("ListTagsForResource", Reads, TAGGED, 100 + 1, tag::list),
];
