//! The table of operations: how each is called, what it needs of IAM, and the function that answers it.

use cloud_core::{Access, Binding, Operation, Protocol, Resource, Response, ServiceError, ServiceInfo};

use super::api::answer::Answer;
use super::api::state_machine::{alias, create, describe, update, validate, version};
use super::api::{activity, execution, history, list, map_run, start_sync, tag, token};
use super::states::States;

/// What is known of Step Functions beside its operations.
pub static INFO: ServiceInfo = ServiceInfo::new("Step Functions", "states", Protocol::Json10)
    .with_target_prefix("AWSStepFunctions")
    .with_throttled(throttled);

/// Its code and status are those of AWS's common errors, which no member of the API model has.
fn throttled() -> ServiceError {
    ServiceError::bad_request("ThrottlingException", "Rate exceeded")
}

fn respond(answer: Answer) -> Result<Response, ServiceError> {
    answer.map(|body| Response::new(200, "application/x-amz-json-1.0", body.to_string()))
}

/// One line of the table: name, access, resource (service authorization reference, Step Functions), and the function.
macro_rules! operation {
    ($name:literal, $access:ident, $resource:expr, $function:path) => {
        Operation::new(
            $name,
            Binding::Target,
            Access::$access,
            concat!("states:", $name),
            $resource,
            |states, request| Box::pin(async move { respond($function(states, request).await) }),
        )
    };
}

const MACHINE: Resource = Resource::Arn("stateMachineArn");
const NEW_MACHINE: Resource = Resource::Template("arn:aws:states:{region}:{account}:stateMachine:{name}");
const ALIAS: Resource = Resource::Arn("stateMachineAliasArn");
const EXECUTION: Resource = Resource::Arn("executionArn");
const MAP_RUN: Resource = Resource::Arn("mapRunArn");
const ACTIVITY: Resource = Resource::Arn("activityArn");
const NEW_ACTIVITY: Resource = Resource::Template("arn:aws:states:{region}:{account}:activity:{name}");
const TAGGED: Resource = Resource::Arn("resourceArn");

/// What Step Functions answers.
pub static OPERATIONS: &[Operation<States>] = &[
    operation!("CreateStateMachine", Writes, NEW_MACHINE, create::create),
    operation!("UpdateStateMachine", Writes, MACHINE, update::update),
    operation!("DeleteStateMachine", Writes, MACHINE, create::delete),
    operation!("DescribeStateMachine", Reads, MACHINE, describe::machine),
    operation!("DescribeStateMachineForExecution", ReadsPresent, EXECUTION, describe::for_execution),
    operation!("ListStateMachines", Reads, Resource::Any, list::machines),
    operation!("ValidateStateMachineDefinition", ReadsPresent, Resource::Any, validate::validate),
    operation!("PublishStateMachineVersion", Writes, MACHINE, version::publish),
    operation!("ListStateMachineVersions", Reads, MACHINE, version::list),
    operation!("DeleteStateMachineVersion", Writes, Resource::Arn("stateMachineVersionArn"), version::delete),
    operation!("CreateStateMachineAlias", Writes, Resource::Computed(alias::resource), alias::create),
    operation!("UpdateStateMachineAlias", Writes, ALIAS, alias::update),
    operation!("DescribeStateMachineAlias", Reads, ALIAS, alias::describe),
    operation!("ListStateMachineAliases", Reads, MACHINE, alias::list),
    operation!("DeleteStateMachineAlias", Writes, ALIAS, alias::delete),
    operation!("StartExecution", Writes, MACHINE, execution::start),
    operation!("StartSyncExecution", Writes, MACHINE, start_sync::start_sync),
    operation!("StopExecution", Writes, EXECUTION, execution::stop),
    operation!("DescribeExecution", ReadsPresent, EXECUTION, execution::describe),
    operation!("ListExecutions", Reads, Resource::Computed(list::resource), list::executions),
    operation!("DescribeMapRun", ReadsPresent, MAP_RUN, map_run::describe),
    operation!("ListMapRuns", ReadsPresent, EXECUTION, map_run::list),
    operation!("UpdateMapRun", Writes, MAP_RUN, map_run::update),
    operation!("GetExecutionHistory", ReadsPresent, EXECUTION, history::history),
    operation!("CreateActivity", Writes, NEW_ACTIVITY, activity::create),
    operation!("DescribeActivity", Reads, ACTIVITY, activity::describe),
    operation!("ListActivities", Reads, Resource::Any, activity::list),
    operation!("DeleteActivity", Writes, ACTIVITY, activity::delete),
    operation!("GetActivityTask", Writes, ACTIVITY, activity::get_task),
    operation!("SendTaskSuccess", Writes, Resource::Any, token::success),
    operation!("SendTaskFailure", Writes, Resource::Any, token::failure),
    operation!("SendTaskHeartbeat", Writes, Resource::Any, token::heartbeat),
    operation!("TagResource", Writes, TAGGED, tag::tag),
    operation!("UntagResource", Writes, TAGGED, tag::untag),
    operation!("ListTagsForResource", Reads, TAGGED, tag::list),
];
