//! Events as `GetExecutionHistory` shows them.

use serde_json::{Map, Value, json};

use super::{EventDetails, Failure, HistoryEvent, Integration};

impl HistoryEvent {
    /// The event's `type`, such as `PassStateEntered`.
    pub fn type_name(&self) -> String {
        self.details.type_name()
    }

    /// The whole event as the API's JSON. The wire decides how an instant looks, so the caller gives `timestamp`.
    pub fn to_api_json(&self, timestamp: Value) -> Value {
        let mut event = Map::new();
        event.insert("id".into(), self.id.into());
        event.insert("previousEventId".into(), self.previous_event_id.into());
        event.insert("timestamp".into(), timestamp);
        event.insert("type".into(), self.type_name().into());
        if let Some((member, details)) = self.details.to_api() {
            event.insert(member, details);
        }
        Value::Object(event)
    }
}

impl EventDetails {
    /// The event's `type`, such as `PassStateEntered`.
    pub fn type_name(&self) -> String {
        match self {
            Self::StateEntered { state_type, .. } => format!("{}StateEntered", state_type.name()),
            Self::StateExited { state_type, .. } => format!("{}StateExited", state_type.name()),
            other => other.variant_name().to_owned(),
        }
    }

    fn variant_name(&self) -> &'static str {
        match self {
            Self::ExecutionStarted { .. } => "ExecutionStarted",
            Self::ExecutionSucceeded { .. } => "ExecutionSucceeded",
            Self::ExecutionFailed(_) => "ExecutionFailed",
            Self::ExecutionAborted(_) => "ExecutionAborted",
            Self::ExecutionTimedOut(_) => "ExecutionTimedOut",
            Self::StateEntered { .. } => "StateEntered",
            Self::StateExited { .. } => "StateExited",
            Self::LambdaFunctionScheduled { .. } => "LambdaFunctionScheduled",
            Self::LambdaFunctionStarted => "LambdaFunctionStarted",
            Self::LambdaFunctionStartFailed(_) => "LambdaFunctionStartFailed",
            Self::LambdaFunctionSucceeded { .. } => "LambdaFunctionSucceeded",
            Self::LambdaFunctionFailed(_) => "LambdaFunctionFailed",
            Self::LambdaFunctionTimedOut(_) => "LambdaFunctionTimedOut",
            Self::ActivityScheduled { .. } => "ActivityScheduled",
            Self::ActivityScheduleFailed(_) => "ActivityScheduleFailed",
            Self::ActivityStarted { .. } => "ActivityStarted",
            Self::ActivitySucceeded { .. } => "ActivitySucceeded",
            Self::ActivityFailed(_) => "ActivityFailed",
            Self::ActivityTimedOut(_) => "ActivityTimedOut",
            Self::TaskScheduled { .. } => "TaskScheduled",
            Self::TaskStarted { .. } => "TaskStarted",
            Self::TaskStartFailed { .. } => "TaskStartFailed",
            Self::TaskSubmitted { .. } => "TaskSubmitted",
            Self::TaskSucceeded { .. } => "TaskSucceeded",
            Self::TaskFailed { .. } => "TaskFailed",
            Self::TaskTimedOut { .. } => "TaskTimedOut",
        }
    }

    /// The member that carries the details (`stateEnteredEventDetails`) and its value; `None` for an event without any.
    pub fn to_api(&self) -> Option<(String, Value)> {
        let mut members = Map::new();
        match self {
            Self::LambdaFunctionStarted => return None,
            Self::ExecutionStarted { input, role_arn } => {
                payload(&mut members, "input", input);
                members.insert("roleArn".into(), role_arn.as_str().into());
            }
            Self::ExecutionSucceeded { output }
            | Self::LambdaFunctionSucceeded { output }
            | Self::ActivitySucceeded { output } => payload(&mut members, "output", output),
            Self::ExecutionFailed(failure)
            | Self::ExecutionAborted(failure)
            | Self::ExecutionTimedOut(failure)
            | Self::LambdaFunctionStartFailed(failure)
            | Self::LambdaFunctionFailed(failure)
            | Self::LambdaFunctionTimedOut(failure)
            | Self::ActivityScheduleFailed(failure)
            | Self::ActivityFailed(failure)
            | Self::ActivityTimedOut(failure) => failed(&mut members, failure),
            Self::StateEntered { name, input, .. } => {
                members.insert("name".into(), name.as_str().into());
                payload(&mut members, "input", input);
            }
            Self::StateExited { name, output, .. } => {
                members.insert("name".into(), name.as_str().into());
                payload(&mut members, "output", output);
            }
            Self::LambdaFunctionScheduled { resource, input, timeout_s } => {
                members.insert("resource".into(), resource.as_str().into());
                payload(&mut members, "input", input);
                seconds(&mut members, *timeout_s, None);
            }
            Self::ActivityScheduled { resource, input, timeout_s, heartbeat_s } => {
                members.insert("resource".into(), resource.as_str().into());
                payload(&mut members, "input", input);
                seconds(&mut members, *timeout_s, *heartbeat_s);
            }
            Self::ActivityStarted { worker_name } => text(&mut members, "workerName", worker_name.as_deref()),
            Self::TaskScheduled { integration, region, parameters, timeout_s, heartbeat_s } => {
                integrated(&mut members, integration);
                members.insert("region".into(), region.as_str().into());
                members.insert("parameters".into(), parameters.as_str().into());
                seconds(&mut members, *timeout_s, *heartbeat_s);
            }
            Self::TaskStarted { integration } => integrated(&mut members, integration),
            Self::TaskSubmitted { integration, output } | Self::TaskSucceeded { integration, output } => {
                integrated(&mut members, integration);
                payload(&mut members, "output", output);
            }
            Self::TaskStartFailed { integration, failure }
            | Self::TaskFailed { integration, failure }
            | Self::TaskTimedOut { integration, failure } => {
                integrated(&mut members, integration);
                failed(&mut members, failure);
            }
        }
        Some((self.member_name(), Value::Object(members)))
    }

    fn member_name(&self) -> String {
        let name = self.variant_name();
        let (first, rest) = name.split_at(1);
        format!("{}{rest}EventDetails", first.to_ascii_lowercase())
    }
}

fn payload(members: &mut Map<String, Value>, name: &str, json: &str) {
    members.insert(name.into(), json.into());
    members.insert(format!("{name}Details"), json!({ "truncated": false }));
}

fn failed(members: &mut Map<String, Value>, failure: &Failure) {
    text(members, "error", failure.error.as_deref());
    text(members, "cause", failure.cause.as_deref());
}

fn text(members: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        members.insert(name.into(), value.into());
    }
}

fn integrated(members: &mut Map<String, Value>, integration: &Integration) {
    members.insert("resourceType".into(), integration.resource_type.as_str().into());
    members.insert("resource".into(), integration.resource.as_str().into());
}

fn seconds(members: &mut Map<String, Value>, timeout_s: Option<u64>, heartbeat_s: Option<u64>) {
    for (name, value) in [("timeoutInSeconds", timeout_s), ("heartbeatInSeconds", heartbeat_s)] {
        if let Some(value) = value {
            members.insert(name.into(), value.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StateType;
    use jiff::Timestamp;

    #[test]
    fn shows_an_event_as_the_api_does() {
        let details = EventDetails::StateEntered { state_type: StateType::Pass, name: "A".into(), input: "[1, 2]".into() };
        let event = HistoryEvent { id: 2, previous_event_id: 0, timestamp: Timestamp::UNIX_EPOCH, details };
        insta::assert_snapshot!(event.to_api_json(0.into()), @r#"{"id":2,"previousEventId":0,"timestamp":0,"type":"PassStateEntered","stateEnteredEventDetails":{"name":"A","input":"[1, 2]","inputDetails":{"truncated":false}}}"#);
    }

    #[test]
    fn leaves_out_what_is_not_there() {
        assert_eq!(EventDetails::LambdaFunctionStarted.to_api(), None);
        let (member, value) = EventDetails::ExecutionAborted(Failure::default()).to_api().unwrap();
        assert_eq!((member.as_str(), value), ("executionAbortedEventDetails", json!({})));
    }
}
