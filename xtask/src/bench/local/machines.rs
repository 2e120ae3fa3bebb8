//! The state machines that are measured.

use crate::bench::cloud::Client;
use crate::failure::Failure;
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;

pub(crate) const ROLE_NAME: &str = "bench";
pub(super) const ROLE: &str = "arn:aws:iam::000000000000:role/bench";
pub(crate) const MACHINES: &str = "arn:aws:states:us-east-1:000000000000:stateMachine";

pub(crate) fn create_machine(client: &mut Client, name: &str, definition: &Value) -> Result<(), Failure> {
    let body = json!({ "name": name, "definition": definition.to_string(), "roleArn": ROLE });
    client.call("AWSStepFunctions.CreateStateMachine", &body).map(|_| ())
}

/// Ten Pass states, one after the other.
pub(crate) fn ten_passes() -> Value {
    let name = |number: usize| format!("P{number}");
    let states = (1..=10).map(|number| {
        let state = match number {
            10 => json!({ "Type": "Pass", "End": true }),
            _ => json!({ "Type": "Pass", "Next": name(number + 1) }),
        };
        (name(number), state)
    });
    json!({ "StartAt": "P1", "States": states.collect::<serde_json::Map<_, _>>() })
}

/// Waits until no execution of a state machine runs any more.
pub(crate) fn until_ended(client: &mut Client, machine: &str) -> Result<(), Failure> {
    let body =
        json!({ "stateMachineArn": format!("{MACHINES}:{machine}"), "statusFilter": "RUNNING", "maxResults": 1 });
    loop {
        let running = client.call("AWSStepFunctions.ListExecutions", &body)?;
        if running["executions"].as_array().is_none_or(Vec::is_empty) {
            return Ok(());
        }
        thread::park_timeout(Duration::from_millis(5));
    }
}
