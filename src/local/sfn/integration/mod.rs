//! Service integrations: what a task calls, as whom, and what the execution is told of it.

mod casing;
mod lambda;
mod lambda_route;
mod sdk;
mod states;

use std::pin::Pin;
use std::sync::Arc;

use asl::{Input, Pattern, TaskRequest, TaskResource};

use super::execution::ExecutionKey;
use crate::local::Cloud;
use crate::local::arn::{Account, Region};
use crate::local::iam::Principal;

pub(super) use states::{settle, started};

/// Who calls: the execution whose task it is.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    /// Where it runs.
    pub(super) region: Region,
    /// The role that it runs as.
    pub(super) role_arn: Arc<str>,
    /// Which one it is; an express execution cannot be found again.
    pub(super) execution: Option<ExecutionKey>,
}

impl Caller {
    /// The caller of a standard execution's tasks.
    pub(super) fn of(execution: &ExecutionKey, role_arn: Arc<str>) -> Self {
        Self { region: execution.region(), role_arn, execution: Some(execution.clone()) }
    }
}

/// Why a call came to nothing: the error's name and cause as the history has them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CallFault {
    error: String,
    cause: String,
}

impl CallFault {
    fn new(error: &str, cause: impl Into<String>) -> Self {
        Self { error: error.to_owned(), cause: cause.into() }
    }

    /// Parameters that the service cannot be called with.
    fn parameters(request: &TaskRequest, why: &str) -> Self {
        let cause = format!("The Parameters '{}' could not be used to start the Task: [{why}]", request.input);
        Self::new("States.Runtime", cause)
    }

    fn not_served(resource_type: &str, resource: &str) -> Self {
        let cause = format!(
            "The embedded cloud does not serve the integration arn:aws:states:::{resource_type}:{resource}; on AWS this task \
             would call the service. Served are lambda:invoke, states:startExecution, and the aws-sdk integrations of sfn, \
             lambda and cloudwatchlogs."
        );
        Self::new("States.Runtime", cause)
    }

    fn input(self, request: &TaskRequest) -> Input {
        Input::TaskFailed { task: request.task, error: Some(self.error), cause: Some(self.cause) }
    }
}

/// Calls a task's resource, and gives what its execution is told of it; nothing when somebody else will tell.
///
/// The future is boxed: a call can start an execution, whose tasks call again.
pub(super) fn call<'a>(
    cloud: &'a Arc<Cloud>,
    caller: &'a Caller,
    request: &'a TaskRequest,
) -> Pin<Box<dyn Future<Output = Option<Input>> + Send + 'a>> {
    Box::pin(async move {
        let region = match assume(cloud, caller, request) {
            Ok(region) => region,
            Err(fault) => return Some(fault.input(request)),
        };
        match &request.resource {
            TaskResource::Lambda { arn } => Some(lambda::call_function(cloud, &region, request, arn).await),
            TaskResource::Activity { .. } => None,
            TaskResource::Service { resource_type, resource, pattern } => {
                let action = resource.split('.').next().unwrap_or_default();
                let service = resource_type.as_str();
                let answer = match (service, action) {
                    ("lambda", "invoke") if *pattern != Pattern::RunAJob => {
                        return Some(submitted(lambda::invoke(cloud, &region, request).await, *pattern));
                    }
                    ("states", "startExecution") => states::start(cloud, caller, request, *pattern).await,
                    _ if *pattern == Pattern::RunAJob => Err(CallFault::not_served(service, resource)),
                    _ => match service.strip_prefix("aws-sdk:") {
                        Some(service) => sdk::call(cloud, &region, service, action, request).await.map(Some),
                        None => Err(CallFault::not_served(service, resource)),
                    },
                };
                match answer {
                    Ok(output) => {
                        let done = |output| Input::TaskSucceeded { task: request.task, output };
                        output.map(|output| submitted(done(output), *pattern))
                    }
                    Err(fault) => Some(fault.input(request)),
                }
            }
        }
    })
}

/// The service's answer ends a request-response task; a callback task goes on to wait for its token.
fn submitted(input: Input, pattern: Pattern) -> Input {
    match input {
        Input::TaskSucceeded { task, output } if pattern == Pattern::WaitForCallback => {
            Input::TaskSubmitted { task, output }
        }
        input => input,
    }
}

/// Where a task's call is made: in the execution's account, or in that of the role of its `Credentials`, which must trust
/// the execution's role.
fn assume(cloud: &Cloud, caller: &Caller, request: &TaskRequest) -> Result<Region, CallFault> {
    let Some(role) = &request.credentials else {
        return Ok(caller.region.clone());
    };
    if !cloud.iam.may_assume(role, &Principal::Aws(&caller.role_arn)) {
        let cause = format!("The role {} is not authorized to assume the task state's role, {role}.", caller.role_arn);
        return Err(CallFault::new("States.TaskFailed", cause));
    }
    Ok(Region::of(Account::of_arn(role).unwrap_or_default(), caller.region.as_str()))
}

/// A moment as HTTP writes it.
fn http_date() -> String {
    aws::clock::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
