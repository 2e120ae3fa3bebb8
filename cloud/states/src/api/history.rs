//! GetExecutionHistory.

use std::sync::Arc;

use asl::HistoryEvent;
use cloud_core::Request;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Answer;
use super::page;
use crate::executions::KeptHistory;
use crate::rows::execution::ExecutionKey;
use crate::rows::history::{page_of, read_events};
use crate::rows::machine::seconds;
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::ExecutionReference;

/// What `includeExecutionData: false` leaves out.
const DATA: [&str; 3] = ["input", "output", "parameters"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    execution_arn: String,
    max_results: Option<usize>,
    #[serde(default)]
    reverse_order: bool,
    next_token: Option<String>,
    include_execution_data: Option<bool>,
}

/// The events in their order or the other way round. A page reads its own rows from the store; none stay in memory.
pub(crate) async fn history(states: &Arc<States>, request: &Request) -> Answer {
    let input: History = request.json()?;
    let reference = ExecutionReference::of(request, &input.execution_arn)?;
    let size = errors::page_size(input.max_results);
    let after: Option<u64> = page::place(input.next_token.as_deref())?;
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    let kept = states.kept_history(&key)?.ok_or_else(|| errors::execution_missing(&reference.arn))?;
    let page = match kept {
        KeptHistory::Events(events) => page_of(events, after, input.reverse_order, size),
        KeptHistory::Rows => read_events(&states.store, &key, after, input.reverse_order, size)?,
    };
    let with_data = input.include_execution_data.unwrap_or(true);
    let shown: Vec<Value> = page.events.iter().map(|event| show(event, with_data)).collect();
    let mut answer = json!({ "events": shown });
    if let (true, Some(last)) = (page.has_more, page.events.last()) {
        answer["nextToken"] = json!(page::token(&last.id)?);
    }
    Ok(answer)
}

fn show(event: &HistoryEvent, with_data: bool) -> Value {
    let mut shown = event.to_api_json(seconds(event.timestamp));
    if let (false, Some(members)) = (with_data, shown.as_object_mut()) {
        for details in members.values_mut().filter_map(Value::as_object_mut) {
            details.retain(|member, _| !DATA.contains(&member.as_str()));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_can_be_left_out() {
        let event = HistoryEvent {
            id: 1,
            previous_event_id: 0,
            timestamp: jiff::Timestamp::UNIX_EPOCH,
            details: asl::EventDetails::ExecutionStarted { input: "{}".into(), role_arn: "r".into() },
        };
        assert_eq!(show(&event, true)["executionStartedEventDetails"]["input"], "{}");
        let without = show(&event, false);
        assert_eq!(without["executionStartedEventDetails"]["input"], Value::Null);
        assert_eq!(without["executionStartedEventDetails"]["roleArn"], "r");
    }
}
