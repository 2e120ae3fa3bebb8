//! GetExecutionHistory.

use std::sync::Arc;

use asl::HistoryEvent;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, page};
use crate::local::Cloud;
use crate::local::http::Request;
use crate::local::sfn::execution::ExecutionKey;
use crate::local::sfn::machine::seconds;
use crate::local::sfn::names::ExecutionReference;
use crate::local::sfn::refusal;
use crate::local::store::Table;

/// What `includeExecutionData: false` leaves out.
const DATA: [&str; 3] = ["input", "output", "parameters"];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    execution_arn: String,
    max_results: Option<i64>,
    #[serde(default)]
    reverse_order: bool,
    next_token: Option<String>,
    include_execution_data: Option<bool>,
}

/// The events in their order or the other way round. They are read from the store, a row per step; none stays in memory.
pub(super) fn history(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let input: History = request.json()?;
    let reference = ExecutionReference::parse(&input.execution_arn)?;
    let size = refusal::page_size(input.max_results)?;
    let after: Option<u64> = page::place(input.next_token.as_deref(), page::MAX_TOKEN)?;
    if cloud.step_functions.index().get(&reference.machine, &reference.name).is_none() {
        return Err(refusal::execution_missing(&reference.arn));
    }
    let key = ExecutionKey::new(&reference.machine, &reference.name);
    let rows: Vec<(String, Vec<HistoryEvent>)> = cloud.store.load_prefix(Table::History, &key.row())?;
    let mut events: Vec<HistoryEvent> = rows.into_iter().flat_map(|(_, events)| events).collect();
    if input.reverse_order {
        events.reverse();
    }
    let follows = |event: &HistoryEvent| match after {
        None => true,
        Some(after) if input.reverse_order => event.id < after,
        Some(after) => event.id > after,
    };
    events.retain(follows);
    let more = events.len() > size;
    events.truncate(size);
    let with_data = input.include_execution_data.unwrap_or(true);
    let shown: Vec<Value> = events.iter().map(|event| show(event, with_data)).collect();
    let mut answer = json!({ "events": shown });
    if let (true, Some(last)) = (more, events.last()) {
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
