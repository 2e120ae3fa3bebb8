//! The history of an execution in the API's own JSON, as far as another execution can begin from it.

use aws_sdk_sfn::types::HistoryEvent as SdkEvent;
use serde_json::{Map, Value, json};

use crate::client::connect::Aws;
use crate::error::AwsError;
use model::names::Arn;

/// How many events one call of GetExecutionHistory may answer (its documented maximum).
const HISTORY_PAGE: i32 = 1000;

/// The events of an execution as `GetExecutionHistory` has them, oldest first: what was entered and left with its data, and
/// which iterations began. Of other events there are number, type and the event before.
///
/// # Errors
/// The execution does not exist, or the call failed.
pub async fn past_events(aws: &Aws, execution: &Arn) -> Result<Vec<Value>, AwsError> {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let call = aws.sfn.get_execution_history().execution_arn(execution.as_str()).max_results(HISTORY_PAGE);
        let page = call.set_next_token(token).send().await;
        let page = page.map_err(AwsError::from_sdk("Step Functions", "GetExecutionHistory"))?;
        found.extend(page.events().iter().map(event_json));
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return Ok(found);
        }
    }
}

fn event_json(event: &SdkEvent) -> Value {
    let mut members = Map::new();
    members.insert("id".into(), event.id().into());
    members.insert("previousEventId".into(), event.previous_event_id().into());
    members.insert("type".into(), event.r#type().as_str().into());
    if let Some((name, details)) = details(event) {
        members.insert(name.into(), details);
    }
    Value::Object(members)
}

fn details(event: &SdkEvent) -> Option<(&'static str, Value)> {
    if let Some(started) = event.execution_started_event_details() {
        let about = started.input_details().map(|about| json!({"truncated": about.truncated()}));
        let details = json!({"input": started.input(), "inputDetails": about});
        return Some(("executionStartedEventDetails", details));
    }
    if let Some(entered) = event.state_entered_event_details() {
        let about = entered.input_details().map(|about| json!({"truncated": about.truncated()}));
        let details = json!({"name": entered.name(), "input": entered.input(), "inputDetails": about});
        return Some(("stateEnteredEventDetails", details));
    }
    if let Some(exited) = event.state_exited_event_details() {
        let about = exited.output_details().map(|about| json!({"truncated": about.truncated()}));
        let cut_off = exited.assigned_variables_details().map(|about| json!({"truncated": about.truncated()}));
        let details = json!({
            "name": exited.name(), "output": exited.output(), "outputDetails": about,
            "assignedVariables": exited.assigned_variables(), "assignedVariablesDetails": cut_off,
        });
        return Some(("stateExitedEventDetails", details));
    }
    let iteration = event.map_iteration_started_event_details()?;
    Some(("mapIterationStartedEventDetails", json!({"name": iteration.name(), "index": iteration.index()})))
}
