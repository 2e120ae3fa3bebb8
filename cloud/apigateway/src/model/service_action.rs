//! What an integration with an AWS service calls: its subtype, and the parameters that the subtype takes.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html>

/// An operation that an integration calls itself, without a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceAction {
    /// `StepFunctions-StartExecution`.
    Start,
    /// `StepFunctions-StartSyncExecution`.
    StartSync,
    /// `StepFunctions-StopExecution`.
    Stop,
}

/// A parameter of a subtype.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ActionParameter {
    /// As `requestParameters` names it.
    pub(crate) name: &'static str,
    /// As the operation's body names it.
    pub(crate) member: &'static str,
    pub(crate) is_required: bool,
}

/// The parameter that says in which region the service is called.
pub(crate) const REGION: &str = "Region";

/// The subtypes of AWS whose services are not there.
const ELSEWHERE: [&str; 7] = [
    "AppConfig-GetConfiguration",
    "EventBridge-PutEvents",
    "Kinesis-PutRecord",
    "SQS-DeleteMessage",
    "SQS-PurgeQueue",
    "SQS-ReceiveMessage",
    "SQS-SendMessage",
];

const fn required(name: &'static str, member: &'static str) -> ActionParameter {
    ActionParameter { name, member, is_required: true }
}

const fn optional(name: &'static str, member: &'static str) -> ActionParameter {
    ActionParameter { name, member, is_required: false }
}

const START: &[ActionParameter] =
    &[required("StateMachineArn", "stateMachineArn"), optional("Name", "name"), optional("Input", "input")];
const START_SYNC: &[ActionParameter] = &[
    required("StateMachineArn", "stateMachineArn"),
    optional("Name", "name"),
    optional("Input", "input"),
    optional("TraceHeader", "traceHeader"),
];
const STOP: &[ActionParameter] =
    &[required("ExecutionArn", "executionArn"), optional("Error", "error"), optional("Cause", "cause")];

impl ServiceAction {
    /// The action of a subtype; none where it is not there.
    pub(crate) fn parse(subtype: &str) -> Option<Self> {
        match subtype {
            "StepFunctions-StartExecution" => Some(Self::Start),
            "StepFunctions-StartSyncExecution" => Some(Self::StartSync),
            "StepFunctions-StopExecution" => Some(Self::Stop),
            _ => None,
        }
    }

    /// The operation of Step Functions.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Start => "StartExecution",
            Self::StartSync => "StartSyncExecution",
            Self::Stop => "StopExecution",
        }
    }

    /// What it takes, beside [`REGION`].
    pub(crate) fn parameters(self) -> &'static [ActionParameter] {
        match self {
            Self::Start => START,
            Self::StartSync => START_SYNC,
            Self::Stop => STOP,
        }
    }
}

/// Whether AWS has a subtype whose service is not there.
pub(crate) fn is_elsewhere(subtype: &str) -> bool {
    ELSEWHERE.contains(&subtype)
}
