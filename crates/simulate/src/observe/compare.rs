//! Where another judge saw something else than the engine.

use asl::{Outcome, Status};

use super::path;
use crate::difference::{Extent, differences};
use crate::judge::Failure;
use crate::run::Run;

/// What the key of such a failure is.
const ABOUT: &str = "difference";

/// Every difference in how a case ends and which states it goes through; `judge` is what the other one is called. Causes are not
/// compared: they have ids in them.
pub fn compare(engine: &Run, other: &Run, judge: &str) -> Vec<Failure> {
    let mut failures = Vec::new();
    let mut add = |message: String, differences| {
        failures.push(Failure { differences, ..Failure::new(ABOUT, message) });
    };
    match (&engine.outcome, &other.outcome) {
        (Some(Outcome::Succeeded { .. }), Some(Outcome::Succeeded { .. })) => {
            let found =
                differences(&engine.output().unwrap_or_default(), &other.output().unwrap_or_default(), Extent::Whole);
            if !found.is_empty() {
                add(format!("The output is another one on {judge} than in the engine."), found);
            }
        }
        (engine, other) if shown(engine.as_ref()) != shown(other.as_ref()) => {
            let message =
                format!("It ends {} on {judge}, and {} in the engine.", shown(other.as_ref()), shown(engine.as_ref()));
            add(message, Vec::new());
        }
        _ => {}
    }
    let expected = path(&engine.history);
    let came = path(&other.history);
    if expected != came {
        let message =
            format!("It goes through {} on {judge}, and through {} in the engine.", listed(&came), listed(&expected));
        add(message, Vec::new());
    }
    failures
}

fn shown(outcome: Option<&Outcome>) -> String {
    let status = |status: Status| status.api_name().to_owned();
    match outcome {
        None => "not".to_owned(),
        Some(Outcome::Failed(failure) | Outcome::Aborted(failure)) => {
            let name = outcome.map(|outcome| status(outcome.status())).unwrap_or_default();
            format!("{name} with {}", failure.error.as_deref().unwrap_or("no error"))
        }
        Some(outcome) => status(outcome.status()),
    }
}

fn listed(states: &[&str]) -> String {
    if states.is_empty() { "no state".to_owned() } else { states.join(", ") }
}
