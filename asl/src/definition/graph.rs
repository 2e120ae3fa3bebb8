//! Checks of the transitions: every target exists, every state can be reached, something ends.

use std::collections::BTreeSet;

use super::{FindingKind, Findings, State, StateKind, StateMachine, Transition};

/// Notes dangling and missing transitions. The findings and their order are what AWS reports: dangling targets, then the lack of
/// an end, and unreachable states only when there is an end.
pub(super) fn check(machine: &StateMachine, findings: &mut Findings) {
    let mut reached = BTreeSet::from([machine.start_at.as_str()]);
    dangling(machine, &machine.start_at, "/StartAt", findings);
    for (name, state) in &machine.states {
        for (target, place) in targets(state) {
            dangling(machine, target, &format!("/States/{name}/{place}"), findings);
            if target != name {
                reached.insert(target);
            }
        }
    }
    if !machine.states.values().any(ends) {
        findings.add(FindingKind::MissingEndState, None, "Workflow has no terminal state");
        return;
    }
    for name in machine.states.keys().filter(|name| !reached.contains(name.as_str())) {
        let location = Some(format!("/States/{name}"));
        findings.add(FindingKind::MissingTransitionTarget, location, format!("State \"{name}\" is not reachable."));
    }
}

fn dangling(machine: &StateMachine, target: &str, location: &str, findings: &mut Findings) {
    if !machine.states.contains_key(target) {
        // AWS says 'Next' for every kind of transition.
        let message = format!("Missing 'Next' target: {target}");
        findings.add(FindingKind::MissingTransitionTarget, Some(location.to_owned()), message);
    }
}

fn ends(state: &State) -> bool {
    match &state.kind {
        StateKind::Succeed | StateKind::Fail { .. } => true,
        StateKind::Choice { .. } => false,
        StateKind::Pass(pass) => pass.then == Transition::End,
        StateKind::Task(task) => task.then == Transition::End,
        StateKind::Wait { then, .. } => *then == Transition::End,
    }
}

/// Every state that this one may go to, with the place in the state that says so.
fn targets(state: &State) -> Vec<(&str, String)> {
    match &state.kind {
        StateKind::Succeed | StateKind::Fail { .. } => Vec::new(),
        StateKind::Pass(pass) => next(&pass.then),
        StateKind::Wait { then, .. } => next(then),
        StateKind::Task(task) => {
            let catchers = task.catchers.iter().enumerate();
            let caught = catchers.map(|(i, catcher)| (catcher.next.as_str(), format!("Catch[{i}]/Next")));
            next(&task.then).into_iter().chain(caught).collect()
        }
        StateKind::Choice { rules, default } => {
            let chosen = rules.iter().enumerate().map(|(i, rule)| (rule.next.as_str(), format!("Choices[{i}]/Next")));
            chosen.chain(default.as_deref().map(|target| (target, "Default".to_owned()))).collect()
        }
    }
}

fn next(then: &Transition) -> Vec<(&str, String)> {
    match then {
        Transition::Next(target) => vec![(target, "Next".to_owned())],
        Transition::End => Vec::new(),
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
        insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","Next":"NOPE"}"#), @"MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next, MISSING_END_STATE: Workflow has no terminal state");
        insta::assert_snapshot!(problem(r#""A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","Next":"A"},"C":{"Type":"Succeed"}"#), @r#"MISSING_TRANSITION_TARGET: State "C" is not reachable. at /States/C"#);
        insta::assert_snapshot!(problem(r#""A":{"Type":"Choice","Choices":[{"Variable":"$.x","IsPresent":true,"Next":"X"}],"Default":"Y"},"B":{"Type":"Fail"}"#), @r#"MISSING_TRANSITION_TARGET: Missing 'Next' target: X at /States/A/Choices[0]/Next, MISSING_TRANSITION_TARGET: Missing 'Next' target: Y at /States/A/Default, MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B"#);
        insta::assert_snapshot!(problem(r#""B":{"Type":"Succeed"}"#), @r#"MISSING_TRANSITION_TARGET: Missing 'Next' target: A at /StartAt, MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B"#);
    }
}
