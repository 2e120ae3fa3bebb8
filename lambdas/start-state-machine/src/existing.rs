//! The execution that already has the name: does it still wait, and until when.

use crate::params::rfc3339;
use crate::refusal::Refusal;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What DescribeExecution tells about the execution in the way.
#[derive(Debug, Clone)]
pub(crate) struct Existing {
    /// Its status as AWS spells it, e.g. `RUNNING`.
    pub(crate) status: String,
    /// Its input, JSON text.
    pub(crate) input: Option<String>,
    /// When it ended, if it did.
    pub(crate) stop_date: Option<Timestamp>,
}

/// The ARN of an execution, which AWS makes of its state machine's and its name; `None` for an ARN of another form.
pub(crate) fn execution_arn(state_machine_arn: &str, name: &str) -> Option<String> {
    let (head, machine) = state_machine_arn.split_once(":stateMachine:")?;
    Some(format!("{head}:execution:{machine}:{name}"))
}

/// The 409: what is known about the execution goes into the sentence and, for programs, into `execution`.
pub(crate) fn name_taken(name: &str, existing: Option<&Existing>, now: Timestamp) -> Refusal {
    let (state, details) = match existing {
        None => (String::from("has been used by another execution"), None),
        Some(existing) => describe(existing, now),
    };
    let mut refusal =
        Refusal::new(409, "name_taken", format!("The name \"{name}\" {state}; choose another \"taskName\""));
    refusal.execution = details;
    refusal
}

fn describe(existing: &Existing, now: Timestamp) -> (String, Option<Value>) {
    let status = existing.status.as_str();
    if status != "RUNNING" {
        let ended = existing.stop_date.map(rfc3339);
        let at = ended.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
        let sentence =
            format!("belongs to an execution that ended{at} ({status}), and Step Functions keeps a name for 90 days");
        let details = json!({ "status": status, "waiting": false, "stopDate": ended });
        return (sentence, Some(details));
    }
    match existing.trigger_date().filter(|trigger| *trigger > now) {
        Some(trigger) => {
            let until = rfc3339(trigger);
            let sentence = format!("belongs to an execution that still waits until {until}");
            let details = json!({ "status": status, "waiting": true, "waitsUntil": until });
            (sentence, Some(details))
        }
        None => {
            let sentence = String::from("belongs to an execution that is running, past its wait");
            (sentence, Some(json!({ "status": status, "waiting": false })))
        }
    }
}

impl Existing {
    fn trigger_date(&self) -> Option<Timestamp> {
        let input: Value = serde_json::from_str(self.input.as_deref()?).ok()?;
        input.get("trigger_date")?.as_str()?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2017-11-16T14:30:00Z";

    fn taken(status: &str, input: &str, stop_date: Option<&str>) -> Refusal {
        let existing = Existing {
            status: String::from(status),
            input: Some(String::from(input)),
            stop_date: stop_date.map(|date| date.parse().unwrap()),
        };
        name_taken("taskone", Some(&existing), NOW.parse().unwrap())
    }

    #[test]
    fn a_waiting_execution_says_until_when() {
        let refusal = taken("RUNNING", r#"{"trigger_date":"2017-11-16T14:33:21.000Z"}"#, None);
        assert_eq!((refusal.status, refusal.code), (409, "name_taken"));
        assert_eq!(
            refusal.message,
            "The name \"taskone\" belongs to an execution that still waits until 2017-11-16T14:33:21.000Z; \
             choose another \"taskName\""
        );
        assert_eq!(refusal.body()["execution"]["waiting"], true);
        assert_eq!(refusal.body()["execution"]["waitsUntil"], "2017-11-16T14:33:21.000Z");
    }

    #[test]
    fn one_past_its_wait_does_not_claim_to_wait() {
        for input in [r#"{"trigger_date":"2017-11-16T14:29:59.000Z"}"#, "{}", "not json", "[]"] {
            let refusal = taken("RUNNING", input, None);
            assert_eq!(refusal.body()["execution"]["waiting"], false, "{input}");
            assert!(refusal.message.contains("is running"), "{}", refusal.message);
        }
    }

    #[test]
    fn a_finished_one_says_when_and_how_it_ended() {
        let refusal = taken("SUCCEEDED", "{}", Some("2017-11-15T00:00:00Z"));
        assert!(refusal.message.contains("ended at 2017-11-15T00:00:00.000Z (SUCCEEDED)"), "{}", refusal.message);
        assert_eq!(refusal.body()["execution"]["status"], "SUCCEEDED");
    }

    #[test]
    fn without_a_description_it_is_still_a_409() {
        let refusal = name_taken("taskone", None, NOW.parse().unwrap());
        assert_eq!(refusal.status, 409);
        assert_eq!(refusal.body().get("execution"), None);
    }

    #[test]
    fn the_executions_arn_follows_from_the_machines() {
        assert_eq!(
            execution_arn("arn:aws:states:eu-west-1:123456789012:stateMachine:m", "taskone").as_deref(),
            Some("arn:aws:states:eu-west-1:123456789012:execution:m:taskone")
        );
        assert_eq!(execution_arn("arn:aws:states:eu-west-1:1:activity:a", "taskone"), None);
    }
}
