//! Reads a definition that may be malformed: what is not as it should be is left out.

use std::collections::BTreeMap;

use asl::StateType;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::condition::condition;
use super::detail::detail;
use super::{Flow, Graph, State, Transition, TransitionKind};
use crate::shown::shown;

impl Graph {
    /// Reads a definition. Any JSON is taken: what is no state machine has no states.
    pub fn read(definition: &Value) -> Self {
        let mut graph = Self { states: Vec::new(), flows: Vec::new() };
        let Some(root) = definition.as_object() else { return graph };
        // New flows are appended while the list is walked, so nesting needs no recursion.
        let mut open = vec![(root, None)];
        let mut at = 0;
        while let Some((fields, outer)) = open.get(at).copied() {
            let inner = graph.read_flow(fields, outer);
            open.extend(inner);
            at += 1;
        }
        graph
    }

    /// Adds a flow and its states; the flows inside them are to be read after it.
    fn read_flow<'a>(
        &mut self,
        fields: &'a Map<String, Value>,
        outer: Option<usize>,
    ) -> Vec<(&'a Map<String, Value>, Option<usize>)> {
        let number = self.flows.len();
        if let Some(outer) = outer.and_then(|outer| self.states.get_mut(outer)) {
            outer.inner.push(number);
        }
        let given = fields.get("States").and_then(Value::as_object).into_iter().flatten();
        let given: Vec<(&String, &Map<String, Value>)> =
            given.filter_map(|(name, value)| Some((name, value.as_object()?))).collect();
        let mut reader = FlowReader { states: &mut self.states, numbers: BTreeMap::new(), found: Vec::new() };
        for (name, fields) in &given {
            reader.add(name, Some(fields));
        }
        let start = fields.get("StartAt").and_then(Value::as_str).map(|name| reader.number(name));
        let mut transitions: Vec<Transition> = Vec::new();
        for (name, fields) in &given {
            let from = reader.number(name);
            for (target, kind, condition) in targets(fields) {
                let to = reader.number(target);
                let same = |it: &&mut Transition| it.from == from && it.to == to && it.kind == kind;
                match transitions.iter_mut().rev().take_while(|it| it.from == from).find(same) {
                    Some(known) => known.conditions.extend(condition),
                    None => transitions.push(Transition { from, to, kind, conditions: Vec::from_iter(condition) }),
                }
            }
        }
        let inner = given.iter().flat_map(|(name, fields)| {
            let outer = reader.numbers.get(name.as_str()).copied();
            inner_flows(fields).into_iter().map(move |flow| (flow, outer))
        });
        let inner = inner.collect();
        let states = reader.found;
        self.flows.push(Flow { outer, start, states, transitions });
        inner
    }
}

/// The states of one flow while it is read.
struct FlowReader<'a, 'b> {
    states: &'a mut Vec<State>,
    numbers: BTreeMap<&'b str, usize>,
    found: Vec<usize>,
}

impl<'b> FlowReader<'_, 'b> {
    /// A state's number; one that is not there is added as missing.
    fn number(&mut self, name: &'b str) -> usize {
        match self.numbers.get(name) {
            Some(number) => *number,
            None => self.add(name, None),
        }
    }

    fn add(&mut self, name: &'b str, fields: Option<&Map<String, Value>>) -> usize {
        let number = self.states.len();
        let kind = fields.and_then(|fields| StateType::deserialize(fields.get("Type")?).ok());
        self.states.push(State {
            name: name.to_owned(),
            shown: shown(name),
            kind,
            detail: fields.zip(kind).map(|(fields, kind)| shown(&detail(kind, fields))).unwrap_or_default(),
            inner: Vec::new(),
            is_missing: fields.is_none(),
            ends: fields.is_some_and(|fields| fields.get("End") == Some(&Value::Bool(true))),
        });
        self.numbers.insert(name, number);
        self.found.push(number);
        number
    }
}

/// Where a state leads, each with what must hold.
fn targets<'a>(fields: &'a Map<String, Value>) -> Vec<(&'a str, TransitionKind, Option<String>)> {
    let text = |fields: &'a Map<String, Value>, name: &str| fields.get(name).and_then(Value::as_str);
    let list =
        |name: &str| fields.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
    let mut targets = Vec::new();
    targets.extend(text(fields, "Next").map(|target| (target, TransitionKind::Next, None)));
    targets.extend(
        list("Choices")
            .filter_map(|rule| Some((text(rule, "Next")?, TransitionKind::Rule, Some(shown(&condition(rule)))))),
    );
    targets
        .extend(text(fields, "Default").map(|target| (target, TransitionKind::Default, Some("otherwise".to_owned()))));
    targets.extend(list("Catch").filter_map(|catcher| {
        let errors = catcher.get("ErrorEquals").and_then(Value::as_array).into_iter().flatten();
        let errors: Vec<&str> = errors.filter_map(Value::as_str).map(short_error).collect();
        Some((text(catcher, "Next")?, TransitionKind::Caught, Some(shown(&errors.join(", ")))))
    }));
    targets
}

/// An error's name as it is shown: the one that stands for all is called so.
fn short_error(name: &str) -> &str {
    if name == "States.ALL" { "any error" } else { name }
}

fn inner_flows(fields: &Map<String, Value>) -> Vec<&Map<String, Value>> {
    let branches = fields.get("Branches").and_then(Value::as_array).into_iter().flatten();
    let items = ["ItemProcessor", "Iterator"].into_iter().filter_map(|name| fields.get(name));
    branches.chain(items).filter_map(Value::as_object).collect()
}
