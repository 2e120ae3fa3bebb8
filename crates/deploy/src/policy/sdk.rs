//! What `aws-sdk:<service>:<action>` needs: the actions whose names are certain, on the resource where it is written down.

use super::builder::PolicyBuilder;
use super::resource;
use model::call::Argument;

/// A task that calls an operation of a service; the operation begins with a capital letter.
pub(super) fn task(builder: &mut PolicyBuilder<'_>, service: &str, operation: &str) {
    let Some(action) = action(service, operation) else {
        return unknown(builder, service, operation);
    };
    match resources(builder, service, operation) {
        Some(function) if action == "lambda:InvokeFunction" => builder.invoke(function),
        Some(resources) => builder.allow(&[&action], resources, &format!("it calls {operation}")),
        None if builder.declares(&[&action]) => {}
        None => {
            builder.allow(&[&action], vec!["*".to_owned()], &format!("it calls {operation}"));
            let table = builder.permissions_table();
            builder.note(format!(
                "what {action} acts on can't be read off here, so it is allowed on everything: to narrow it, add {table} with \
                 {action} and the ARNs"
            ));
        }
    }
}

/// A call whose permissions are not known.
pub(super) fn unknown(builder: &mut PolicyBuilder<'_>, service: &str, action: &str) {
    if !builder.declares_some_of(service) {
        let table = builder.permissions_table();
        builder.note(format!(
            "what {action} of {service} needs is not known here, so nothing is allowed for it: add {table}"
        ));
    }
}

/// The action of IAM that an operation needs. `None` where it has another name than the operation and is not listed, or
/// where one action is not all.
fn action(service: &str, operation: &str) -> Option<String> {
    let (prefix, action) = match (service, operation) {
        ("lambda", "Invoke") => ("lambda", "InvokeFunction"),
        ("lambda", "InvokeAsync" | "InvokeWithResponseStream") => return None,
        ("sqs", "SendMessageBatch") => ("sqs", "SendMessage"),
        ("sqs", "DeleteMessageBatch") => ("sqs", "DeleteMessage"),
        ("sqs", "ChangeMessageVisibilityBatch") => ("sqs", "ChangeMessageVisibility"),
        ("sns", "PublishBatch") => ("sns", "Publish"),
        ("dynamodb", "TransactGetItems") => ("dynamodb", "GetItem"),
        ("dynamodb", "TransactWriteItems" | "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction") => {
            return None;
        }
        ("s3", "GetObject" | "HeadObject") => ("s3", "GetObject"),
        ("s3", "ListObjects" | "ListObjectsV2" | "HeadBucket") => ("s3", "ListBucket"),
        ("s3", "PutObject" | "DeleteObject") => ("s3", operation),
        ("ses" | "sesv2", "SendEmail") => ("ses", operation),
        ("ses", "SendRawEmail" | "SendTemplatedEmail") => ("ses", operation),
        ("sfn", _) => ("states", operation),
        ("eventbridge", _) => ("events", operation),
        ("cloudwatchlogs", _) => ("logs", operation),
        ("cloudwatch" | "dynamodb" | "kms" | "lambda" | "secretsmanager" | "sns" | "sqs" | "ssm", _) => {
            (service, operation)
        }
        _ => return None,
    };
    Some(format!("{prefix}:{action}"))
}

/// What an operation acts on, where the arguments say it and IAM accepts it for this operation.
fn resources(builder: &PolicyBuilder<'_>, service: &str, operation: &str) -> Option<Vec<String>> {
    let stack = builder.stack;
    let arn = |name: &str| builder.literal(name).filter(|text| text.starts_with("arn:")).map(str::to_owned);
    match (service, operation) {
        ("lambda", "Invoke" | "GetFunction" | "GetFunctionConfiguration" | "UpdateFunctionCode") => {
            resource::function(builder.literal("FunctionName")?, stack)
        }
        ("dynamodb", "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem" | "Query" | "Scan" | "DescribeTable") => {
            let table = resource::table(builder.literal("TableName")?, stack);
            Some(match builder.argument("IndexName") {
                Argument::Missing => vec![table],
                Argument::Literal(index) => vec![format!("{table}/index/{index}")],
                Argument::Computed => vec![table.clone(), format!("{table}/index/*")],
            })
        }
        ("sqs", _) => Some(vec![resource::queue(builder.literal("QueueUrl")?, stack)?]),
        ("sns", "Publish" | "PublishBatch") => Some(vec![arn("TopicArn").or_else(|| arn("TargetArn"))?]),
        ("sfn", "StartExecution" | "StartSyncExecution" | "DescribeStateMachine" | "ListExecutions") => {
            Some(vec![arn("StateMachineArn")?])
        }
        ("sfn", "DescribeExecution" | "StopExecution" | "GetExecutionHistory") => Some(vec![arn("ExecutionArn")?]),
        ("eventbridge", "PutEvents") => resource::event_buses(builder),
        ("s3", "GetObject" | "HeadObject" | "PutObject" | "DeleteObject") => {
            let key = builder.literal("Key").unwrap_or("*");
            Some(vec![resource::objects(builder.literal("Bucket")?, key, stack)])
        }
        ("s3", "ListObjects" | "ListObjectsV2" | "HeadBucket") => {
            Some(vec![resource::bucket(builder.literal("Bucket")?, stack)])
        }
        ("secretsmanager", "GetSecretValue" | "DescribeSecret" | "PutSecretValue") => {
            Some(vec![resource::secret(builder.literal("SecretId")?, stack)])
        }
        ("ssm", "GetParameter" | "PutParameter" | "DeleteParameter") => {
            Some(vec![resource::parameter(builder.literal("Name")?, stack)])
        }
        ("kms", "Encrypt" | "Decrypt" | "GenerateDataKey") => Some(vec![arn("KeyId")?]),
        _ => None,
    }
}
