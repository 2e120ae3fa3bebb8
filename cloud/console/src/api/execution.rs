//! An execution: how it stands, its picture, its events, what its functions wrote.

use cloud_core::{Request, ServiceError};
use graph::{Graph, SvgStyle};
use serde_json::{Value, json};

use super::parameters::{asked, list, location_of};
use crate::cloud::Cloud;
use crate::long_text::{LONGEST_TEXT, cut};

/// How many lines of a log are shown.
const LINES: u64 = 200;

/// An execution as it stands now, with its picture.
pub(super) async fn execution(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = location_of(&arn)?;
    let input = json!({ "executionArn": arn });
    let mut described = cloud.states(&location, "DescribeExecution", &input).await?;
    let definition = cloud.states(&location, "DescribeStateMachineForExecution", &input).await?;
    let statuses = cloud.statuses(&location, &arn).await?;
    // A definition that is no JSON can't be deployed.
    let graph =
        Graph::read(&serde_json::from_str(definition["definition"].as_str().unwrap_or_default()).unwrap_or_default());
    for member in ["input", "output", "cause"] {
        cut(&mut described[member], LONGEST_TEXT);
    }
    described["now"] = json!(cloud.clock.now());
    described["picture"] = json!(graph.layout().svg(&graph, Some(&statuses), SvgStyle::Page));
    described["states"] = graph.to_json(Some(&statuses))["states"].take();
    Ok(described)
}

/// The events after the one that is named.
pub(super) async fn events(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = location_of(&arn)?;
    let after = request.query_value("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let events = cloud.events_after(&location, &arn, after, true).await?;
    Ok(json!({ "events": events }))
}

/// What a function wrote between two moments, in milliseconds.
pub(super) async fn log(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let location = location_of(&asked(request, "arn")?)?;
    let function = asked(request, "function")?;
    let moment = |name: &str| request.query_value(name).and_then(|moment| moment.parse::<i64>().ok());
    let mut input = json!({ "logGroupName": format!("/aws/lambda/{function}"), "limit": LINES });
    for (name, member) in [("from", "startTime"), ("to", "endTime")] {
        if let Some(moment) = moment(name) {
            input[member] = json!(moment);
        }
    }
    let found = match cloud.logs(&location, "FilterLogEvents", &input).await {
        // It has not written anything yet.
        Err(error) if error.code == "ResourceNotFoundException" => json!({}),
        found => found?,
    };
    let lines =
        list(found, "events").into_iter().map(|line| json!({ "at": line["timestamp"], "text": line["message"] }));
    Ok(json!({ "lines": lines.collect::<Vec<_>>() }))
}
