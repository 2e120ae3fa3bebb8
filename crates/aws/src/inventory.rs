//! How much there is in an account and region: what `local status` counts.

use aws_sdk_sfn::types::ExecutionStatus;
use serde::Serialize;

use crate::apis;
use crate::client::connect::Aws;
use crate::error::AwsError;

/// Counts of what an embedded cloud holds in one region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// Lambda functions.
    pub functions: usize,
    /// State machines.
    pub state_machines: usize,
    /// Executions that run or wait.
    pub running_executions: usize,
    /// HTTP APIs.
    pub apis: usize,
}

/// Counts everything.
///
/// # Errors
/// A call failed.
pub async fn count(aws: &Aws) -> Result<Inventory, AwsError> {
    let (functions, machines, apis) = tokio::join!(functions(aws), running(aws), apis::list(&aws.apis));
    let (state_machines, running_executions) = machines?;
    Ok(Inventory { functions: functions?, state_machines, running_executions, apis: apis?.len() })
}

async fn functions(aws: &Aws) -> Result<usize, AwsError> {
    let mut pages = aws.lambda.list_functions().into_paginator().items().send();
    let mut count = 0;
    while let Some(item) = pages.next().await {
        item.map_err(AwsError::from_sdk("Lambda", "ListFunctions"))?;
        count += 1;
    }
    Ok(count)
}

async fn running(aws: &Aws) -> Result<(usize, usize), AwsError> {
    let mut pages = aws.sfn.list_state_machines().into_paginator().items().send();
    let mut machines = 0;
    let mut executions = 0;
    while let Some(machine) = pages.next().await {
        let machine = machine.map_err(AwsError::from_sdk("Step Functions", "ListStateMachines"))?;
        machines += 1;
        let call = aws.sfn.list_executions().state_machine_arn(machine.state_machine_arn());
        let mut running = call.status_filter(ExecutionStatus::Running).into_paginator().items().send();
        while let Some(item) = running.next().await {
            item.map_err(AwsError::from_sdk("Step Functions", "ListExecutions"))?;
            executions += 1;
        }
    }
    Ok((machines, executions))
}
