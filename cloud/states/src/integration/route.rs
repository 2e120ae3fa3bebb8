//! Which integrations are served: one answer for who runs a task, and for who looks at a definition before it runs.

use asl::{Pattern, TaskResource};

use super::{casing, lambda_route};
use crate::operations::OPERATIONS;

/// What makes the call of an integration that is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route<'a> {
    /// `lambda:invoke`.
    Invoke,
    /// `states:startExecution`.
    StartExecution,
    /// `aws-sdk:<service>:<action>`.
    Sdk(&'a str, &'a str),
}

impl<'a> Route<'a> {
    /// The route of an integration; none when it is not served. Whether an operation of the SDK is served, its service says.
    pub(super) fn of(service: &'a str, resource: &'a str, pattern: Pattern) -> Option<Self> {
        let action = resource.split('.').next().unwrap_or_default();
        match (service, action, pattern) {
            ("states", "startExecution", _) => Some(Self::StartExecution),
            (_, _, Pattern::RunAJob) => None,
            ("lambda", "invoke", _) => Some(Self::Invoke),
            _ => service.strip_prefix("aws-sdk:").map(|service| Self::Sdk(service, action)),
        }
    }
}

/// Whether a task with this `Resource` can be done here. What is no `Resource` at all is not for this function to judge.
/// `logs` says which operations CloudWatch Logs has.
pub fn serves_task(resource: &str, logs: impl Fn(&str) -> bool) -> bool {
    let Some(TaskResource::Service { resource_type, resource, pattern }) = TaskResource::parse(resource) else {
        return true;
    };
    match Route::of(&resource_type, &resource, pattern) {
        None => false,
        Some(Route::Invoke | Route::StartExecution) => true,
        Some(Route::Sdk(service, action)) => {
            let operation = casing::upper_first(action);
            match service {
                "sfn" => OPERATIONS.iter().any(|served| served.info.name == operation),
                "lambda" => lambda_route::is_served(&operation),
                "cloudwatchlogs" => logs(&operation),
                _ => false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrations_are_told_apart() {
        let served = |resource: &str| serves_task(resource, |operation| operation == "PutLogEvents");
        for resource in [
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            "arn:aws:states:us-east-1:000000000000:activity:a",
            "arn:aws:states:::lambda:invoke",
            "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "arn:aws:states:::states:startExecution.sync:2",
            "arn:aws:states:::aws-sdk:sfn:startExecution",
            "arn:aws:states:::aws-sdk:sfn:testState",
            "arn:aws:states:::aws-sdk:lambda:getFunction",
            "arn:aws:states:::aws-sdk:cloudwatchlogs:putLogEvents",
            "no resource",
        ] {
            assert!(served(resource), "{resource}");
        }
        for resource in [
            "arn:aws:states:::sqs:sendMessage",
            "arn:aws:states:::s3:getObject",
            "arn:aws:states:::http:invoke",
            "arn:aws:states:::lambda:invoke.sync",
            "arn:aws:states:::aws-sdk:dynamodb:getItem",
            "arn:aws:states:::aws-sdk:lambda:createCodeSigningConfig",
            "arn:aws:states:::aws-sdk:cloudwatchlogs:startQuery",
            "arn:aws:states:::ecs:runTask.sync",
        ] {
            assert!(!served(resource), "{resource}");
        }
    }
}
