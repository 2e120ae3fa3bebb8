//! What a task that waits for an execution needs of its role beside the start: to look at its end, and to stop it ([policies]).
//!
//! [policies]: https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html

use asl::{Input, TaskRequest};
use cloud_core::ServiceError;

use super::acting::Acting;
use super::caller::Caller;
use super::start_execution::{denied, task_result};
use crate::rows::execution::{ExecutionKey, ExecutionRow};
use crate::states::States;

/// What the task is told of the end of the execution that it waited for, which its role has to be allowed to describe. (That the
/// refusal is named as that of the start is a guess.)
pub(crate) fn ended(
    states: &States,
    caller: &Caller,
    request: &TaskRequest,
    child: &ExecutionKey,
    row: &ExecutionRow,
) -> Input {
    let acting = match Acting::of(states, caller, request.credentials.as_deref()) {
        Ok(acting) => acting,
        Err(fault) => return fault.input(request),
    };
    match acting.permit(states, "states:DescribeExecution", &child.arn(), None) {
        Ok(()) => task_result(states, request, child, row),
        Err(refused) => denied(states, &refused).input(request),
    }
}

/// Whether the role of an execution may stop what one of its tasks waited for. The task is over: nobody is told why not but the
/// log, and the child goes on.
pub(crate) fn may_stop(states: &States, caller: &Caller, child: &ExecutionKey) -> bool {
    let stopped = Acting::of(states, caller, None)
        .map_err(|fault| ServiceError::bad_request("AccessDeniedException", fault.cause))
        .and_then(|acting| {
            let permitted = acting.permit(states, "states:StopExecution", &child.arn(), None);
            permitted.map_err(|refused| ServiceError::bad_request("AccessDeniedException", refused.to_string()))
        });
    match stopped {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, child = child.arn(), "an execution that a task waited for is not stopped with it");
            false
        }
    }
}
