//! The two query languages: the same changes of what flows through a workflow, written in each.

use serde_json::{Value, json};

/// A query language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    JsonPath,
    Jsonata,
}

impl Language {
    /// Sets what a state gives on: `n` grows by a number, other members stay, and `i` is another one where that is given.
    pub(crate) fn grow(self, state: &mut Value, more: u64, i: Option<&str>) {
        match self {
            Self::JsonPath => {
                let i = i.map_or("$.i".to_owned(), |i| i.replace("{i}", "$.i"));
                let i_name = if i.starts_with('$') || i.starts_with("States") { "i.$" } else { "i" };
                let i = i.parse::<u64>().map_or_else(|_| json!(i), |number| json!(number));
                state["Parameters"] = json!({
                    "path.$": "$.path", "n.$": format!("States.MathAdd($.n, {more})"), i_name: i,
                    "items.$": "$.items", "pad.$": "$.pad",
                });
            }
            Self::Jsonata => {
                let i = i.map_or("$states.input.i".to_owned(), |i| {
                    i.replace("States.MathAdd({i}, 1)", "$states.input.i + 1")
                });
                state["Output"] =
                    json!(format!("{{% $merge([$states.input, {{'n': $states.input.n + {more}, 'i': {i}}}]) %}}"));
            }
        }
    }

    /// What a task is given beside what flows: which state it is, how often it was tried, and what it is to do.
    pub(crate) fn question(self, plan: &Value, token: bool) -> Value {
        let mut question = match self {
            Self::JsonPath => {
                json!({"state.$": "$$.State.Name", "attempt.$": "$$.State.RetryCount", "data.$": "$"})
            }
            Self::Jsonata => json!({
                "state": "{% $states.context.State.Name %}", "attempt": "{% $states.context.State.RetryCount %}",
                "data": "{% $states.input %}",
            }),
        };
        question["plan"] = plan.clone();
        match (self, token) {
            (Self::JsonPath, true) => question["token.$"] = json!("$$.Task.Token"),
            (Self::Jsonata, true) => question["token"] = json!("{% $states.context.Task.Token %}"),
            _ => {}
        }
        question
    }

    /// Gives a state its arguments.
    pub(crate) fn arguments(self, state: &mut Value, arguments: Value) {
        state[if self == Self::JsonPath { "Parameters" } else { "Arguments" }] = arguments;
    }

    /// Has every failure go on at another state, with `n` larger by 7.
    pub(crate) fn catch(self, state: &mut Value, next: &str) {
        state["Catch"] = match self {
            Self::JsonPath => json!([{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": next}]),
            Self::Jsonata => json!([{
                "ErrorEquals": ["States.ALL"], "Next": next,
                "Output": "{% $merge([$states.input, {'n': $states.input.n + 7, 'error': $states.errorOutput.Error}]) %}",
            }]),
        };
    }

    /// The state after one with a result of its own (`$.joined.n`) or a failure (`$.error`): what flows has its form again.
    pub(crate) fn restored(self, from: &str) -> Value {
        match self {
            Self::JsonPath => json!({"Type": "Pass", "Parameters": {
                "path.$": "$.path", "n.$": from, "i.$": "$.i", "items.$": "$.items", "pad.$": "$.pad"}}),
            Self::Jsonata => json!({"Type": "Pass"}),
        }
    }
}
