//! A state machine: its picture, its definition, its executions.

use cloud_core::{Request, ServiceError};
use graph::{Graph, SvgStyle};
use serde_json::{Value, json};

use super::home::endpoints;
use super::parameters::{asked, list, location_of};
use crate::cloud::Cloud;

/// How many executions a page has.
const PAGE: u64 = 100;

/// A state machine with a page of its executions.
pub(super) async fn machine(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = location_of(&arn)?;
    let described = cloud.states(&location, "DescribeStateMachine", &json!({ "stateMachineArn": arn })).await?;
    let definition = described["definition"].as_str().unwrap_or_default();
    let mut executions = Value::Null;
    if described["type"] == "STANDARD" {
        let mut input = json!({ "stateMachineArn": arn, "maxResults": PAGE });
        for (parameter, member) in [("status", "statusFilter"), ("next", "nextToken")] {
            if let Some(value) = request.query_value(parameter).filter(|value| !value.is_empty()) {
                input[member] = json!(value);
            }
        }
        executions = cloud.states(&location, "ListExecutions", &input).await?;
    }
    Ok(json!({
        "name": described["name"],
        "arn": arn,
        "type": described["type"],
        "now": cloud.clock.now(),
        "definition": definition,
        "picture": picture(definition),
        "next": executions["nextToken"],
        "executions": list(executions, "executions"),
        "endpoints": endpoints(cloud, &location).await?,
    }))
}

/// The picture of a definition.
fn picture(definition: &str) -> String {
    // A definition that is no JSON can't be deployed.
    let graph = Graph::read(&serde_json::from_str(definition).unwrap_or_default());
    graph.layout().svg(&graph, None, SvgStyle::Page)
}
