//! A Map Run: its counts, and the Map state that it is of.

use cloud_core::{Request, ServiceError};
use graph::{Graph, SvgStyle};
use serde_json::{Value, json};

use super::parameters::{asked, location_of};
use crate::cloud::Cloud;
use crate::history::visits;

/// A Map Run with its counts.
pub(super) async fn map_run(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    cloud.states(&location_of(&arn)?, "DescribeMapRun", &json!({ "mapRunArn": arn })).await
}

/// The Map state that a Map Run is of: its name, the events of the execution with which it was entered and left, and what each child execution
/// does.
pub(super) async fn map_state(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let location = location_of(&arn)?;
    let run = cloud.states(&location, "DescribeMapRun", &json!({ "mapRunArn": arn })).await?;
    let execution = run["executionArn"].as_str().unwrap_or_default();
    let events = cloud.history(execution)?;
    let begun: Vec<i64> = events.iter().filter(|event| &*event.kind == "MapRunStarted").map(|event| event.id).collect();
    let told = cloud.details(&location, execution, &begun).await?;
    let of_this = told.iter().find(|event| event["mapRunStartedEventDetails"]["mapRunArn"] == arn.as_str());
    let missing = || ServiceError::new(404, "ResourceNotFound", "The history does not tell of this Map Run yet.");
    let begun = of_this.and_then(|event| event["id"].as_i64()).ok_or_else(missing)?;
    let found = visits(&events, 0);
    let visit_of = |id: i64| events.iter().position(|event| event.id == id).and_then(|at| found.of_event[at]);
    let visit = visit_of(begun).ok_or_else(missing)?;
    let of_visit = events.iter().zip(&found.of_event).filter(|(_, of)| **of == Some(visit)).map(|(event, _)| event);
    let event_of = |kind: &str| of_visit.clone().find(|event| &*event.kind == kind).map(|event| event.id);
    let asked = json!({ "executionArn": execution });
    let described = cloud.states(&location, "DescribeStateMachineForExecution", &asked).await?;
    // A definition that is no JSON can't be deployed.
    let definition: Value =
        serde_json::from_str(described["definition"].as_str().unwrap_or_default()).unwrap_or_default();
    let state = found.visits.get(visit).map(|visit| visit.state.as_str()).unwrap_or_default();
    let processor = state_in(&definition, state).map(processor).cloned().unwrap_or_default();
    let graph = Graph::read(&processor);
    Ok(json!({
        "state": state,
        "entered": event_of("MapStateEntered"),
        "exited": event_of("MapStateExited"),
        "definition": processor.to_string(),
        "picture": graph.layout().svg(&graph, None, SvgStyle::Page),
    }))
}

/// What a Map state does with each item, under either of its names.
fn processor(state: &Value) -> &Value {
    if state["ItemProcessor"].is_object() { &state["ItemProcessor"] } else { &state["Iterator"] }
}

/// The definition of a state, wherever it is: names are unique in a state machine.
fn state_in<'a>(flow: &'a Value, name: &str) -> Option<&'a Value> {
    let states = flow["States"].as_object()?;
    if let Some(found) = states.get(name) {
        return Some(found);
    }
    let branches = states.values().filter_map(|state| state["Branches"].as_array()).flatten();
    branches.chain(states.values().map(processor)).find_map(|inner| state_in(inner, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_found_inside_of_others() {
        let definition = json!({ "States": {
            "P": { "Branches": [{ "States": { "Q": { "Type": "Pass" } } }, { "States": {
                "M": { "Iterator": { "States": { "Inner": { "ItemProcessor": { "StartAt": "x" } } } } } } }] } } });
        assert_eq!(state_in(&definition, "Inner").map(processor), Some(&json!({ "StartAt": "x" })));
        assert_eq!(state_in(&definition, "Q"), Some(&json!({ "Type": "Pass" })));
        assert_eq!(state_in(&definition, "none"), None);
    }
}
