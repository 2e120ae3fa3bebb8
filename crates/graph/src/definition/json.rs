//! A graph as data, for programs.

use serde_json::{Value, json};

use super::{Graph, TransitionKind};
use crate::status::Statuses;

impl Graph {
    /// The states and transitions: `states` (each with `number`, `name`, `type`, `detail`, `inside`: the number of the state that
    /// it lies in, `start`: whether its flow begins with it, `ends`, and `status`, `entered`, `left`, `tries` with statuses) and
    /// `transitions` (`from`, `to`, `kind`, `conditions`).
    pub fn to_json(&self, statuses: Option<&Statuses>) -> Value {
        let mut states: Vec<Value> = Vec::with_capacity(self.states.len());
        for (number, state) in self.states.iter().enumerate() {
            let mut value = json!({
                "number": number,
                "name": state.name,
                "type": state.kind.map(|kind| kind.name()),
                "detail": state.detail,
                "inside": null,
                "start": false,
                "ends": state.ends || state.is_terminal(),
            });
            if let Some(progress) = statuses.map(|statuses| statuses.progress(&state.name)) {
                value["status"] = json!(progress.status.words());
                value["entered"] = json!(progress.entered);
                value["left"] = json!(progress.left);
                value["tries"] = json!(progress.tries);
            }
            states.push(value);
        }
        for flow in &self.flows {
            for state in &flow.states {
                if let Some(value) = states.get_mut(*state) {
                    value["inside"] = json!(flow.outer);
                    value["start"] = json!(flow.start == Some(*state));
                }
            }
        }
        let transitions = self
            .flows
            .iter()
            .flat_map(|flow| &flow.transitions)
            .map(|it| json!({ "from": it.from, "to": it.to, "kind": it.kind.name(), "conditions": it.conditions }));
        json!({ "states": states, "transitions": transitions.collect::<Vec<_>>() })
    }
}

impl TransitionKind {
    fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Rule => "rule",
            Self::Default => "default",
            Self::Caught => "caught",
        }
    }
}
