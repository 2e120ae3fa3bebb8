//! Checks of the transitions: every target exists, every state can be reached, something ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{DataFlow, Flow, FlowIndex, NextOrEnd, State, StateIndex, StateKind, StateMachine, Target};
use crate::finding::{FindingKind, Findings};

/// Reports dangling and missing transitions, in the order of the definition. That a flow inside a state has no end is not known
/// to be refused. The findings and their order are what AWS reports: dangling targets, then the lack of
/// an end, and unreachable states only when there is an end.
pub(super) fn check(machine: &StateMachine, findings: &mut Findings) {
    for (i, flow) in machine.flows.iter().enumerate() {
        check_flow(machine, flow, i == 0, findings);
    }
}

/// Checks the flows inside a state that stands on its own: where its own transitions lead is not known.
pub(super) fn check_inside(machine: &StateMachine, findings: &mut Findings) {
    for flow in machine.flows.iter().skip(1) {
        check_flow(machine, flow, false, findings);
    }
}

/// Adds what the transitions of a state on its own lead to: states with nothing but a name.
pub(super) fn add_stand_ins(machine: &mut StateMachine) {
    let StateMachine { states, flows, .. } = machine;
    let Some(flow) = flows.first_mut() else {
        return;
    };
    let own = states.iter().filter(|state| state.flow == FlowIndex(0));
    let targets = own.flat_map(|state| targets(&state.kind)).map(|(target, _)| Arc::clone(&target.name));
    for name in targets.collect::<BTreeSet<Arc<str>>>() {
        let Ok(index) = u32::try_from(states.len()) else {
            return;
        };
        flow.states.entry(Arc::clone(&name)).or_insert_with(|| {
            let data = DataFlow::Jsonata(Box::default());
            states.push(State { name, flow: FlowIndex(0), data, kind: StateKind::Succeed });
            StateIndex(index)
        });
    }
}

fn check_flow(machine: &StateMachine, flow: &Flow, must_end: bool, findings: &mut Findings) {
    let mut reached = BTreeSet::from([&*flow.start_at.name]);
    dangling(flow, &flow.start_at, &format!("{}/StartAt", flow.location), findings);
    let mut indices: Vec<StateIndex> = flow.states.values().copied().collect();
    indices.sort_unstable();
    let states: Vec<&State> = indices.into_iter().filter_map(|index| machine.state(index)).collect();
    for state in &states {
        for (target, place) in targets(&state.kind) {
            dangling(flow, target, &format!("{}/{place}", machine.location(state)), findings);
            if target.name != state.name {
                reached.insert(&target.name);
            }
        }
    }
    if must_end && !states.iter().any(|state| ends(&state.kind)) {
        findings.add(FindingKind::MissingEndState, None, "Workflow has no terminal state");
        return;
    }
    for state in states.iter().filter(|state| !reached.contains(&*state.name)) {
        let location = Some(machine.location(state));
        let message = format!("State \"{}\" is not reachable.", state.name);
        findings.add(FindingKind::MissingTransitionTarget, location, message);
    }
}

fn dangling(flow: &Flow, target: &Target, location: &str, findings: &mut Findings) {
    if !flow.states.contains_key(&target.name) {
        // AWS says 'Next' for every kind of transition.
        let message = format!("Missing 'Next' target: {}", target.name);
        findings.add(FindingKind::MissingTransitionTarget, Some(location.to_owned()), message);
    }
}

/// Whether a flow may end with such a state.
pub(crate) fn ends(kind: &StateKind) -> bool {
    match kind {
        StateKind::Succeed | StateKind::Fail { .. } => true,
        other => other.then() == Some(&NextOrEnd::End),
    }
}

/// Every state that may follow this one, with the field that names it.
pub(super) fn targets(kind: &StateKind) -> Vec<(&Target, String)> {
    let mut targets = Vec::new();
    if let Some(NextOrEnd::Next(target)) = kind.then() {
        targets.push((target, "Next".to_owned()));
    }
    if let StateKind::Choice { rules, default } = kind {
        let rules = rules.iter().enumerate();
        targets.extend(rules.map(|(i, rule)| (&rule.route.next, format!("Choices[{i}]/Next"))));
        targets.extend(default.as_ref().map(|target| (target, "Default".to_owned())));
    }
    let catchers = kind.recovery().map(|recovery| recovery.catchers.as_slice()).unwrap_or_default();
    let caught = catchers.iter().enumerate();
    targets.extend(caught.map(|(i, catcher)| (&catcher.route.next, format!("Catch[{i}]/Next"))));
    targets
}

/// Resolves the target of every transition; all of them were checked.
pub(super) fn link(machine: &mut StateMachine) {
    let StateMachine { states, flows, .. } = machine;
    for flow in flows {
        let own: Vec<StateIndex> = flow.states.values().copied().collect();
        resolve(&mut flow.start_at, &flow.states);
        for index in own {
            let state = usize::try_from(index.0).ok().and_then(|index| states.get_mut(index));
            for target in state.into_iter().flat_map(|state| state.kind.targets_mut()) {
                resolve(target, &flow.states);
            }
        }
    }
}

fn resolve(target: &mut Target, states: &BTreeMap<Arc<str>, StateIndex>) {
    if let Some((name, index)) = states.get_key_value(&target.name) {
        *target = Target { name: Arc::clone(name), state: *index };
    }
}

impl StateKind {
    /// `Next` or `End`, of the types of state that have them.
    pub(crate) fn then(&self) -> Option<&NextOrEnd> {
        match self {
            Self::Pass { then, .. } | Self::Wait { then, .. } => Some(then),
            Self::Task(task) => Some(&task.then),
            Self::Parallel(parallel) => Some(&parallel.then),
            Self::Map(map) => Some(&map.then),
            Self::Choice { .. } | Self::Succeed | Self::Fail { .. } => None,
        }
    }

    fn targets_mut(&mut self) -> Vec<&mut Target> {
        let (then, recovery) = match self {
            Self::Pass { then, .. } | Self::Wait { then, .. } => (then, None),
            Self::Task(task) => (&mut task.then, Some(&mut task.recovery)),
            Self::Parallel(parallel) => (&mut parallel.then, Some(&mut parallel.recovery)),
            Self::Map(map) => (&mut map.then, Some(&mut map.recovery)),
            Self::Choice { rules, default } => {
                return rules.iter_mut().map(|rule| &mut rule.route.next).chain(default).collect();
            }
            Self::Succeed | Self::Fail { .. } => return Vec::new(),
        };
        let next = match then {
            NextOrEnd::Next(target) => Some(target),
            NextOrEnd::End => None,
        };
        let caught = recovery.into_iter().flat_map(|recovery| &mut recovery.catchers);
        next.into_iter().chain(caught.map(|catcher| &mut catcher.route.next)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(states: &str) -> String {
        StateMachine::parse(&format!(r#"{{"StartAt":"A","States":{{{states}}}}}"#)).unwrap_err().aws_text()
    }

    #[test]
    fn reports_like_aws() {
        insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","Next":"NOPE"}"#), @"MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state at null");
        insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"},"C":{"Type":"Succeed"}"#), @r#"MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C"#);
        insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"X"}],"Default":"Y"},"B":{"Type":"Fail"}"#), @r#"MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Choices[0]/Next, MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/A/Default, MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B"#);
        insta::assert_snapshot!(problem(r#""B":{"Type":"Succeed"}"#), @r#"MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /StartAt, MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B"#);
    }
}
