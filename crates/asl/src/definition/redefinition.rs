//! Variables that are assigned inside a state although they already have a value where it begins.

use std::collections::{BTreeMap, BTreeSet};

use super::express::{inner_flows, position};
use super::graph::targets;
use super::{Flow, StateIndex, StateMachine};
use crate::finding::{FindingKind, Findings};

/// How often each state is looked at, on average, until what it may know has settled. A flow that takes longer is given up.
const MAX_ROUNDS: usize = 40;

/// Names as bits: of those that more than one flow assigns, which are there.
type Names = Vec<u64>;

/// What a definition assigns, by the place of its `Assign`: `/States/A`, `/States/A/Catch[0]`.
#[derive(Debug, Default)]
pub(super) struct Assignments {
    places: BTreeMap<String, Vec<Assigned>>,
}

/// A variable that is assigned.
#[derive(Debug)]
struct Assigned {
    name: String,
    /// `/States/A/Assign/x`.
    location: String,
}

impl Assignments {
    /// What the `Assign` in a place assigns.
    fn at(&self, place: &str) -> &[Assigned] {
        self.places.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    /// What a state assigns, by itself, its rules and its catchers; not what the states inside it do.
    fn of_state(&self, machine: &StateMachine, state: StateIndex) -> impl Iterator<Item = &Assigned> {
        let state = machine.state(state);
        let location = state.map(|state| machine.location(state)).unwrap_or_default();
        let rules = state.map(|state| targets(&state.kind).len()).unwrap_or_default();
        let of_rules = (0..rules).flat_map(|i| [format!("Choices[{i}]"), format!("Catch[{i}]")]);
        let places: Vec<String> = of_rules.map(|rule| format!("{location}/{rule}")).chain([location.clone()]).collect();
        places.into_iter().flat_map(|place| self.at(&place))
    }

    /// Notes what the `Assign` in a place assigns.
    pub(super) fn add(&mut self, place: &str, name: &str, location: &str) {
        let assigned = Assigned { name: name.to_owned(), location: location.to_owned() };
        self.places.entry(place.to_owned()).or_default().push(assigned);
    }
}

/// Reports what branches and iterations assign although a transition on the way to their state may have assigned it. What the
/// state itself, or a way around it, assigns is another variable. This is what others measured AWS to refuse, in both modes of a
/// Map state.
pub(super) fn check(machine: &StateMachine, assignments: &Assignments, findings: &mut Findings) {
    let shared = shared(machine, assignments);
    if shared.is_empty() {
        return;
    }
    let numbered = shared.into_iter().zip(0..).collect();
    let analysis = Analysis { machine, assignments, numbered };
    let mut known = BTreeMap::from([(0, analysis.none())]);
    for (index, flow) in machine.flows.iter().enumerate() {
        let Some(entry) = known.remove(&index) else { continue };
        analysis.report(flow, &entry, findings);
        for (state, names) in analysis.spread(flow, entry) {
            let inside = machine.state(state).map(inner_flows).unwrap_or_default();
            let inside = inside.into_iter().filter_map(|(flow, _)| position(flow));
            known.extend(inside.map(|inner| (inner, names.clone())));
        }
    }
}

/// The names that more than one flow assigns.
fn shared<'a>(machine: &StateMachine, assignments: &'a Assignments) -> BTreeSet<&'a str> {
    let mut found = BTreeMap::new();
    let mut shared = BTreeSet::new();
    for (index, flow) in machine.flows.iter().enumerate() {
        for name in flow.states.values().flat_map(|state| assignments.of_state(machine, *state)) {
            if *found.entry(name.name.as_str()).or_insert(index) != index {
                shared.insert(name.name.as_str());
            }
        }
    }
    shared
}

struct Analysis<'a> {
    machine: &'a StateMachine,
    assignments: &'a Assignments,
    numbered: BTreeMap<&'a str, usize>,
}

impl Analysis<'_> {
    fn none(&self) -> Names {
        vec![0; self.numbered.len().div_ceil(64)]
    }

    fn has(&self, names: &Names, name: &str) -> bool {
        let number = self.numbered.get(name);
        number.is_some_and(|number| names.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 == 1))
    }

    fn report(&self, flow: &Flow, entry: &Names, findings: &mut Findings) {
        for assigned in flow.states.values().flat_map(|state| self.assignments.of_state(self.machine, *state)) {
            if self.has(entry, &assigned.name) {
                let message = format!("The variable name '{}' was already defined in a parent scope.", assigned.name);
                findings.add(FindingKind::DuplicateVariableName, Some(assigned.location.clone()), message);
            }
        }
    }

    /// What may have been assigned before each state, when a flow begins with `entry`.
    fn spread(&self, flow: &Flow, entry: Names) -> BTreeMap<StateIndex, Names> {
        let mut before = BTreeMap::new();
        let Some(start) = flow.states.get(&flow.start_at.name) else {
            return before;
        };
        before.insert(*start, entry);
        let mut waiting = BTreeSet::from([*start]);
        let mut rounds = flow.states.len() * MAX_ROUNDS;
        while let Some(index) = waiting.pop_first() {
            let (Some(state), Some(left)) = (self.machine.state(index), rounds.checked_sub(1)) else {
                return BTreeMap::new();
            };
            rounds = left;
            let known = before.get(&index).cloned().unwrap_or_else(|| self.none());
            let location = self.machine.location(state);
            for (target, field) in targets(&state.kind) {
                let Some(next) = flow.states.get(&target.name) else { continue };
                let mut names = known.clone();
                self.assign(&mut names, &place(&location, &field));
                if merge(&mut before, *next, &names) {
                    waiting.insert(*next);
                }
            }
        }
        before
    }

    fn assign(&self, names: &mut Names, place: &str) {
        for assigned in self.assignments.at(place) {
            let Some(number) = self.numbered.get(assigned.name.as_str()) else { continue };
            if let Some(word) = names.get_mut(number / 64) {
                *word |= 1 << (number % 64);
            }
        }
    }
}

/// Where the `Assign` of a transition is: beside the `Next` that names its target.
fn place(state: &str, field: &str) -> String {
    field.rsplit_once('/').map_or_else(|| state.to_owned(), |(rule, _)| format!("{state}/{rule}"))
}

/// Adds names to those that are known before a state, and whether there are more now.
fn merge(before: &mut BTreeMap<StateIndex, Names>, state: StateIndex, names: &Names) -> bool {
    let Some(known) = before.get_mut(&state) else {
        before.insert(state, names.clone());
        return true;
    };
    let mut has_more = false;
    for (word, more) in known.iter_mut().zip(names) {
        has_more |= *more & !*word != 0;
        *word |= more;
    }
    has_more
}

#[cfg(test)]
mod tests {
    use super::*;

    const INNER: &str =
        r#""Type":"Parallel","Branches":[{"StartAt":"B","States":{"B":{"Type":"Pass","Assign":{"x":1},"End":true}}}]"#;

    fn found(states: &str) -> String {
        let read = StateMachine::parse(&format!(r#"{{"StartAt":"A","States":{{{states}}}}}"#));
        read.err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_a_way_into_a_state_assigns_is_not_assigned_inside() {
        let refused =
            "DUPLICATE_VARIABLE_NAME: The variable name 'x' was already defined in a parent scope. at /States/P";
        let call = r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"}"#;
        let fine = r#""D":{"Type":"Succeed"}"#;
        let parallel = |then: &str| format!(r#""P":{{{INNER},{then}}}"#);
        for states in [
            format!(r#""A":{{"Type":"Pass","Assign":{{"x":1}},"Next":"P"}},{}"#, parallel(r#""End":true"#)),
            // Through another state.
            format!(
                r#""A":{{"Type":"Pass","Assign":{{"x":1}},"Next":"C"}},"C":{{"Type":"Pass","Next":"P"}},{}"#,
                parallel(r#""End":true"#)
            ),
            // By a rule, by its own default, by a catcher.
            format!(
                r#""A":{{"Type":"Choice","Choices":[{{"Variable":"$","IsPresent":true,"Assign":{{"x":1}},"Next":"P"}}],"Default":"D"}},{fine},{}"#,
                parallel(r#""End":true"#)
            ),
            format!(
                r#""A":{{"Type":"Choice","Choices":[{{"Variable":"$","IsPresent":true,"Next":"D"}}],"Default":"P","Assign":{{"x":1}}}},{fine},{}"#,
                parallel(r#""End":true"#)
            ),
            format!(
                r#""A":{{{call},"Catch":[{{"ErrorEquals":["States.ALL"],"Assign":{{"x":1}},"Next":"P"}}],"End":true}},{}"#,
                parallel(r#""End":true"#)
            ),
            // Around a loop.
            format!(
                r#""A":{{"Type":"Pass","Next":"P"}},{},{fine},"L":{{"Type":"Choice","Choices":[{{"Variable":"$","IsPresent":true,"Next":"A"}}],"Default":"D"}}"#,
                parallel(r#""Assign":{"x":2},"Next":"L""#)
            ),
        ] {
            let problem = found(&states);
            assert!(problem.starts_with(refused), "{states}: {problem}");
        }
    }

    #[test]
    fn what_no_way_into_a_state_assigns_is_assigned_inside() {
        let call = r#""Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"f"}"#;
        for states in [
            // Its own, one behind it, one of another way, and one of a task that was caught.
            format!(r#""A":{{{INNER},"Assign":{{"x":2}},"End":true}}"#),
            format!(r#""A":{{{INNER},"Next":"C"}},"C":{{"Type":"Pass","Assign":{{"x":2}},"End":true}}"#),
            format!(r#""A":{{"Type":"Choice","Choices":[{{"Variable":"$","IsPresent":true,"Assign":{{"x":1}},"Next":"D"}}],"Default":"P"}},"D":{{"Type":"Succeed"}},"P":{{{INNER},"End":true}}"#),
            format!(r#""A":{{{call},"Assign":{{"x":1}},"Catch":[{{"ErrorEquals":["States.ALL"],"Next":"P"}}],"End":true}},"P":{{{INNER},"End":true}}"#),
            r#""A":{"Type":"Parallel","Branches":[{"StartAt":"B","States":{"B":{"Type":"Pass","Assign":{"x":1},"End":true}}},{"StartAt":"C","States":{"C":{"Type":"Pass","Assign":{"x":1},"End":true}}}],"End":true}"#.to_owned(),
        ] {
            assert_eq!(found(&states), "", "{states}");
        }
    }

    #[test]
    fn what_is_known_outside_is_known_at_every_depth() {
        let inner = r#""C":{"Type":"Map","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"D","States":{"D":{"Type":"Pass","Assign":{"x":1,"y":2},"End":true}}},"End":true}"#;
        let states = format!(
            r#""A":{{"Type":"Pass","Assign":{{"x":1}},"Next":"P"}},"P":{{"Type":"Parallel","Branches":[{{"StartAt":"B","States":{{"B":{{"Type":"Pass","Assign":{{"y":1}},"Next":"C"}},{inner}}}}}],"End":true}}"#
        );
        insta::assert_snapshot!(found(&states).replace(", DUP", "\nDUP"), @r#"
        DUPLICATE_VARIABLE_NAME: The variable name 'x' was already defined in a parent scope. at /States/P/Branches[0]/States/C/ItemProcessor/States/D/Assign/x
        DUPLICATE_VARIABLE_NAME: The variable name 'y' was already defined in a parent scope. at /States/P/Branches[0]/States/C/ItemProcessor/States/D/Assign/y
        "#);
    }
}
