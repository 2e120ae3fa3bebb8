//! A state machine: its picture, its definition with what is wrong with it, its versions and aliases.

use cloud_core::{Request, ServiceError};
use graph::{Graph, SvgStyle};
use serde_json::{Value, json};

use super::endpoints::{endpoints, schedules};
use super::parameters::{asked, list, location_of, log_group};
use crate::cloud::Cloud;
use crate::example_input::example_input;

/// How many executions' inputs are offered.
const LAST_INPUTS: u64 = 5;
/// How many versions and aliases are shown.
const VERSIONS: u64 = 100;

/// A state machine, without its executions.
pub(super) async fn machine(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = location_of(&arn)?;
    let asked = json!({ "stateMachineArn": arn });
    let described = cloud.states(&location, "DescribeStateMachine", &asked).await?;
    let text = described["definition"].as_str().unwrap_or_default();
    // A definition that is no JSON can't be deployed.
    let definition = serde_json::from_str(text).unwrap_or_default();
    let graph = Graph::read(&definition);
    let check = json!({ "definition": text, "type": described["type"], "severity": "WARNING" });
    let paged = json!({ "stateMachineArn": arn, "maxResults": VERSIONS });
    let versions = cloud.states(&location, "ListStateMachineVersions", &paged).await?;
    let aliases = cloud.states(&location, "ListStateMachineAliases", &paged).await?;
    let is_standard = described["type"] == "STANDARD";
    let endpoints = endpoints(cloud, &location).await?;
    Ok(json!({
        "name": described["name"],
        "arn": arn,
        "type": described["type"],
        "roleArn": described["roleArn"],
        "createdAt": described["creationDate"],
        "logGroup": log_group(&described),
        "now": cloud.handles.clock.now(),
        "definition": text,
        "findings": list(cloud.states(&location, "ValidateStateMachineDefinition", &check).await?, "diagnostics"),
        "picture": graph.layout().svg(&graph, None, SvgStyle::Page),
        "states": graph.to_json(None)["states"].take(),
        "versions": list(versions, "stateMachineVersions"),
        "aliases": list(aliases, "stateMachineAliases"),
        "example": example_input(&definition),
        "inputs": if is_standard { last_inputs(cloud, request, &arn).await? } else { Vec::new() },
        "schedule": schedules(cloud, &location, &endpoints, &arn).await,
    }))
}

/// The inputs of the newest executions, each once.
async fn last_inputs(cloud: &Cloud, request: &Request, arn: &str) -> Result<Vec<Value>, ServiceError> {
    let location = location_of(&asked(request, "arn")?)?;
    let newest = json!({ "stateMachineArn": arn, "maxResults": LAST_INPUTS });
    let mut inputs: Vec<Value> = Vec::new();
    for execution in list(cloud.states(&location, "ListExecutions", &newest).await?, "executions") {
        let described = json!({ "executionArn": execution["executionArn"] });
        let described = cloud.states(&location, "DescribeExecution", &described).await?;
        if inputs.iter().all(|known| known["input"] != described["input"]) {
            inputs.push(json!({ "name": described["name"], "input": described["input"] }));
        }
    }
    Ok(inputs)
}
