//! The call of a task: where it is made, and which service it is for.

use std::pin::Pin;
use std::sync::Arc;

use asl::{Input, Pattern, TaskRequest, TaskResource};
use serde_json::Value;

use super::acting::Acting;
use super::call_fault::CallFault;
use super::caller::Caller;
use super::route::Route;
use super::{lambda, sdk, start_execution};
use crate::states::States;

/// Calls a task's resource, and gives what its execution is told of it; nothing when somebody else will tell.
///
/// The future is boxed: a call can start an execution, whose tasks call again.
pub(crate) fn call<'a>(
    states: &'a Arc<States>,
    caller: &'a Caller,
    request: &'a TaskRequest,
) -> Pin<Box<dyn Future<Output = Option<Input>> + Send + 'a>> {
    Box::pin(async move {
        let acting = match Acting::of(states, caller, request.credentials.as_deref()) {
            Ok(acting) => acting,
            Err(fault) => return Some(fault.input(request)),
        };
        match &request.resource {
            TaskResource::Lambda { arn } => Some(lambda::call_function(states, &acting, request, arn).await),
            TaskResource::Activity { .. } => None,
            TaskResource::Service { resource_type, resource, pattern } => {
                if let Some(fault) = refused(request) {
                    return Some(fault.input(request));
                }
                let answer = match Route::of(resource_type, resource, *pattern) {
                    Some(Route::Invoke) => {
                        return Some(submitted(lambda::invoke(states, &acting, request).await, *pattern));
                    }
                    Some(Route::StartExecution) => {
                        start_execution::start(states, caller, &acting, request, *pattern).await
                    }
                    Some(Route::Sdk(service, action)) => {
                        sdk::call(states, &acting, service, action, request).await.map(Some)
                    }
                    None => Err(CallFault::not_served(resource_type, resource)),
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

/// Why parameters can't be those of the call: a required one is missing, or there is one that the API does not have.
fn refused(request: &TaskRequest) -> Option<CallFault> {
    // What is no object is refused where it is read.
    let Ok(Value::Object(parameters)) = serde_json::from_str(&request.input) else {
        return None;
    };
    let problems = request.resource.parameter_problems(&parameters, false);
    (!problems.is_empty()).then(|| CallFault::parameters(request, &problems.join(", ")))
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
