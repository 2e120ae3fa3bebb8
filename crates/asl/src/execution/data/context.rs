//! The Context Object: what a definition reads with `$$.` or `$states.context`.

use std::cell::{Cell, OnceCell};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::definition::StateMachine;
use crate::execution::Execution;
use crate::execution::branch::Branch;
use crate::execution::data::decision::Decisions;
use crate::execution::data::inspection::Probe;
use crate::path::Context;
use crate::random::number;
use crate::timestamp;

/// The Context Object of a branch's state, built when it is first read.
pub(crate) struct StateContext<'a> {
    machine: &'a StateMachine,
    execution: &'a Execution,
    branch: &'a Branch,
    token: Option<&'a str>,
    item: Option<MapItem<'a>>,
    probe: Option<&'a Probe>,
    /// Where the conditions of expressions are noted, if anybody wants to know them.
    decisions: Option<&'a Decisions>,
    built: OnceCell<Value>,
    drawn: Cell<u64>,
}

/// `Map.Item`: the item of a Map state for which an iteration starts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MapItem<'a> {
    /// Its index, from 0.
    pub(crate) index: u64,
    /// The item itself.
    pub(crate) value: &'a Value,
    /// The member's name, when the items are the members of an object.
    pub(crate) key: Option<&'a str>,
    /// The object that an `ItemReader` has read it from.
    pub(crate) source: Option<&'a str>,
}

impl<'a> StateContext<'a> {
    pub(crate) fn new(machine: &'a StateMachine, execution: &'a Execution, branch: &'a Branch) -> Self {
        let built = OnceCell::new();
        let drawn = Cell::new(0);
        Self { machine, execution, branch, token: None, item: None, probe: None, decisions: None, built, drawn }
    }

    /// Where conditions of expressions are noted.
    pub(crate) fn noting(self, decisions: Option<&'a Decisions>) -> Self {
        Self { decisions, ..self }
    }

    pub(crate) fn decisions(&self) -> Option<&'a Decisions> {
        self.decisions
    }

    /// As the test of a state has it.
    pub(crate) fn probed(self, probe: Option<&'a Probe>) -> Self {
        Self { probe, ..self }
    }

    /// Adds the task token of a state that has one.
    pub(crate) fn with_token(self, token: Option<&'a str>) -> Self {
        Self { token, built: OnceCell::new(), ..self }
    }

    /// Adds the item for which an `ItemSelector` is evaluated. The object built for the item before is used again.
    pub(crate) fn with_item(self, item: MapItem<'a>, built_before: Option<Value>) -> Self {
        let built = built_before.map(|mut object| {
            object["Map"] = json!({ "Item": item.build() });
            OnceCell::from(object)
        });
        // All items of a Map Run are selected in one step; each has random numbers of its own.
        let drawn = Cell::new(item.index.wrapping_shl(20));
        Self { item: Some(item), built: built.unwrap_or_default(), drawn, ..self }
    }

    /// The object, if it was built.
    pub(crate) fn into_built(self) -> Option<Value> {
        self.built.into_inner()
    }

    /// The instant of the current step.
    pub(crate) fn now(&self) -> Timestamp {
        self.execution.latest
    }

    fn build(&self) -> Value {
        let mut object = match self.probe.and_then(|probe| probe.context.as_ref()) {
            Some(given) => given.clone(),
            None => self.made(),
        };
        let around = self.probe.and_then(|probe| probe.map_item.clone());
        if let Some(item) = self.item.as_ref().map(MapItem::build).or(around).filter(|_| object.get("Map").is_none()) {
            object["Map"] = json!({ "Item": item });
        }
        object
    }

    fn made(&self) -> Value {
        let context = &self.execution.context;
        let mut execution = json!({
            "Id": context.execution_arn,
            "Input": self.execution.input.value(),
            "StartTime": timestamp::with_milliseconds(context.start_time),
            "Name": context.execution_name,
            "RoleArn": Some(&context.role_arn).filter(|role| !role.is_empty()),
        });
        if let Some(count) = context.redrive_count {
            execution["RedriveCount"] = count.into();
        }
        if let Some(redrive_time) = context.redrive_time {
            execution["RedriveTime"] = timestamp::with_milliseconds(redrive_time).into();
        }
        let entered = timestamp::with_milliseconds(self.branch.entered_at);
        let mut state = json!({ "Name": self.branch.state, "EnteredTime": entered });
        // AWS shows `State.RetryCount` where retrying is possible.
        if self.machine.state(self.branch.at).is_some_and(|state| state.kind.recovery().is_some()) {
            state["RetryCount"] = self.branch.retry_count().into();
        }
        let machine = json!({ "Id": context.state_machine_arn, "Name": context.state_machine_name });
        let mut object = json!({ "Execution": execution, "StateMachine": machine, "State": state });
        if let Some(token) = self.token {
            object["Task"] = json!({ "Token": token });
        }
        object
    }
}

impl MapItem<'_> {
    fn build(&self) -> Value {
        let mut item = json!({ "Index": self.index });
        if let Some(key) = self.key {
            item["Key"] = key.into();
        }
        item["Value"] = self.value.clone();
        if let Some(source) = self.source {
            item["Source"] = source.into();
        }
        item
    }
}

impl Context for StateContext<'_> {
    fn object(&self) -> &Value {
        self.built.get_or_init(|| self.build())
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.branch.variables.get(name)
    }

    fn random(&self) -> u64 {
        let n = self.drawn.get();
        self.drawn.set(n + 1);
        // No two states see the same numbers: there are events between them.
        let base = number(self.execution.seed, self.execution.last_event_id);
        number(base, n)
    }
}
