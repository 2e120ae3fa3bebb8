//! The executions of a state machine, by status, time and name.

use cloud_core::{Location, Request, ServiceError};
use serde_json::{Value, json};

use super::parameters::{asked, list, location_of};
use crate::cloud::Cloud;

/// How many executions an answer has, where nothing but the status is asked for.
const PAGE: u64 = 100;
/// How many are looked at in one go, where more is asked for.
const LOOKED_AT: u64 = 1_000;
/// How often that is done for one answer.
const LOOKS: usize = 20;

/// What is looked for beside the status, which Step Functions itself looks for.
struct Wanted {
    name: String,
    /// Seconds since 1970.
    from: f64,
    to: f64,
}

/// A page of executions, newest first: `status`, a part of the `name`, started from `from` to `to` (milliseconds), `next` to go on.
pub(super) async fn executions(cloud: &Cloud, request: &Request) -> Result<Value, ServiceError> {
    let arn = asked(request, "arn")?;
    let text = |name: &str| request.query_value(name).filter(|value| !value.is_empty());
    let moment = |name: &str| text(name).and_then(|ms| ms.parse::<f64>().ok()).map(|ms| ms / 1e3);
    let wanted = Wanted {
        name: text("name").unwrap_or_default().to_lowercase(),
        from: moment("from").unwrap_or(f64::MIN),
        to: moment("to").unwrap_or(f64::MAX),
    };
    let is_plain = wanted.name.is_empty() && wanted.from == f64::MIN && wanted.to == f64::MAX;
    let of = if arn.contains(":mapRun:") { "mapRunArn" } else { "stateMachineArn" };
    let mut input = json!({ of: arn, "maxResults": if is_plain { PAGE } else { LOOKED_AT } });
    for (parameter, member) in [("status", "statusFilter"), ("next", "nextToken")] {
        if let Some(value) = text(parameter) {
            input[member] = json!(value);
        }
    }
    find(cloud, &location_of(&arn)?, input, &wanted).await
}

async fn find(cloud: &Cloud, at: &Location, mut input: Value, wanted: &Wanted) -> Result<Value, ServiceError> {
    let mut found = Vec::new();
    for _ in 0..LOOKS {
        let mut page = cloud.states(at, "ListExecutions", &input).await?;
        input["nextToken"] = page["nextToken"].take();
        let listed = list(page, "executions");
        // What comes after is older still.
        let is_past = listed.last().is_some_and(|last| started(last) < wanted.from);
        found.extend(listed.into_iter().filter(|execution| wanted.is(execution)));
        if is_past {
            input["nextToken"] = Value::Null;
        }
        if input["nextToken"].is_null() || found.len() as u64 >= PAGE {
            break;
        }
    }
    Ok(json!({ "executions": found, "next": input["nextToken"] }))
}

impl Wanted {
    fn is(&self, execution: &Value) -> bool {
        let started = started(execution);
        let name = execution["name"].as_str().unwrap_or_default();
        started >= self.from && started <= self.to && name.to_lowercase().contains(&self.name)
    }
}

fn started(execution: &Value) -> f64 {
    execution["startDate"].as_f64().unwrap_or_default()
}
