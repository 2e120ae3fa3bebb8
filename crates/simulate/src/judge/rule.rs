//! A condition as a rule of a Choice state: the engine decides it as it decides a definition's.

use asl::{Effect, EventDetails, Execution, Outcome, Start, StateMachine};
use jiff::Timestamp;
use serde_json::Value;

/// Has a machine of one Choice state decide.
///
/// # Errors
/// The rest of the sentence that says what is wrong: the rule is not true, or can't be decided.
pub(super) fn check(machine: &StateMachine, output: &Value) -> Result<(), String> {
    let start = Start::builder("rule", "rule", Timestamp::UNIX_EPOCH).input(output.to_string()).build();
    let (_, effects) = Execution::start(machine, start).map_err(|error| format!("can't be decided: {error}"))?;
    let entered = effects.iter().rev().find_map(|effect| match effect {
        Effect::Event(event) => match &event.details {
            EventDetails::StateEntered { name, .. } => Some(&**name),
            _ => None,
        },
        _ => None,
    });
    match (effects.last(), entered) {
        (Some(Effect::Ended(Outcome::Failed(failure))), _) => {
            let cause = failure.cause.as_deref().unwrap_or_default();
            Err(format!("can't be decided: {}", cause.trim_end_matches('.')))
        }
        (_, Some("true")) => Ok(()),
        _ => Err("should be true, and is not".to_owned()),
    }
}
