//! Executions are started: by themselves, or waited for in the same call.

use aws_sdk_sfn::types::SyncExecutionStatus;
use jiff::Timestamp;

use crate::client::connect::Aws;
use crate::error::AwsError;
use crate::retry::Repeat;
use crate::sfn::executions::{Execution, ExecutionDetail, Status};
use crate::sfn::timestamp::timestamp;
use model::names::Arn;

const SERVICE: &str = "Step Functions";

/// An execution that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Its ARN.
    pub execution_arn: Arn,
    /// When it began.
    pub start_date: Timestamp,
}

/// Whether the executions of a state machine have their names for themselves, so that a second call starts no second one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Standard: the same call again answers with the execution that it started before.
    Unique,
    /// Express: it would start another one.
    Shared,
}

/// Starts an execution with a name and an input (JSON text).
///
/// # Errors
/// The state machine does not exist, the name is taken, or the call failed.
pub async fn start(aws: &Aws, state_machine: &Arn, name: &str, input: &str, names: Names) -> Result<Started, AwsError> {
    let call = aws.sfn.start_execution().state_machine_arn(state_machine.as_str()).name(name).input(input);
    let repeat = match names {
        Names::Unique => Repeat::Always,
        Names::Shared => Repeat::IfNotExecuted,
    };
    let answer = call.customize().interceptor(repeat).send().await;
    let answer = answer.map_err(AwsError::from_sdk(SERVICE, "StartExecution"))?;
    Ok(Started { execution_arn: Arn::new(answer.execution_arn()), start_date: timestamp(answer.start_date()) })
}

/// Starts an execution of an express state machine and waits for its end, five minutes at most.
///
/// # Errors
/// The state machine does not exist or is none that answers at once, or the call failed. An execution that does not
/// succeed is no error.
pub async fn start_sync(aws: &Aws, state_machine: &Arn, name: &str, input: &str) -> Result<ExecutionDetail, AwsError> {
    let call = aws.sfn.start_sync_execution().state_machine_arn(state_machine.as_str()).name(name).input(input);
    let patient = aws_sdk_sfn::config::Builder::new().timeout_config(aws.timeout.invocation_timeouts());
    let answer = call.customize().interceptor(Repeat::IfNotExecuted).config_override(patient).send().await;
    let answer = answer.map_err(AwsError::from_sdk(SERVICE, "StartSyncExecution"))?;
    let status = match answer.status() {
        SyncExecutionStatus::Succeeded => Status::Succeeded,
        SyncExecutionStatus::Failed => Status::Failed,
        SyncExecutionStatus::TimedOut => Status::TimedOut,
        _ => Status::Unknown,
    };
    Ok(ExecutionDetail {
        execution: Execution {
            execution_arn: Arn::new(answer.execution_arn()),
            state_machine_arn: state_machine.clone(),
            name: name.to_owned(),
            status,
            start_date: timestamp(answer.start_date()),
            stop_date: Some(timestamp(answer.stop_date())),
            redrive_count: 0,
            redrive_date: None,
        },
        input: answer.input().map(str::to_owned),
        output: answer.output().map(str::to_owned),
        error: answer.error().map(str::to_owned),
        cause: answer.cause().map(str::to_owned),
    })
}
