//! StartSyncExecution.

use std::sync::Arc;

use asl::Outcome;
use cloud_core::Request;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use crate::executions::{self, StartRequest};
use crate::express;
use crate::rows::express::ExpressRun;
use crate::rows::machine::{Kind, seconds};
use crate::states::States;
use crate::wire::{errors, names};

/// The memory that the smallest execution is billed for, in MB. What an execution really needs is not measured.
const BILLED_MEMORY_MB: u64 = 64;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartSync {
    state_machine_arn: String,
    name: Option<String>,
    input: Option<String>,
    trace_header: Option<String>,
    included_data: Option<String>,
}

/// Runs an execution of an express state machine to its end.
pub(crate) async fn start_sync(states: &Arc<States>, request: &Request) -> Answer {
    let asked: StartSync = request.json()?;
    let included = errors::wants_data(asked.included_data.as_deref());
    names::check_account(request, &asked.state_machine_arn)?;
    let start = StartRequest {
        state_machine_arn: asked.state_machine_arn,
        name: asked.name,
        input: asked.input,
        started_by: None,
        mocks: None,
    };
    let new = executions::check(states, start)?;
    if new.kind != Kind::Express {
        return Err(errors::wrong_type());
    }
    let machine_arn = new.key.machine_arn();
    let id = states.random.uuid().to_string();
    let run = ExpressRun::new(new.key, &id, new.input, new.revision).with_mocks(new.mocks);
    let ended = express::run(states, run.clone(), request.received_at).await?;
    let mut answer = Map::new();
    answer.insert("executionArn".into(), json!(run.arn));
    answer.insert("stateMachineArn".into(), json!(machine_arn));
    answer.insert("name".into(), json!(run.name()));
    answer.insert("startDate".into(), seconds(request.received_at));
    answer.insert("stopDate".into(), seconds(ended.stopped_at));
    answer.insert("inputDetails".into(), json!({ "included": included }));
    answer.insert("outputDetails".into(), json!({ "included": included }));
    if included {
        answer.insert("input".into(), json!(run.input));
    }
    if let Some(trace) = asked.trace_header {
        answer.insert("traceHeader".into(), json!(trace));
    }
    let took_ms = ended.stopped_at.as_millisecond() - request.received_at.as_millisecond();
    answer.insert("billingDetails".into(), billing(took_ms));
    outcome(&mut answer, &ended.outcome, included);
    Ok(Value::Object(answer))
}

/// Time is billed in steps of 100 ms (Step Functions pricing, express workflows).
fn billing(took_ms: i64) -> Value {
    let steps = u64::try_from(took_ms).unwrap_or_default().div_ceil(100).max(1);
    json!({ "billedDurationInMilliseconds": steps * 100, "billedMemoryUsedInMB": BILLED_MEMORY_MB })
}

fn outcome(answer: &mut Map<String, Value>, outcome: &Outcome, included: bool) {
    let status = match outcome {
        Outcome::Succeeded { output } => {
            if included {
                answer.insert("output".into(), json!(output));
            }
            "SUCCEEDED"
        }
        Outcome::TimedOut => {
            answer.insert("error".into(), json!("States.Timeout"));
            "TIMED_OUT"
        }
        Outcome::Failed(failure) | Outcome::Aborted(failure) => {
            for (member, text) in [("error", &failure.error), ("cause", &failure.cause)] {
                if let Some(text) = text {
                    answer.insert(member.into(), json!(text));
                }
            }
            "FAILED"
        }
    };
    answer.insert("status".into(), json!(status));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_billed_in_steps() {
        let billed = |ms| billing(ms)["billedDurationInMilliseconds"].clone();
        assert_eq!([billed(0), billed(100), billed(101)], [json!(100), json!(100), json!(200)]);
    }
}
