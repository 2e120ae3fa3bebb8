//! A definition as the lints read it: flows of states with their transitions, over JSON that may be malformed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// No state's name is longer: eighty characters of at most four bytes.
const MAX_NAME_BYTES: usize = 320;
/// How often each state is walked through, on average, until what is known at it must have settled. A flow that takes
/// longer is given up.
const MAX_ROUNDS: usize = 40;

/// All flows of a definition; an outer flow comes before those inside it.
pub(super) struct MachineView<'a> {
    pub(super) flows: Vec<FlowView<'a>>,
    pub(super) timeout_s: Option<u64>,
}

/// The machine itself, a branch, or what a Map state does with an item.
pub(super) struct FlowView<'a> {
    pub(super) location: String,
    pub(super) start_at: Option<&'a str>,
    pub(super) states: Vec<StateView<'a>>,
    pub(super) inside: Option<Inside>,
    by_name: BTreeMap<&'a str, usize>,
}

/// The state that a flow lies in.
#[derive(Clone, Copy)]
pub(super) struct Inside {
    pub(super) flow: usize,
    pub(super) state: usize,
    pub(super) part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Branch,
    Items,
    /// Children are executions of their own.
    DistributedItems,
}

pub(super) struct StateView<'a> {
    pub(super) name: &'a str,
    pub(super) location: String,
    pub(super) kind: &'a str,
    pub(super) fields: &'a Map<String, Value>,
    pub(super) is_jsonata: bool,
}

/// A transition from a state to another.
#[derive(Clone, Copy)]
pub(super) struct Edge<'a> {
    pub(super) target: &'a str,
    pub(super) kind: EdgeKind,
    /// The field in the state that says so: `Next`, `Choices[0]/Next`.
    pub(super) place: EdgeField,
    /// The object that may have the `Assign` of this transition: the state, the rule or the catcher.
    pub(super) fields: &'a Map<String, Value>,
}

/// The field that names the target of a transition.
#[derive(Clone, Copy)]
pub(super) enum EdgeField {
    Next,
    Rule(usize),
    Default,
    Catcher(usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum EdgeKind {
    Ordinary,
    Caught,
}

impl<'a> MachineView<'a> {
    pub(super) fn read(definition: &'a Value) -> Self {
        let timeout_s = definition["TimeoutSeconds"].as_u64();
        let is_jsonata = definition["QueryLanguage"] == "JSONata";
        let mut machine = Self { flows: Vec::new(), timeout_s };
        let Some(root) = definition.as_object() else { return machine };
        machine.flows.push(FlowView::read(root, "", is_jsonata, None));
        // New flows are appended while the list is walked, so nesting needs no recursion.
        let mut at = 0;
        while let Some(flow) = machine.flows.get(at) {
            let inner = inner_flows(flow, at, is_jsonata);
            machine.flows.extend(inner);
            at += 1;
        }
        machine
    }

    pub(super) fn states(&self) -> impl Iterator<Item = &StateView<'a>> {
        self.flows.iter().flat_map(|flow| &flow.states)
    }

    /// The flows inside a state, at any depth.
    pub(super) fn inside(&self, flow: usize, state: usize) -> Vec<&FlowView<'a>> {
        let mut is_inside = vec![false; self.flows.len()];
        // An outer flow comes before those inside it.
        for (index, inner) in self.flows.iter().enumerate().skip(flow) {
            let Some(outer) = inner.inside else { continue };
            is_inside[index] = is_inside[outer.flow] || (outer.flow == flow && outer.state == state);
        }
        self.flows.iter().zip(is_inside).filter(|(_, is_inside)| *is_inside).map(|(flow, _)| flow).collect()
    }
}

fn inner_flows<'a>(flow: &FlowView<'a>, at: usize, is_jsonata: bool) -> Vec<FlowView<'a>> {
    let mut found = Vec::new();
    for (index, state) in flow.states.iter().enumerate() {
        let inside = |part| Some(Inside { flow: at, state: index, part });
        for (i, branch) in state.list("Branches").enumerate() {
            let location = format!("{}/Branches[{i}]", state.location);
            found.push(FlowView::read(branch, &location, is_jsonata, inside(Part::Branch)));
        }
        for name in ["ItemProcessor", "Iterator"] {
            let Some(processor) = state.fields.get(name).and_then(Value::as_object) else { continue };
            let mode = processor.get("ProcessorConfig").map(|config| &config["Mode"]);
            let part =
                if mode.is_some_and(|mode| mode == "DISTRIBUTED") { Part::DistributedItems } else { Part::Items };
            found.push(FlowView::read(processor, &format!("{}/{name}", state.location), is_jsonata, inside(part)));
        }
    }
    found
}

impl<'a> FlowView<'a> {
    /// What is known at each state when `entry` is known at the first: `hand_on` says what an edge makes of it, together
    /// with what is known at its target. `None` where no transition leads, and everywhere when it does not converge.
    pub(super) fn spread<T: Clone + PartialEq>(
        &self,
        entry: T,
        hand_on: impl Fn(&StateView<'a>, &Edge<'a>, &T, Option<&T>) -> T,
    ) -> Vec<Option<T>> {
        let mut known: Vec<Option<T>> = vec![None; self.states.len()];
        let Some(start) = self.start() else { return known };
        known[start] = Some(entry);
        let mut open = BTreeSet::from([start]);
        let mut rounds = MAX_ROUNDS.saturating_mul(self.states.len());
        while let Some(index) = open.pop_first() {
            if rounds == 0 {
                return vec![None; self.states.len()];
            }
            rounds -= 1;
            let (Some(state), Some(here)) = (self.states.get(index), known[index].clone()) else { continue };
            for edge in state.edges() {
                let Some(next) = self.index(edge.target) else { continue };
                let handed_on = hand_on(state, &edge, &here, known[next].as_ref());
                if known[next].as_ref() != Some(&handed_on) {
                    known[next] = Some(handed_on);
                    open.insert(next);
                }
            }
        }
        known
    }

    fn read(fields: &'a Map<String, Value>, location: &str, is_jsonata: bool, inside: Option<Inside>) -> Self {
        let start_at = fields.get("StartAt").and_then(Value::as_str);
        let mut states = Vec::new();
        for (name, value) in fields.get("States").and_then(Value::as_object).into_iter().flatten() {
            // AWS refuses longer names; here they would make every location long.
            let Some(fields) = value.as_object().filter(|_| name.len() <= MAX_NAME_BYTES) else { continue };
            let is_jsonata = match fields.get("QueryLanguage").and_then(Value::as_str) {
                Some(language) => language == "JSONata",
                None => is_jsonata,
            };
            let kind = fields.get("Type").and_then(Value::as_str).unwrap_or_default();
            states.push(StateView { name, location: format!("{location}/States/{name}"), kind, fields, is_jsonata });
        }
        let by_name = states.iter().enumerate().map(|(index, state)| (state.name, index)).collect();
        Self { location: location.to_owned(), start_at, states, inside, by_name }
    }

    pub(super) fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(super) fn start(&self) -> Option<usize> {
        self.index(self.start_at?)
    }

    /// The states that a state leads to.
    pub(super) fn successors(&self, state: &StateView<'a>) -> impl Iterator<Item = usize> {
        state.edges().into_iter().filter_map(|edge| self.index(edge.target))
    }

    /// For every state, whether it can be reached. Nothing is reached when there is no start.
    pub(super) fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.states.len()];
        let mut open: Vec<usize> = self.start().into_iter().collect();
        while let Some(index) = open.pop() {
            let Some(state) = self.states.get(index) else { continue };
            if !std::mem::replace(&mut reached[index], true) {
                open.extend(self.successors(state));
            }
        }
        reached
    }
}

impl<'a> StateView<'a> {
    pub(super) fn text(&self, field: &str) -> Option<&'a str> {
        self.fields.get(field).and_then(Value::as_str)
    }

    /// The objects of a field that holds a list.
    pub(super) fn list(&self, field: &str) -> impl Iterator<Item = &'a Map<String, Value>> + use<'a> {
        self.fields.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
    }

    /// Every transition out of the state.
    pub(super) fn edges(&self) -> Vec<Edge<'a>> {
        let mut edges = Vec::new();
        let mut add = |fields: &'a Map<String, Value>, name: &str, kind, place| {
            let target = fields.get(name).and_then(Value::as_str);
            edges.extend(target.map(|target| Edge { target, kind, place, fields }));
        };
        add(self.fields, "Next", EdgeKind::Ordinary, EdgeField::Next);
        let items = |field: &str| self.fields.get(field).and_then(Value::as_array).into_iter().flatten().enumerate();
        for (i, rule) in items("Choices").filter_map(|(i, rule)| Some((i, rule.as_object()?))) {
            add(rule, "Next", EdgeKind::Ordinary, EdgeField::Rule(i));
        }
        add(self.fields, "Default", EdgeKind::Ordinary, EdgeField::Default);
        for (i, catcher) in items("Catch").filter_map(|(i, catcher)| Some((i, catcher.as_object()?))) {
            add(catcher, "Next", EdgeKind::Caught, EdgeField::Catcher(i));
        }
        edges
    }
}

impl std::fmt::Display for EdgeField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Next => f.write_str("Next"),
            Self::Rule(i) => write!(f, "Choices[{i}]/Next"),
            Self::Default => f.write_str("Default"),
            Self::Catcher(i) => write!(f, "Catch[{i}]/Next"),
        }
    }
}

/// The members of a field that is a list of names.
pub(super) fn names<'a>(fields: &'a Map<String, Value>, field: &str) -> impl Iterator<Item = &'a str> {
    fields.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
