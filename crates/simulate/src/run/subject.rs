//! The machine that a case runs.

use std::collections::BTreeSet;

use asl::{ConditionTaken, StateMachine, StateType};
use serde_json::Value;

/// The machine that a case runs.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The definition, parsed.
    pub machine: StateMachine,
    /// The state machine's name.
    pub name: String,
    /// The ARN of the state machine, without a version.
    pub arn: String,
    /// Whether it is an express state machine.
    pub is_express: bool,
    /// The states outside of Parallel and Map states, whose variables are those of the whole execution.
    pub outermost: Vec<String>,
    /// The Map states.
    pub maps: BTreeSet<String>,
    /// Both outcomes of the conditions `?:` in its expressions.
    pub conditions: Vec<ConditionTaken>,
}

impl Subject {
    /// The machine of a definition in JSON, as it runs in the named state machine.
    ///
    /// # Errors
    /// The definition is not one that AWS takes.
    pub fn parse(definition: &str, arn: &str, is_express: bool) -> Result<Self, asl::DefinitionError> {
        let machine = StateMachine::parse(definition)?;
        let machine = if is_express { machine.with_time_limit(asl::MAX_EXPRESS_S) } else { machine };
        let value: Value = serde_json::from_str(definition).unwrap_or_default();
        let states = value.get("States").and_then(Value::as_object);
        let outermost = states.into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let maps = machine.states().filter(|(_, of)| *of == StateType::Map).map(|(name, _)| name.to_owned()).collect();
        let name = arn.rsplit(':').next().unwrap_or_default().to_owned();
        let conditions = crate::coverage::conditions(&value);
        Ok(Self { machine, name, arn: arn.to_owned(), is_express, outermost, maps, conditions })
    }

    /// The ARN of an execution of it.
    pub(super) fn execution_arn(&self, name: &str) -> String {
        let (kind, end) = if self.is_express { ("express", ":run") } else { ("execution", "") };
        format!("{}:{name}{end}", self.arn.replacen(":stateMachine:", &format!(":{kind}:"), 1))
    }
}
