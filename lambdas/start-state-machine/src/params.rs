//! What is asked of Step Functions, and the answer once it agreed.

use crate::key::Shown;
use crate::request::StartRequest;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The parameters of StartExecution.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StartParams {
    /// The execution's name: the task's.
    pub(crate) name: String,
    /// The state machine to start.
    pub(crate) state_machine_arn: String,
    /// JSON text: `trigger_date` is what the Wait state reads, `taskName` what `sendEmail` logs.
    pub(crate) input: String,
}

impl StartParams {
    /// The same request gives the same text, so that Step Functions sees a repeated request as the same one.
    pub(crate) fn new(request: &StartRequest, state_machine_arn: &str) -> Self {
        let input = json!({
            "trigger_date": rfc3339(request.start_at),
            "taskName": request.task_name,
        });
        Self {
            name: request.task_name.clone(),
            state_machine_arn: String::from(state_machine_arn),
            input: input.to_string(),
        }
    }

    /// The 200 body. ARNs hold the account's id: only who has shown the key sees them.
    pub(crate) fn started(&self, execution_arn: &str, start_date: Timestamp, shown: Shown) -> Value {
        let mut body = json!({
            "message": "Started the step function. View the scheduled step function in aws console.",
            "params": { "name": self.name, "input": self.input },
            "startDate": rfc3339(start_date),
        });
        if shown == Shown::Key {
            body["params"]["stateMachineArn"] = json!(self.state_machine_arn);
            body["executionArn"] = json!(execution_arn);
        }
        body
    }
}

/// RFC 3339 in UTC with milliseconds: what a Wait state reads.
pub(crate) fn rfc3339(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:myStateMachine";

    fn params() -> StartParams {
        let request =
            StartRequest { task_name: String::from("taskone"), start_at: "2017-11-16T14:33:21Z".parse().unwrap() };
        StartParams::new(&request, MACHINE)
    }

    #[test]
    fn the_input_is_what_the_state_machine_reads() {
        assert_eq!(params().input, r#"{"trigger_date":"2017-11-16T14:33:21.000Z","taskName":"taskone"}"#);
    }

    #[test]
    fn the_answer_says_what_was_started() {
        let start_date = "2017-11-16T14:30:00.25Z".parse().unwrap();
        let body = params().started("arn:execution", start_date, Shown::Key);
        assert_eq!(body["message"], "Started the step function. View the scheduled step function in aws console.");
        assert_eq!(body["params"]["name"], "taskone");
        assert_eq!(body["params"]["stateMachineArn"], MACHINE);
        assert_eq!(body["params"]["input"], params().input);
        assert_eq!(body["executionArn"], "arn:execution");
        assert_eq!(body["startDate"], "2017-11-16T14:30:00.250Z");
    }

    #[test]
    fn an_open_endpoint_does_not_say_whose_account_it_is_in() {
        let start_date = "2017-11-16T14:30:00.25Z".parse().unwrap();
        let body =
            params().started("arn:aws:states:us-east-1:000000000000:execution:m:taskone", start_date, Shown::Nothing);
        assert!(!body.to_string().contains("000000000000"), "{body}");
        assert_eq!(body["message"], "Started the step function. View the scheduled step function in aws console.");
        assert_eq!(body["params"]["name"], "taskone");
    }
}
