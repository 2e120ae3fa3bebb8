//! One event of an execution's history, its twenty kinds of details made one flat shape.

use std::collections::BTreeMap;

use aws_sdk_sfn::types::HistoryEvent as SdkEvent;
use jiff::Timestamp;
use serde::Serialize;

use crate::sfn::timestamp::timestamp;

/// An event of an execution's history. What an event of its type does not have is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// Its number, from 1.
    pub id: i64,
    /// The event that caused this one; 0 for none.
    pub previous_event_id: i64,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Its type as AWS names it, such as `WaitStateEntered`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The state that was entered or left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Which item of a Map an iteration is for, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iteration: Option<i64>,
    /// What a task calls: a function's ARN, or an action such as `invoke`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The service that an action belongs to, such as `lambda`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// What went in, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What came out, as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// The Map Run that was started.
    #[serde(skip)]
    pub map_run: Option<String>,
    /// What `Assign` has set, as JSON texts by name.
    #[serde(skip)]
    pub assigned: BTreeMap<String, String>,
    /// The error's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
}

/// The first of several details that exists and has the field.
macro_rules! first_of {
    ($event:ident, |$found:ident| $field:expr, [$($details:ident),+ $(,)?]) => {{
        let mut value: Option<&str> = None;
        $(value = value.or_else(|| $event.$details().and_then(|$found| $field));)+
        value.map(str::to_owned)
    }};
}

impl HistoryEvent {
    /// The event that caused this one; where an emulator does not say, the one before it.
    pub fn previous_event(&self) -> i64 {
        if self.previous_event_id == 0 { self.id - 1 } else { self.previous_event_id }
    }

    /// From the SDK's own type.
    pub(crate) fn of(event: &SdkEvent) -> Self {
        Self {
            id: event.id(),
            previous_event_id: event.previous_event_id(),
            timestamp: timestamp(event.timestamp()),
            kind: event.r#type().as_str().to_owned(),
            state: state(event),
            iteration: iteration(event),
            resource: resource(event),
            resource_type: resource_type(event),
            input: input(event),
            output: output(event),
            map_run: event.map_run_started_event_details().and_then(|it| it.map_run_arn()).map(str::to_owned),
            assigned: assigned(event),
            error: error(event),
            cause: cause(event),
        }
    }
}

fn state(event: &SdkEvent) -> Option<String> {
    first_of!(event, |it| Some(it.name()), [state_entered_event_details, state_exited_event_details])
}

fn iteration(event: &SdkEvent) -> Option<i64> {
    let started = event.map_iteration_started_event_details();
    let details = started
        .or_else(|| event.map_iteration_succeeded_event_details())
        .or_else(|| event.map_iteration_failed_event_details())
        .or_else(|| event.map_iteration_aborted_event_details());
    details.map(|details| i64::from(details.index()))
}

/// A field that every event of a task with a service integration has.
macro_rules! of_tasks {
    ($event:ident, |$found:ident| $field:expr) => {
        first_of!(
            $event,
            |$found| $field,
            [
                task_scheduled_event_details,
                task_started_event_details,
                task_submitted_event_details,
                task_succeeded_event_details,
                task_failed_event_details,
                task_timed_out_event_details,
                task_start_failed_event_details,
                task_submit_failed_event_details,
            ]
        )
    };
}

fn resource(event: &SdkEvent) -> Option<String> {
    let called = first_of!(
        event,
        |it| Some(it.resource()),
        [lambda_function_scheduled_event_details, activity_scheduled_event_details]
    );
    called.or_else(|| of_tasks!(event, |it| Some(it.resource())))
}

fn resource_type(event: &SdkEvent) -> Option<String> {
    of_tasks!(event, |it| Some(it.resource_type()))
}

fn input(event: &SdkEvent) -> Option<String> {
    let input = first_of!(
        event,
        |it| it.input(),
        [
            execution_started_event_details,
            state_entered_event_details,
            lambda_function_scheduled_event_details,
            activity_scheduled_event_details,
        ]
    );
    input.or_else(|| first_of!(event, |it| Some(it.parameters()), [task_scheduled_event_details]))
}

fn output(event: &SdkEvent) -> Option<String> {
    first_of!(
        event,
        |it| it.output(),
        [
            execution_succeeded_event_details,
            state_exited_event_details,
            lambda_function_succeeded_event_details,
            activity_succeeded_event_details,
            task_submitted_event_details,
            task_succeeded_event_details,
        ]
    )
}

fn assigned(event: &SdkEvent) -> BTreeMap<String, String> {
    let variables = event.state_exited_event_details().and_then(|details| details.assigned_variables());
    variables.into_iter().flatten().map(|(name, text)| (name.clone(), text.clone())).collect()
}

macro_rules! of_failures {
    ($event:ident, |$found:ident| $field:expr) => {
        first_of!(
            $event,
            |$found| $field,
            [
                execution_failed_event_details,
                execution_aborted_event_details,
                execution_timed_out_event_details,
                lambda_function_failed_event_details,
                lambda_function_timed_out_event_details,
                lambda_function_schedule_failed_event_details,
                lambda_function_start_failed_event_details,
                task_failed_event_details,
                task_timed_out_event_details,
                task_start_failed_event_details,
                task_submit_failed_event_details,
                activity_failed_event_details,
                activity_timed_out_event_details,
                activity_schedule_failed_event_details,
                map_run_failed_event_details,
                evaluation_failed_event_details,
            ]
        )
    };
}

fn error(event: &SdkEvent) -> Option<String> {
    of_failures!(event, |it| it.error())
}

fn cause(event: &SdkEvent) -> Option<String> {
    of_failures!(event, |it| it.cause())
}
