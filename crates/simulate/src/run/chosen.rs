//! Which mock answers a call, and what to write where none does.

use std::collections::BTreeMap;

use asl::TaskResource;
use serde_json::Value;

use super::ran::{Call, Problem};
use crate::case::{Case, Mock};
use crate::toml_text::toml_key;

/// The mocks of a case, with how often each has answered.
pub(super) struct Mocks<'c> {
    case: &'c Case,
    answered: BTreeMap<(String, usize), u64>,
    calls: BTreeMap<String, u64>,
}

impl<'c> Mocks<'c> {
    pub(super) fn new(case: &'c Case) -> Self {
        Self { case, answered: BTreeMap::new(), calls: BTreeMap::new() }
    }

    /// The mock that answers a call: the first that fits and is not used up.
    pub(super) fn choose(&mut self, call: &Call) -> Result<&'c Mock, Problem> {
        let number = self.calls.entry(call.state.clone()).or_default();
        *number += 1;
        let Some(mocks) = self.case.mocks.get(&call.state) else {
            return Err(missing(call));
        };
        for (position, mock) in mocks.answers.iter().enumerate() {
            let used = self.answered.entry((call.state.clone(), position)).or_default();
            if mock.fits(call) && mock.times.is_none_or(|times| *used < times) {
                *used += 1;
                return Ok(mock);
            }
        }
        Err(Problem::UsedUp {
            state: call.state.clone(),
            number: *number,
            place: shown_place(call),
            attempt: call.attempt,
            count: mocks.answers.len(),
            input: call.input.clone(),
        })
    }
}

impl Mock {
    fn fits(&self, call: &Call) -> bool {
        let index = call.place.last().map(|(_, index)| *index);
        self.index.is_none_or(|wanted| index == Some(wanted))
            && self.attempt.is_none_or(|wanted| wanted == call.attempt)
    }
}

fn shown_place(call: &Call) -> String {
    let parts: Vec<String> = call.place.iter().map(|(state, index)| format!("{state}[{index}]")).collect();
    if parts.is_empty() { String::new() } else { format!(" in {}", parts.join(", ")) }
}

fn missing(call: &Call) -> Problem {
    Problem::NoMock {
        state: call.state.clone(),
        target: target(&call.resource, &call.input),
        input: call.input.clone(),
        advice: advice(call),
    }
}

/// What a task calls, for people.
pub(crate) fn target(resource: &TaskResource, input: &str) -> String {
    match resource {
        TaskResource::Lambda { arn } => format!("the function {}", arn.rsplit("function:").next().unwrap_or(arn)),
        TaskResource::Activity { arn } => format!("the activity {}", arn.rsplit(':').next().unwrap_or(arn)),
        TaskResource::Service { resource_type, resource, .. } => {
            let parameters: Value = serde_json::from_str(input).unwrap_or_default();
            let function = parameters.get("FunctionName").and_then(Value::as_str);
            match function.filter(|_| resource_type == "lambda") {
                Some(function) => {
                    format!("{resource_type}:{resource} of {}", function.rsplit("function:").next().unwrap_or(function))
                }
                None => format!("{resource_type}:{resource}"),
            }
        }
    }
}

/// The lines that would mock a call, in TOML.
fn advice(call: &Call) -> String {
    let name = toml_key(&call.state);
    let answer = match &call.resource {
        TaskResource::Service { resource_type, resource, .. } if resource_type == "lambda" && resource == "invoke" => {
            "payload = {}"
        }
        TaskResource::Service { resource_type, resource, .. }
            if resource_type == "states" && resource.starts_with("startExecution.sync") =>
        {
            "execution = { output = {} }"
        }
        _ => "return = {}",
    };
    format!("[cases.mocks.{name}]\n{answer}")
}
