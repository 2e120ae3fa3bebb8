//! Variables that are read where no path, or not every path, of the flow has assigned them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::lint::finding::{Lint, Lints};
use crate::lint::reads;
use crate::lint::rules::LintRule;
use crate::lint::scan;
use crate::lint::view::{FlowView, MachineView, Part, StateView};

/// Every variable that is assigned anywhere, numbered.
type Numbers = BTreeMap<String, usize>;

/// A set of numbered variables.
#[derive(Clone, Debug, Default, PartialEq)]
struct Set(Vec<u64>);

/// The variables at a state: those that some path of the flow has assigned, and those that every path has.
#[derive(Clone, Debug, Default, PartialEq)]
struct Assigned {
    somewhere: Set,
    always: Set,
}

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    let numbers = numbers(machine);
    let mut known: Vec<Vec<Option<Assigned>>> = Vec::new();
    for flow in &machine.flows {
        let at_states = at_states(flow, entry(flow, &known), &numbers);
        for (state, assigned) in flow.states.iter().zip(&at_states) {
            if let Some(assigned) = assigned {
                check_state(state, assigned, &numbers, lints);
            }
        }
        known.push(at_states);
    }
}

fn numbers(machine: &MachineView<'_>) -> Numbers {
    let mut numbers = Numbers::new();
    for edge in machine.states().flat_map(StateView::edges) {
        for name in assigns(edge.fields) {
            let next = numbers.len();
            numbers.entry(name.to_owned()).or_insert(next);
        }
    }
    numbers
}

/// Branches and iterations read the variables around them; children of a distributed Map state have none.
fn entry(flow: &FlowView<'_>, known: &[Vec<Option<Assigned>>]) -> Option<Assigned> {
    match flow.inside {
        Some(inside) if inside.part != Part::DistributedItems => known.get(inside.flow)?.get(inside.state)?.clone(),
        _ => Some(Assigned::default()),
    }
}

/// What is assigned when each state starts; `None` where no transition leads to it or it is not known.
fn at_states(flow: &FlowView<'_>, entry: Option<Assigned>, numbers: &Numbers) -> Vec<Option<Assigned>> {
    let Some(entry) = entry else { return vec![None; flow.states.len()] };
    flow.spread(entry, |_, edge, before, there| {
        let mut after = before.clone();
        for number in assigns(edge.fields).filter_map(|name| numbers.get(name)) {
            after.somewhere.insert(*number);
            after.always.insert(*number);
        }
        if let Some(there) = there {
            after.somewhere.unite(&there.somewhere);
            after.always.intersect(&there.always);
        }
        after
    })
}

fn assigns(fields: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let names = fields.get("Assign").and_then(Value::as_object).into_iter().flat_map(Map::keys);
    names.map(|name| name.strip_suffix(".$").unwrap_or(name))
}

fn check_state(state: &StateView<'_>, assigned: &Assigned, numbers: &Numbers, lints: &mut Lints) {
    reads::each(state, |read| {
        let names = match state.is_jsonata {
            true => scan::jsonata_variables(read.text),
            false => scan::variables(read.text).into_iter().collect(),
        };
        for name in names {
            let is_in = |set: &Set| numbers.get(&name).is_some_and(|number| set.contains(*number));
            if !is_in(&assigned.always) {
                lints.add(lint(state, read.location, &name, is_in(&assigned.somewhere)));
            }
        }
    });
}

fn lint(state: &StateView<'_>, location: &str, name: &str, is_sometimes: bool) -> Lint {
    let (rule, message, fix) = if is_sometimes {
        (
            LintRule::VariableNotAlwaysAssigned,
            format!("`${name}` is assigned on some of the ways to \"{}\" and not on all.", state.name),
            "Assign it a first value in a state that all ways go through.".to_owned(),
        )
    } else {
        (
            LintRule::VariableNeverAssigned,
            format!("No state before \"{}\" assigns `${name}`.", state.name),
            format!("Assign `{name}` in a state before this one, in the same flow or in one around it."),
        )
    };
    Lint { rule, location: location.to_owned(), message, fix }
}

impl Set {
    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    fn contains(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    fn unite(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word |= other);
    }

    fn intersect(&mut self, other: &Self) {
        self.0.truncate(other.0.len());
        self.0.iter_mut().zip(&other.0).for_each(|(word, other)| *word &= other);
        // One form for one set, so that equal sets compare equal.
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}
