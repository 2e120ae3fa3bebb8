//! What JSONata expressions of a state read: `$states` and the variables in scope.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::document::Document;
use crate::execution::branch::Branch;
use crate::execution::data::context::StateContext;
use crate::path::Context;
use jsonata::Bindings;

/// The names that an expression of one field may read.
pub(crate) struct StateBindings<'a> {
    branch: &'a Branch,
    context: &'a StateContext<'a>,
    states: StatesVariable<'a>,
    built: OnceCell<Value>,
}

/// `$states` without its context.
#[derive(Clone, Copy)]
pub(crate) struct StatesVariable<'a> {
    /// The state's raw input.
    pub(crate) input: &'a Document,
    /// The result of its task, branches or iterations.
    pub(crate) result: Option<&'a Document>,
    /// The error output of a catcher.
    pub(crate) error_output: Option<&'a Document>,
}

impl<'a> StatesVariable<'a> {
    pub(crate) fn of_input(input: &'a Document) -> Self {
        Self { input, result: None, error_output: None }
    }
}

impl<'a> StateBindings<'a> {
    pub(crate) fn new(branch: &'a Branch, context: &'a StateContext<'a>, states: StatesVariable<'a>) -> Self {
        Self { branch, context, states, built: OnceCell::new() }
    }

    fn build(&self) -> Value {
        let mut states = Map::new();
        states.insert("input".to_owned(), self.states.input.value().clone());
        for (name, part) in [("result", self.states.result), ("errorOutput", self.states.error_output)] {
            if let Some(part) = part {
                states.insert(name.to_owned(), part.value().clone());
            }
        }
        states.insert("context".to_owned(), self.context.object().clone());
        Value::Object(states)
    }
}

impl Bindings for StateBindings<'_> {
    fn value(&self, variable: &str) -> Option<Cow<'_, Value>> {
        match variable {
            "states" => Some(Cow::Borrowed(self.built.get_or_init(|| self.build()))),
            name => self.branch.variables.get(name).map(Cow::Borrowed),
        }
    }

    fn states(&self, field: &str) -> Option<Cow<'_, Value>> {
        let value = match field {
            "input" => self.states.input.value(),
            "result" => self.states.result?.value(),
            "errorOutput" => self.states.error_output?.value(),
            "context" => self.context.object(),
            _ => return None,
        };
        Some(Cow::Borrowed(value))
    }

    fn now(&self) -> Timestamp {
        self.context.now()
    }

    fn random(&self) -> u64 {
        self.context.random()
    }

    fn decided(&self, expression: &str, at: usize, is_true: bool) {
        if let Some(decisions) = self.context.decisions() {
            decisions.note_condition(&self.branch.state, expression, at, is_true);
        }
    }
}
