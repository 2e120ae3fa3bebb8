//! Events as `GetExecutionHistory` shows them.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{EventDetails, Failure, HistoryEvent, Integration};

impl HistoryEvent {
    /// The event's `type`, such as `PassStateEntered`.
    pub fn type_name(&self) -> String {
        self.details.type_name()
    }

    /// The event as the API's JSON. The wire protocol decides the form of a timestamp, so the caller gives it.
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
            Self::ExecutionRedriven { .. } => "ExecutionRedriven",
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
            Self::EvaluationFailed { .. } => "EvaluationFailed",
            Self::ParallelStateStarted => "ParallelStateStarted",
            Self::ParallelStateSucceeded => "ParallelStateSucceeded",
            Self::ParallelStateFailed => "ParallelStateFailed",
            Self::ParallelStateAborted => "ParallelStateAborted",
            Self::MapStateStarted { .. } => "MapStateStarted",
            Self::MapStateSucceeded => "MapStateSucceeded",
            Self::MapStateFailed => "MapStateFailed",
            Self::MapStateAborted => "MapStateAborted",
            Self::MapIterationStarted(_) => "MapIterationStarted",
            Self::MapIterationSucceeded(_) => "MapIterationSucceeded",
            Self::MapIterationFailed(_) => "MapIterationFailed",
            Self::MapIterationAborted(_) => "MapIterationAborted",
            Self::MapRunStarted { .. } => "MapRunStarted",
            Self::MapRunRedriven { .. } => "MapRunRedriven",
            Self::MapRunSucceeded => "MapRunSucceeded",
            Self::MapRunFailed(_) => "MapRunFailed",
            Self::MapRunAborted => "MapRunAborted",
            Self::TaskStateAborted => "TaskStateAborted",
            Self::WaitStateAborted => "WaitStateAborted",
        }
    }

    /// The name of the details member (`stateEnteredEventDetails`) and its value; `None` for an event without details.
    pub fn to_api(&self) -> Option<(String, Value)> {
        if !self.has_details() {
            return None;
        }
        let mut members = Map::new();
        self.add_what(&mut members);
        if let Some((name, json)) = self.payload() {
            members.insert(name.into(), (**json).into());
            members.insert(format!("{name}Details"), json!({ "truncated": false }));
        }
        if let Self::ExecutionStarted { role_arn, .. } = self {
            text(&mut members, "roleArn", Some(role_arn));
        }
        self.add_assigned(&mut members);
        self.add_credentials(&mut members);
        self.add_seconds(&mut members);
        if let Some(failure) = self.failure() {
            text(&mut members, "error", failure.error.as_deref());
            text(&mut members, "cause", failure.cause.as_deref());
        }
        Some((self.member_name(), Value::Object(members)))
    }

    fn has_details(&self) -> bool {
        !matches!(
            self,
            Self::LambdaFunctionStarted
                | Self::ParallelStateStarted
                | Self::ParallelStateSucceeded
                | Self::ParallelStateFailed
                | Self::ParallelStateAborted
                | Self::MapStateSucceeded
                | Self::MapStateFailed
                | Self::MapStateAborted
                | Self::MapRunSucceeded
                | Self::MapRunAborted
                | Self::TaskStateAborted
                | Self::WaitStateAborted
        )
    }

    /// The state, function, activity or service of the event.
    fn add_what(&self, members: &mut Map<String, Value>) {
        match self {
            Self::StateEntered { name, .. } | Self::StateExited { name, .. } => {
                text(members, "name", Some(name));
            }
            Self::LambdaFunctionScheduled { resource, .. } | Self::ActivityScheduled { resource, .. } => {
                text(members, "resource", Some(resource));
            }
            Self::ActivityStarted { worker_name } => {
                text(members, "workerName", worker_name.as_deref());
            }
            Self::EvaluationFailed { location, state, .. } => {
                text(members, "location", location.as_deref());
                text(members, "state", Some(state));
            }
            Self::MapStateStarted { length } => {
                members.insert("length".into(), (*length).into());
            }
            Self::MapIterationStarted(iteration)
            | Self::MapIterationSucceeded(iteration)
            | Self::MapIterationFailed(iteration)
            | Self::MapIterationAborted(iteration) => {
                text(members, "name", Some(&iteration.name));
                members.insert("index".into(), iteration.index.into());
            }
            Self::MapRunStarted { map_run_arn } => {
                text(members, "mapRunArn", Some(map_run_arn));
            }
            Self::ExecutionRedriven { redrive_count } => {
                members.insert("redriveCount".into(), (*redrive_count).into());
            }
            Self::MapRunRedriven { map_run_arn, redrive_count } => {
                text(members, "mapRunArn", Some(map_run_arn));
                members.insert("redriveCount".into(), (*redrive_count).into());
            }
            _ => {}
        }
        if let Some(integration) = self.integration() {
            text(members, "resourceType", Some(&integration.resource_type));
            text(members, "resource", Some(&integration.resource));
        }
        if let Self::TaskScheduled { region, parameters, .. } = self {
            text(members, "region", Some(region));
            text(members, "parameters", Some(parameters));
        }
    }

    fn add_assigned(&self, members: &mut Map<String, Value>) {
        if let Self::StateExited { assigned, .. } = self
            && !assigned.is_empty()
        {
            let texts: Map<String, Value> =
                assigned.iter().map(|(name, json)| (name.clone(), (**json).into())).collect();
            members.insert("assignedVariables".into(), texts.into());
            members.insert("assignedVariablesDetails".into(), json!({ "truncated": false }));
        }
    }

    fn add_credentials(&self, members: &mut Map<String, Value>) {
        if let Self::LambdaFunctionScheduled { credentials: Some(role_arn), .. }
        | Self::TaskScheduled { credentials: Some(role_arn), .. } = self
        {
            members.insert("taskCredentials".into(), json!({ "roleArn": role_arn }));
        }
    }

    /// What a task calls: a function, an activity, or the action of an integration.
    pub fn resource(&self) -> Option<&str> {
        match self {
            Self::LambdaFunctionScheduled { resource, .. } | Self::ActivityScheduled { resource, .. } => Some(resource),
            _ => self.integration().map(|integration| &*integration.resource),
        }
    }

    /// The state that the event names: that is entered or left, or in which a field had no usable value.
    pub fn state(&self) -> Option<&Arc<str>> {
        match self {
            Self::StateEntered { name, .. } | Self::StateExited { name, .. } => Some(name),
            Self::EvaluationFailed { state, .. } => Some(state),
            _ => None,
        }
    }

    /// The iteration of a Map state that the event is about, from 0.
    pub fn iteration(&self) -> Option<u64> {
        match self {
            Self::MapIterationStarted(iteration)
            | Self::MapIterationSucceeded(iteration)
            | Self::MapIterationFailed(iteration)
            | Self::MapIterationAborted(iteration) => Some(iteration.index),
            _ => None,
        }
    }

    /// Whether it assigns variables.
    pub fn assigns(&self) -> bool {
        matches!(self, Self::StateExited { assigned, .. } if !assigned.is_empty())
    }

    fn integration(&self) -> Option<&Integration> {
        match self {
            Self::TaskScheduled { integration, .. }
            | Self::TaskStarted { integration }
            | Self::TaskStartFailed { integration, .. }
            | Self::TaskSubmitted { integration, .. }
            | Self::TaskSucceeded { integration, .. }
            | Self::TaskFailed { integration, .. }
            | Self::TaskTimedOut { integration, .. } => Some(integration),
            _ => None,
        }
    }

    /// The payload and the name of its member.
    pub(super) fn payload(&self) -> Option<(&'static str, &Arc<str>)> {
        match self {
            Self::ExecutionStarted { input, .. }
            | Self::StateEntered { input, .. }
            | Self::LambdaFunctionScheduled { input, .. }
            | Self::ActivityScheduled { input, .. } => Some(("input", input)),
            Self::ExecutionSucceeded { output }
            | Self::StateExited { output, .. }
            | Self::LambdaFunctionSucceeded { output }
            | Self::ActivitySucceeded { output }
            | Self::TaskSubmitted { output, .. }
            | Self::TaskSucceeded { output, .. } => Some(("output", output)),
            _ => None,
        }
    }

    /// What the event tells to have failed.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::ExecutionFailed(failure)
            | Self::ExecutionAborted(failure)
            | Self::ExecutionTimedOut(failure)
            | Self::LambdaFunctionStartFailed(failure)
            | Self::LambdaFunctionFailed(failure)
            | Self::LambdaFunctionTimedOut(failure)
            | Self::ActivityScheduleFailed(failure)
            | Self::ActivityFailed(failure)
            | Self::ActivityTimedOut(failure)
            | Self::MapRunFailed(failure)
            | Self::EvaluationFailed { failure, .. }
            | Self::TaskStartFailed { failure, .. }
            | Self::TaskFailed { failure, .. }
            | Self::TaskTimedOut { failure, .. } => Some(failure),
            _ => None,
        }
    }

    fn add_seconds(&self, members: &mut Map<String, Value>) {
        let (timeout_s, heartbeat_s) = match self {
            Self::LambdaFunctionScheduled { timeout_s, .. } => (*timeout_s, None),
            Self::ActivityScheduled { timeout_s, heartbeat_s, .. }
            | Self::TaskScheduled { timeout_s, heartbeat_s, .. } => (*timeout_s, *heartbeat_s),
            _ => return,
        };
        for (name, value) in [("timeoutInSeconds", timeout_s), ("heartbeatInSeconds", heartbeat_s)] {
            if let Some(value) = value {
                members.insert(name.into(), value.into());
            }
        }
    }

    fn member_name(&self) -> String {
        let name = self.variant_name();
        let (first, rest) = name.split_at(1);
        format!("{}{rest}EventDetails", first.to_ascii_lowercase())
    }
}

fn text(members: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        members.insert(name.into(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::StateType;
    use jiff::Timestamp;

    #[test]
    fn shows_an_event_as_the_api_does() {
        let details =
            EventDetails::StateEntered { state_type: StateType::Pass, name: "A".into(), input: "[1, 2]".into() };
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
