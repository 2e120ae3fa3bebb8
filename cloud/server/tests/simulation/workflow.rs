//! Random workflows whose outcome does not depend on when something happens, so that a run with crashes can be compared with
//! one without.
//!
//! What flows through a workflow is `{"path", "n", "i", "items", "pad"}`: `path` says where it is (the workflow, then the items
//! of Map states around), `n` changes with every step, `i` counts loops, `pad` makes it large. At most one branch or item of a
//! state can fail, so that which one fails first is no question of time.

use serde_json::{Map, Value, json};

use crate::draw::Draw;
use crate::language::Language;

/// The wait in which an execution is stopped: longer than a run takes.
const LONGEST_WAIT_S: u64 = 9_000_000;

/// What workflows call.
#[derive(Debug, Clone)]
pub(crate) struct Callees {
    pub(crate) function: String,
    pub(crate) activity: String,
    /// A state machine for `startExecution`.
    pub(crate) child: String,
    pub(crate) role: String,
}

/// A workflow of one execution.
#[derive(Debug, Clone)]
pub(crate) struct Workflow {
    pub(crate) name: String,
    pub(crate) definition: Value,
    pub(crate) input: Value,
    pub(crate) is_express: bool,
    /// When its execution starts, in ms after the run.
    pub(crate) start_ms: u64,
    /// When it is stopped, if it is.
    pub(crate) stop_ms: Option<u64>,
    /// Whether what its abandoned branches and items have done depends on the time.
    pub(crate) is_cut_short: bool,
}

/// The states of a flow, and what it came to while it was made.
pub(crate) struct Maker<'a> {
    pub(crate) draw: &'a Draw,
    pub(crate) language: Language,
    pub(crate) callees: &'a Callees,
    pub(crate) is_express: bool,
    last_name: u64,
    /// Whether a failure may leave the flow that is being made.
    pub(crate) may_fail: bool,
    pub(crate) can_fail: bool,
    pub(crate) is_cut_short: bool,
    /// Inside of a Map or Parallel, whose failure cuts others short.
    pub(crate) depth: u64,
}

impl Workflow {
    pub(crate) fn new(name: String, draw: &Draw, callees: &Callees) -> Self {
        let is_express = draw.once_in(8);
        let mut maker = Maker {
            draw,
            language: if draw.once_in(2) { Language::JsonPath } else { Language::Jsonata },
            callees,
            is_express,
            last_name: 0,
            may_fail: draw.once_in(4),
            can_fail: false,
            is_cut_short: false,
            depth: 0,
        };
        let mut definition = maker.flow(draw.between(1, 6));
        if maker.language == Language::Jsonata {
            definition.insert("QueryLanguage".to_owned(), json!("JSONata"));
        }
        let stop_ms = (!is_express && draw.once_in(10)).then(|| draw.between(1_000, 400_000));
        if stop_ms.is_some() {
            // It is stopped while it waits for longer than the run takes. One that could fail before would end with what
            // comes first, and crashes delay what comes after its start, but not the stop.
            maker.may_fail = false;
            definition = maker.waits_for_ever();
        }
        // Every event that tells what flows grows by it: more of the large ones would cost more than all else.
        let pad = if draw.once_in(30) { 20_000 } else { *draw.one_of(&[0, 0, 0, 10, 10, 1_000]) };
        let input = json!({"path": name, "n": draw.below(10), "i": 0, "items": [0, 1, 2], "pad": "x".repeat(pad)});
        Self {
            input,
            definition: Value::Object(definition),
            is_express,
            start_ms: *draw.one_of(&[0, 0, 1_000, draw.below(60_000), draw.below(60_000)]),
            stop_ms,
            is_cut_short: maker.is_cut_short,
            name,
        }
    }

    /// Whether it was stopped before it came to the wait that it was to be stopped in: how far it came depends on the time.
    pub(crate) fn is_stopped_early(&self, events: &[Value]) -> bool {
        let states = self.definition["States"].as_object().into_iter().flatten();
        let last = states.filter(|(_, state)| state["Seconds"] == LONGEST_WAIT_S).map(|(name, _)| name).next();
        let has_come = |name: &String| events.iter().any(|event| event["stateEnteredEventDetails"]["name"] == **name);
        self.stop_ms.is_some() && !last.is_some_and(has_come)
    }
}

impl Maker<'_> {
    /// A flow of some steps, one after the other.
    pub(crate) fn flow(&mut self, steps: u64) -> Map<String, Value> {
        let names: Vec<String> = (0..steps).map(|_| self.name()).collect();
        let mut states = Map::new();
        for (place, name) in names.iter().enumerate() {
            let next = names.get(place + 1).map(String::as_str);
            self.step(&mut states, name, next);
        }
        let mut flow = Map::new();
        flow.insert("StartAt".to_owned(), json!(names[0]));
        flow.insert("States".to_owned(), Value::Object(states));
        flow
    }

    fn waits_for_ever(&mut self) -> Map<String, Value> {
        let names = [self.name(), self.name()];
        let mut states = Map::new();
        self.step(&mut states, &names[0], Some(&names[1]));
        states.insert(names[1].clone(), json!({"Type": "Wait", "Seconds": LONGEST_WAIT_S, "End": true}));
        let mut flow = Map::new();
        flow.insert("StartAt".to_owned(), json!(names[0]));
        flow.insert("States".to_owned(), Value::Object(states));
        if self.language == Language::Jsonata {
            flow.insert("QueryLanguage".to_owned(), json!("JSONata"));
        }
        flow
    }

    pub(crate) fn name(&mut self) -> String {
        self.last_name += 1;
        format!("S{}", self.last_name)
    }

    /// A flow of a branch or of items, which may fail or not.
    pub(crate) fn inner(&mut self, may_fail: bool) -> (Map<String, Value>, bool) {
        let outer = (self.may_fail, self.can_fail);
        (self.may_fail, self.can_fail) = (may_fail, false);
        self.depth += 1;
        let flow = self.flow(self.draw.between(1, 3));
        self.depth -= 1;
        let can_fail = self.can_fail;
        (self.may_fail, self.can_fail) = outer;
        (flow, can_fail)
    }
}

/// Where a state goes.
pub(crate) fn go(state: &mut Value, next: Option<&str>) {
    match next {
        Some(next) => state["Next"] = json!(next),
        None => state["End"] = json!(true),
    }
}
