//! The Context Object: what a definition reads with `$$.`.

use std::cell::{Cell, OnceCell};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Execution;
use super::branch::Branch;
use crate::path::Context;
use crate::rfc3339;

/// Who and what an execution is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The execution's ARN.
    pub execution_arn: String,
    /// Its name.
    pub execution_name: String,
    /// The instant that the API reports as its start.
    pub start_time: Timestamp,
    /// The role that it runs as.
    pub role_arn: String,
    /// The state machine's ARN, without version or alias.
    pub state_machine_arn: String,
    /// The state machine's name.
    pub state_machine_name: String,
    /// How often it was redriven; AWS leaves this out for a synchronous express execution.
    pub redrive_count: Option<u64>,
}

impl About {
    /// The region, from the state machine's ARN; empty when there is none.
    pub fn region(&self) -> &str {
        self.state_machine_arn.split(':').nth(3).unwrap_or_default()
    }
}

/// The Context Object of a branch's state, built when it is first read.
pub(super) struct StateContext<'a> {
    execution: &'a Execution,
    branch: &'a Branch,
    /// AWS shows `State.RetryCount` where retrying is possible.
    shows_retries: bool,
    token: Option<&'a str>,
    built: OnceCell<Value>,
    drawn: Cell<u64>,
}

impl<'a> StateContext<'a> {
    pub(super) fn new(execution: &'a Execution, branch: &'a Branch) -> Self {
        Self { execution, branch, shows_retries: false, token: None, built: OnceCell::new(), drawn: Cell::new(0) }
    }

    pub(super) fn of_task(execution: &'a Execution, branch: &'a Branch, token: Option<&'a str>) -> Self {
        Self { shows_retries: true, token, ..Self::new(execution, branch) }
    }

    fn build(&self) -> Value {
        let about = &self.execution.about;
        let input: Value = serde_json::from_str(&self.execution.input).unwrap_or_default();
        let mut execution = json!({
            "Id": about.execution_arn,
            "Input": input,
            "StartTime": rfc3339::with_milliseconds(about.start_time),
            "Name": about.execution_name,
            "RoleArn": about.role_arn,
        });
        if let Some(count) = about.redrive_count {
            execution["RedriveCount"] = count.into();
        }
        let entered = rfc3339::with_milliseconds(self.branch.entered_at);
        let mut state = json!({ "Name": self.branch.state, "EnteredTime": entered });
        if self.shows_retries {
            state["RetryCount"] = self.branch.retry_count().into();
        }
        let machine = json!({ "Id": about.state_machine_arn, "Name": about.state_machine_name });
        let mut object = json!({ "Execution": execution, "StateMachine": machine, "State": state });
        if let Some(token) = self.token {
            object["Task"] = json!({ "Token": token });
        }
        object
    }
}

impl Context for StateContext<'_> {
    fn object(&self) -> &Value {
        self.built.get_or_init(|| self.build())
    }

    fn random(&self) -> u64 {
        let n = self.drawn.get();
        self.drawn.set(n + 1);
        // No two states see the same numbers: events have passed between them.
        let base = super::number(self.execution.seed, self.execution.last_event_id);
        super::number(base, n)
    }
}
