//! Loops that nothing slows down and nothing ends.

use std::collections::BTreeSet;

use crate::lint::finding::{Lint, Lints, MachineType};
use crate::lint::rules::LintRule;
use crate::lint::view::{FlowView, MachineView, StateView};

/// Fields that change nothing of what goes through a Pass or Choice state.
const IDLE: [&str; 6] = ["Type", "Comment", "QueryLanguage", "Next", "Choices", "Default"];

pub(crate) fn check(machine: &MachineView<'_>, machine_type: MachineType, lints: &mut Lints) {
    for flow in &machine.flows {
        for members in loops(flow) {
            lints.extend(busy(flow, &members, machine_type));
        }
    }
}

fn busy(flow: &FlowView<'_>, members: &BTreeSet<usize>, machine_type: MachineType) -> Option<Lint> {
    let states: Vec<&StateView<'_>> = members.iter().filter_map(|index| flow.states.get(*index)).collect();
    let leaves = |state: &&StateView<'_>| flow.successors(state).any(|next| !members.contains(&next));
    let has_exit = states.iter().any(leaves);
    if has_exit && !states.iter().all(|state| is_idle(state)) {
        return None;
    }
    let first = states.first()?;
    let mut names: Vec<String> = states.iter().take(5).map(|state| format!("\"{}\"", state.name)).collect();
    if states.len() > names.len() {
        names.push("…".to_owned());
    }
    let what = if has_exit { "changes nothing that its Choice states ask for" } else { "has no way out" };
    let end = match machine_type {
        MachineType::Standard => "it runs into the limit of 25,000 events",
        MachineType::Express => "it runs until the five minutes of an express execution are over",
    };
    Some(Lint {
        rule: LintRule::BusyLoop,
        location: first.location.clone(),
        message: format!("The loop of {} neither waits nor calls anything, and {what}: {end}.", names.join(", ")),
        fix: "Put a Wait or Task state into the loop, or a Choice that leaves it.".to_owned(),
    })
}

/// Whether a state passes its input on unchanged, or decides the same for the same input.
fn is_idle(state: &StateView<'_>) -> bool {
    let has_chance = |rule: &serde_json::Map<String, serde_json::Value>| {
        rule.get("Condition")
            .and_then(serde_json::Value::as_str)
            .is_some_and(|text| ["$random", "$uuid", "$shuffle"].iter().any(|function| text.contains(function)))
    };
    state.fields.keys().all(|field| IDLE.contains(&field.as_str()))
        && !state
            .list("Choices")
            .any(|rule| rule.contains_key("Assign") || rule.contains_key("Output") || has_chance(rule))
}

/// The sets of reached Pass and Choice states that lead to each other, by Kosaraju's two walks.
fn loops(flow: &FlowView<'_>) -> Vec<BTreeSet<usize>> {
    let reached = flow.reached();
    let takes_part = |index: usize| {
        reached.get(index) == Some(&true)
            && flow.states.get(index).is_some_and(|state| matches!(state.kind, "Pass" | "Choice"))
    };
    let count = flow.states.len();
    let mut forward = vec![Vec::new(); count];
    let mut backward = vec![Vec::new(); count];
    for (index, state) in flow.states.iter().enumerate().filter(|(index, _)| takes_part(*index)) {
        for next in flow.successors(state).filter(|next| takes_part(*next)) {
            forward[index].push(next);
            backward[next].push(index);
        }
    }
    let mut seen = vec![false; count];
    let mut order = Vec::new();
    for root in 0..count {
        finish_order(root, &forward, &mut seen, &mut order);
    }
    let mut seen = vec![false; count];
    let mut found = Vec::new();
    for root in order.into_iter().rev() {
        let mut members = Vec::new();
        finish_order(root, &backward, &mut seen, &mut members);
        let turns_on_itself = members.len() == 1 && forward[root].contains(&root);
        if members.len() > 1 || turns_on_itself {
            found.push(members.into_iter().collect());
        }
    }
    found.sort_by_key(|members: &BTreeSet<usize>| members.first().copied());
    found
}

/// Appends what can be reached from `root` and was not seen, each after all that it leads to.
fn finish_order(root: usize, edges: &[Vec<usize>], seen: &mut [bool], order: &mut Vec<usize>) {
    let mut open = vec![(root, false)];
    while let Some((index, is_done)) = open.pop() {
        if is_done {
            order.push(index);
        } else if !std::mem::replace(&mut seen[index], true) {
            open.push((index, true));
            open.extend(edges[index].iter().filter(|next| !seen[**next]).map(|next| (*next, false)));
        }
    }
}
