//! Lambda tasks that are not retried on errors that pass by themselves.

use serde_json::Value;

use crate::lint::finding::{Lint, Lints};
use crate::lint::rules::LintRule;
use crate::lint::view::{MachineView, StateView, names};
use crate::resource::TaskResource;

/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html#bp-lambda-serviceexception>.
const TRANSIENT: [&str; 5] = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
];

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    let mut around: Vec<[bool; TRANSIENT.len()]> = Vec::new();
    for flow in &machine.flows {
        // A Parallel or Map state around the task that is retried runs the task again too.
        let outside = flow.inside.and_then(|inside| {
            let state = machine.flows.get(inside.flow)?.states.get(inside.state)?;
            Some(retried(state, *around.get(inside.flow)?))
        });
        let outside = outside.unwrap_or_default();
        for state in flow.states.iter().filter(|state| calls_function(state)) {
            let retried = retried(state, outside);
            let missing: Vec<&str> =
                TRANSIENT.into_iter().zip(retried).filter(|(_, is)| !is).map(|(error, _)| error).collect();
            if !missing.is_empty() {
                lints.add(lint(state, &missing));
            }
        }
        around.push(outside);
    }
}

fn lint(state: &StateView<'_>, missing: &[&str]) -> Lint {
    let names = missing.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    Lint {
        rule: LintRule::LambdaWithoutRetry,
        location: state.location.clone(),
        message: message(state, missing),
        fix: format!(
            "Add to its Retry: {{\"ErrorEquals\": [{names}], \"IntervalSeconds\": 1, \"MaxAttempts\": 3, \
             \"BackoffRate\": 2}}."
        ),
    }
}

fn message(state: &StateView<'_>, missing: &[&str]) -> String {
    let name = state.name;
    if missing.len() == TRANSIENT.len() {
        return format!("\"{name}\" invokes a function and is not retried on the transient errors of Lambda.");
    }
    format!("\"{name}\" invokes a function and is not retried on {}.", missing.join(", "))
}

fn calls_function(state: &StateView<'_>) -> bool {
    let resource = state.text("Resource").filter(|_| state.kind == "Task").and_then(TaskResource::parse);
    match resource {
        Some(TaskResource::Lambda { .. }) => true,
        Some(TaskResource::Service { resource_type, resource, .. }) => {
            resource_type == "lambda" && resource.starts_with("invoke")
        }
        _ => false,
    }
}

/// Which of the transient errors are retried, here or around.
fn retried(state: &StateView<'_>, mut retried: [bool; TRANSIENT.len()]) -> [bool; TRANSIENT.len()] {
    let mut is_decided = [false; TRANSIENT.len()];
    for retrier in state.list("Retry") {
        let tries = retrier.get("MaxAttempts").and_then(Value::as_u64) != Some(0);
        for name in names(retrier, "ErrorEquals") {
            for (i, error) in TRANSIENT.into_iter().enumerate() {
                // The first retrier that names an error is the one that counts.
                if !is_decided[i] && (name == error || name == "States.ALL" || name == "States.TaskFailed") {
                    is_decided[i] = true;
                    retried[i] |= tries;
                }
            }
        }
    }
    retried
}
