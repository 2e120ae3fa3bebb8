//! StartSyncExecution.

use std::sync::Arc;

use asl::Outcome;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Answer, start};
use crate::local::Cloud;
use crate::local::http::Request;
use crate::local::sfn::machine::{Kind, seconds};
use crate::local::sfn::{express, refusal};

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
pub(super) async fn start_sync(cloud: &Arc<Cloud>, request: &Request) -> Answer {
    let asked: StartSync = request.json()?;
    let included = refusal::wants_data(asked.included_data.as_deref())?;
    let plan = start::plan(cloud, &asked.state_machine_arn, asked.name, asked.input)?;
    if plan.machine.kind != Kind::Express {
        return Err(refusal::wrong_type());
    }
    let run = express::Run::new(&plan.machine, plan.revision, plan.name, plan.input);
    let ended = express::run(cloud, &run, request.received_at).await?;
    let mut answer = Map::new();
    answer.insert("executionArn".into(), json!(run.arn));
    answer.insert("stateMachineArn".into(), json!(plan.machine.arn()));
    answer.insert("name".into(), json!(run.name));
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
