//! What the page changes: it starts executions and stops them.

use cloud_core::{Request, ServiceError};
use serde_json::Value;

use super::parameters::location_of;
use crate::cloud::Cloud;

/// Starts an execution: the body is StartExecution's input.
pub(super) async fn start(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, request, "StartExecution", "stateMachineArn").await
}

/// Stops one: the body is StopExecution's input.
pub(super) async fn stop(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    pass_on(cloud, request, "StopExecution", "executionArn").await
}

async fn pass_on(cloud: &Cloud, request: &Request, operation: &str, of: &str) -> Result<Value, ServiceError> {
    let input: Value = request.json()?;
    let location = location_of(input[of].as_str().unwrap_or_default())?;
    cloud.states(&location, operation, &input).await
}
