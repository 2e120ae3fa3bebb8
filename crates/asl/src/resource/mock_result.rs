//! Whether a value is one that a task's call can give, as TestState checks the result of a mock.

use api_models::{Mismatch, Operation, Presence, Spelling};
use serde_json::Value;

use super::call::Integration;
use super::optimised::{Optimised, Parameters};
use super::{Pattern, TaskResource};

/// How much of the result of a mock is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldValidation {
    /// What is there, and that what is required is there (`STRICT`).
    Strict,
    /// What is there (`PRESENT`).
    Present,
    /// Nothing (`NONE`).
    None,
}

/// Why the result of a mock is refused, in AWS's words as far as they were recorded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Mock result schema validation error: {problem}")]
pub struct MockMismatch {
    problem: Mismatch,
}

impl TaskResource {
    /// Checks whether the call of this resource can give this result: whether it has the shape that the API's model gives the
    /// operation's answer, in the letter case of Step Functions. For a job that is waited for (`.sync`), it is the answer of the
    /// operation that describes the job. A function, an activity, whoever has a task token and `http:invoke` may give anything, and
    /// the `Payload` of `lambda:invoke` may be anything.
    ///
    /// # Errors
    /// The first problem.
    pub fn check_mock_result(&self, result: &Value, validation: FieldValidation) -> Result<(), MockMismatch> {
        let presence = match validation {
            FieldValidation::Strict => Presence::Required,
            FieldValidation::Present => Presence::Optional,
            FieldValidation::None => return Ok(()),
        };
        let Self::Service { pattern, .. } = self else {
            return Ok(());
        };
        if *pattern == Pattern::WaitForCallback {
            return Ok(());
        }
        let checked = match self.known() {
            Some(Integration::Sdk(operation)) => operation.check_answer(result, Spelling::Sdk, presence, &[]),
            Some(Integration::Optimised(known)) => match answered_by(known, *pattern) {
                Some(operation) => operation.check_answer(result, Spelling::Optimised, presence, free(&operation)),
                None => Ok(()),
            },
            None => Ok(()),
        };
        checked.map_err(|problem| MockMismatch { problem })
    }
}

/// The operation whose answer the task's result is.
fn answered_by(known: &Optimised, pattern: Pattern) -> Option<Operation<'static>> {
    let Parameters::Operation(sdk, _) = known.parameters else {
        return None;
    };
    let action = if pattern == Pattern::RunAJob { known.polled } else { known.action() };
    api_models::service(sdk)?.operation(action)
}

/// Members that the integration makes something else of: `lambda:invoke` and `bedrock:invokeModel` give the JSON in what was
/// answered.
fn free(operation: &Operation<'_>) -> &'static [&'static str] {
    match operation.action() {
        "invoke" => &["Payload"],
        "invokeModel" => &["Body"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn problem(resource: &str, result: &Value, validation: FieldValidation) -> String {
        let resource = TaskResource::parse(&format!("arn:aws:states:::{resource}")).unwrap();
        assert!(resource.is_recognised(), "{resource:?}");
        let checked = resource.check_mock_result(result, validation);
        let text = checked.err().map(|error| error.to_string()).unwrap_or_default();
        text.trim_start_matches("Mock result schema validation error: ").to_owned()
    }

    #[test]
    fn the_innermost_member_is_named() {
        let strict = |resource, result: Value| problem(resource, &result, FieldValidation::Strict);
        assert_eq!(strict("events:putEvents", json!({"Entries": "x"})), "Field 'Entries' must be an array");
        let second = json!({"Entries": [{"EventId": "a"}, {"EventId": ["b"]}]});
        assert_eq!(strict("events:putEvents", second), "Field 'EventId' must be a string");
        let memory = |size: u32| json!({"Configuration": {"MemorySize": size}});
        let function = "aws-sdk:lambda:getFunction";
        assert_eq!(strict(function, memory(127)), "Field 'MemorySize' is less than the minimum value");
        assert_eq!(strict(function, memory(10_241)), "Field 'MemorySize' exceeds the maximum value");
        assert_eq!(strict(function, memory(10_240)), "");
        let state = json!({"Configuration": {"State": "Asleep"}});
        assert!(strict(function, state).starts_with("Field 'State' must be one of [Pending, Active, "));
        let key = json!({"Configuration": {"KmsKeyArn": "no ARN"}});
        assert!(strict(function, key).starts_with("Field 'KmsKeyArn' does not match the pattern "));
        let empty = json!({"CiphertextBlob": ""});
        assert_eq!(strict("aws-sdk:kms:encrypt", empty), "Field 'CiphertextBlob' is smaller than the minimum length");
        let item = json!({"Item": {"a": {"L": [{"S": 1}]}}});
        assert_eq!(strict("dynamodb:getItem", item), "Field 'S' must be a string");
        assert_eq!(
            strict("aws-sdk:s3:listBuckets", json!({"Buckets": [{"Name": true}]})),
            "Field 'Name' must be a string"
        );
    }

    #[test]
    fn what_is_required_may_be_left_out_where_only_what_is_there_is_checked() {
        let result = json!({"executionArn": "not in this letter case"});
        let required = "Required field 'ExecutionArn' is missing";
        assert_eq!(problem("states:startExecution", &result, FieldValidation::Strict), required);
        assert_eq!(problem("states:startExecution", &result, FieldValidation::Present), "");
        let moment = json!({"StartDate": 1.5});
        let text = "Field 'StartDate' must be a string";
        assert_eq!(problem("states:startExecution.sync:2", &moment, FieldValidation::Present), text);
        assert_eq!(problem("states:startExecution", &moment, FieldValidation::None), "");
    }

    #[test]
    fn a_job_is_what_describes_it() {
        let result = json!({"Jobs": [{"JobName": "n"}]});
        let missing = problem("batch:submitJob.sync", &result, FieldValidation::Strict);
        assert_eq!(missing, "Required field 'JobId' is missing");
        let result = json!({"JobRun": {"JobName": 1}});
        assert_eq!(
            problem("glue:startJobRun.sync", &result, FieldValidation::Strict),
            "Field 'JobName' must be a string"
        );
    }

    #[test]
    fn what_has_no_model_may_be_anything() {
        for resource in ["http:invoke", "apigateway:invoke", "sqs:sendMessage.waitForTaskToken", "eks:runJob.sync"] {
            assert_eq!(problem(resource, &json!(7), FieldValidation::Strict), "", "{resource}");
        }
        let payload = json!({"Payload": [1], "StatusCode": 200, "More": 1});
        assert_eq!(problem("lambda:invoke", &payload, FieldValidation::Strict), "");
    }
}
