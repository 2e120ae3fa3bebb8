//! The Step Functions API (awsJson1.0): which operation a request is, and its answer.

mod activity;
mod alias;
mod create;
mod describe;
mod execution;
mod history;
mod list;
mod map_run;
mod page;
mod settings;
mod start;
mod start_sync;
mod tag;
mod token;
mod update;
mod validate;
mod version;
#[cfg(test)]
mod version_tests;

use std::sync::Arc;

use serde_json::Value;

use super::machine::{Machine, Revision};
use super::names::MachineReference;
use super::{StepFunctions, refusal};
use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::{Request, Response};

pub(super) use execution::describe_row;
pub(super) use start::{Begun, StartAsked, begin_execution};

/// Answers one Step Functions operation.
pub(crate) async fn handle(cloud: &Arc<Cloud>, operation: &str, request: &Request) -> Result<Response, ServiceError> {
    let answer = match operation {
        "CreateStateMachine" => create::create(cloud, request).await,
        "UpdateStateMachine" => update::update(cloud, request).await,
        "DeleteStateMachine" => create::delete(cloud, request).await,
        "DescribeStateMachine" => describe::machine(cloud, request),
        "DescribeStateMachineForExecution" => describe::for_execution(cloud, request),
        "ListStateMachines" => list::machines(cloud, request),
        "ValidateStateMachineDefinition" => validate::validate(request),
        "PublishStateMachineVersion" => version::publish(cloud, request).await,
        "ListStateMachineVersions" => version::list(cloud, request),
        "DeleteStateMachineVersion" => version::delete(cloud, request).await,
        "CreateStateMachineAlias" => alias::create(cloud, request).await,
        "UpdateStateMachineAlias" => alias::update(cloud, request).await,
        "DescribeStateMachineAlias" => alias::describe(cloud, request),
        "ListStateMachineAliases" => alias::list(cloud, request),
        "DeleteStateMachineAlias" => alias::delete(cloud, request).await,
        "StartExecution" => start::start(cloud, request).await,
        "StartSyncExecution" => start_sync::start_sync(cloud, request).await,
        "StopExecution" => execution::stop(cloud, request).await,
        "DescribeExecution" => execution::describe(cloud, request),
        "ListExecutions" => list::executions(cloud, request),
        "DescribeMapRun" => map_run::describe(cloud, request),
        "ListMapRuns" => map_run::list(cloud, request),
        "UpdateMapRun" => map_run::update(cloud, request).await,
        "GetExecutionHistory" => history::history(cloud, request),
        "CreateActivity" => activity::create(cloud, request).await,
        "DescribeActivity" => activity::describe(cloud, request),
        "ListActivities" => activity::list(cloud, request),
        "DeleteActivity" => activity::delete(cloud, request).await,
        "GetActivityTask" => activity::get_task(cloud, request).await,
        "SendTaskSuccess" => token::success(cloud, request).await,
        "SendTaskFailure" => token::failure(cloud, request).await,
        "SendTaskHeartbeat" => token::heartbeat(cloud, request).await,
        "TagResource" => tag::tag(cloud, request).await,
        "UntagResource" => tag::untag(cloud, request).await,
        "ListTagsForResource" => tag::list(cloud, request),
        other => return Err(ServiceError::not_implemented(&format!("states:{other}"))),
    };
    answer.map(|body| Response::new(200, "application/x-amz-json-1.0", body.to_string()))
}

/// An operation's answer, or its error.
type Answer = Result<Value, ServiceError>;

impl StepFunctions {
    /// The machine that an ARN names, and the revision: its version's where it names one, else the current one.
    fn resolve(&self, reference: &MachineReference) -> Result<(Machine, Revision), ServiceError> {
        let missing = || refusal::machine_missing(&reference.arn);
        let machine = self.machine(&reference.key).ok_or_else(missing)?;
        let number = match &reference.qualifier {
            None => machine.revision,
            Some(qualifier) => machine.version(qualifier).ok_or_else(missing)?.revision,
        };
        let revision = self.revision(&reference.key, number)?;
        Ok((machine, revision))
    }
}
