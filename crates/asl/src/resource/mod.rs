//! What a Task state's `Resource` names: a Lambda function, an activity, or a service integration.

mod call;
mod mock_result;
mod optimised;

use serde::{Deserialize, Serialize};

pub use mock_result::{FieldValidation, MockMismatch};

/// A Task state's `Resource`, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskResource {
    /// A Lambda function by its ARN: the state's input is the payload, its answer the result.
    Lambda {
        /// The function's ARN, with its qualifier if it has one.
        arn: String,
    },
    /// An activity: a worker polls for the task and reports its result with the token.
    Activity {
        /// The activity's ARN.
        arn: String,
    },
    /// A service integration such as `arn:aws:states:::lambda:invoke`.
    Service {
        /// The service as history events name it (`lambda`, `aws-sdk:sfn`).
        resource_type: String,
        /// The action as history events name it, with its pattern (`invoke`, `sendMessage.waitForTaskToken`).
        resource: String,
        /// When the task counts as done.
        pattern: Pattern,
    },
}

/// How a service integration is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pattern {
    /// Done when the service has answered.
    RequestResponse,
    /// Done when the job that was started has ended (`.sync`, `.sync:2`).
    RunAJob,
    /// Done when the task token is returned (`.waitForTaskToken`).
    WaitForCallback,
}

impl TaskResource {
    /// Reads a `Resource`, or `None` when it is none of the three kinds.
    pub fn parse(text: &str) -> Option<Self> {
        let (["arn", partition, service, region, account], rest) = split_arn(text)? else {
            return None;
        };
        if partition.is_empty() || rest.is_empty() {
            return None;
        }
        match service {
            "lambda" if rest.strip_prefix("function:").is_some_and(|name| !name.is_empty()) => {
                Some(Self::Lambda { arn: text.to_owned() })
            }
            "states" if rest.strip_prefix("activity:").is_some_and(|name| !name.is_empty()) => {
                Some(Self::Activity { arn: text.to_owned() })
            }
            // AWS takes integrations with a region and an account too (its own samples have such); one without the other is
            // taken like both.
            "states" if (region.is_empty() && account.is_empty()) || !is_own_resource(rest) => Self::integration(rest),
            _ => None,
        }
    }

    fn integration(rest: &str) -> Option<Self> {
        let (service, action) = match rest.strip_suffix(".sync:2") {
            Some(start) => start.rsplit_once(':').map(|(service, _)| (service, &rest[service.len() + 1..]))?,
            None => rest.rsplit_once(':')?,
        };
        if service.is_empty() || action.is_empty() {
            return None;
        }
        let pattern = if action.ends_with(".sync") || action.ends_with(".sync:2") {
            Pattern::RunAJob
        } else if action.ends_with(".waitForTaskToken") {
            Pattern::WaitForCallback
        } else {
            Pattern::RequestResponse
        };
        Some(Self::Service { resource_type: service.to_owned(), resource: action.to_owned(), pattern })
    }

    /// Whether the task has a token, whose holder can end it. A job's has one too, and ends with the job where nobody uses
    /// the token (recorded).
    pub fn has_token(&self) -> bool {
        match self {
            Self::Lambda { .. } => false,
            Self::Activity { .. } => true,
            Self::Service { pattern, .. } => *pattern != Pattern::RequestResponse,
        }
    }

    /// The name that AWS puts into "The state/task '...' returned a result with a size exceeding ...".
    pub(crate) fn name_in_quota_error(&self) -> &str {
        match self {
            Self::Lambda { arn } | Self::Activity { arn } => arn,
            Self::Service { resource_type, .. } => resource_type,
        }
    }
}

/// Whether the end of an ARN names something that Step Functions has, and no integration.
fn is_own_resource(rest: &str) -> bool {
    let kind = rest.split(':').next().unwrap_or_default();
    matches!(kind, "stateMachine" | "execution" | "express" | "mapRun" | "activity")
}

fn split_arn(text: &str) -> Option<([&str; 5], &str)> {
    let mut parts = text.splitn(6, ':');
    let head = [parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    Some((head, parts.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(text: &str) -> Option<(String, String, Pattern)> {
        match TaskResource::parse(text)? {
            TaskResource::Service { resource_type, resource, pattern } => Some((resource_type, resource, pattern)),
            _ => None,
        }
    }

    #[test]
    fn reads_the_three_kinds() {
        assert!(matches!(
            TaskResource::parse("arn:aws:lambda:eu-west-1:000000000000:function:f:live"),
            Some(TaskResource::Lambda { .. })
        ));
        assert!(matches!(
            TaskResource::parse("arn:aws:states:eu-west-1:000000000000:activity:a"),
            Some(TaskResource::Activity { .. })
        ));
        let own = |a: &str, b: &str, pattern| Some((a.to_owned(), b.to_owned(), pattern));
        assert_eq!(service("arn:aws:states:::lambda:invoke"), own("lambda", "invoke", Pattern::RequestResponse));
        assert_eq!(
            service("arn:aws:states:us-east-1:123456789012:aws-sdk:s3:getObject"),
            own("aws-sdk:s3", "getObject", Pattern::RequestResponse)
        );
        for start in ["arn:aws-cn:states:::", "arn:aws-us-gov:states:us-gov-west-1::", "arn:aws:states::123456789012:"]
        {
            let read = service(&format!("{start}ecs:runTask.sync"));
            assert_eq!(read, own("ecs", "runTask.sync", Pattern::RunAJob), "{start}");
        }
        assert_eq!(
            service("arn:aws:states:::aws-sdk:sfn:startExecution"),
            own("aws-sdk:sfn", "startExecution", Pattern::RequestResponse)
        );
        assert_eq!(
            service("arn:aws:states:::states:startExecution.sync:2"),
            own("states", "startExecution.sync:2", Pattern::RunAJob)
        );
        assert_eq!(
            service("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
            own("sqs", "sendMessage.waitForTaskToken", Pattern::WaitForCallback)
        );
    }

    #[test]
    fn refuses_the_rest() {
        for bad in [
            "",
            "arn:aws:lambda",
            "arn:aws:s3:::bucket",
            "sendMail",
            "arn:aws:states:::invoke",
            "arn:aws:states:::.sync:2",
            "arn:aws:states:us-east-1:123456789012:stateMachine:m",
        ] {
            assert_eq!(TaskResource::parse(bad), None, "{bad}");
        }
    }
}
