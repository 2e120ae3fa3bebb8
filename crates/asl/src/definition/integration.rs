//! What AWS knows of service integrations when it checks a definition: which patterns they have and what they must be given.

use crate::resource::{Pattern, TaskResource};

/// Services that no job can be waited for. Measured with `ValidateStateMachineDefinition` and published by others in 2026.
const WITHOUT_SYNC: [&str; 7] = ["lambda", "sns", "sqs", "dynamodb", "events", "apigateway", "bedrock-agentcore"];
/// Services that give nobody a task token; from the same source.
const WITHOUT_CALLBACK: [&str; 11] = [
    "athena",
    "batch",
    "codebuild",
    "elasticmapreduce",
    "emr-containers",
    "emr-serverless",
    "glue",
    "databrew",
    "mediaconvert",
    "dynamodb",
    "bedrock-agentcore",
];

/// Members that a request must have; from the same source.
const REQUIRED: [(&str, &str, &[&str]); 9] = [
    ("lambda", "invoke", &["FunctionName"]),
    ("sqs", "sendMessage", &["QueueUrl", "MessageBody"]),
    ("sns", "publish", &["Message"]),
    ("dynamodb", "putItem", &["TableName", "Item"]),
    ("dynamodb", "getItem", &["TableName", "Key"]),
    ("states", "startExecution", &["StateMachineArn"]),
    ("events", "putEvents", &["Entries"]),
    ("ecs", "runTask", &["TaskDefinition"]),
    ("glue", "startJobRun", &["JobName"]),
];

impl TaskResource {
    /// Whether the integration has the pattern that is known for; anything that is not known to be missing is.
    pub(super) fn is_recognised(&self) -> bool {
        let Self::Service { resource_type, resource, pattern } = self else {
            return true;
        };
        let service = resource_type.as_str();
        match pattern {
            Pattern::RequestResponse => true,
            Pattern::RunAJob if resource.ends_with(".sync:2") => service == "states",
            Pattern::RunAJob => !WITHOUT_SYNC.contains(&service) && !service.starts_with("aws-sdk:"),
            Pattern::WaitForCallback => !WITHOUT_CALLBACK.contains(&service),
        }
    }

    /// What the call must be given.
    pub(super) fn required_members(&self) -> &'static [&'static str] {
        let Self::Service { resource_type, resource, .. } = self else {
            return &[];
        };
        let action = resource.split('.').next().unwrap_or_default();
        let known = REQUIRED.iter().find(|(service, call, _)| resource_type == service && action == *call);
        known.map_or(&[], |(_, _, members)| members)
    }
}
