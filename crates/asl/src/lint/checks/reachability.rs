//! States that no transition leads to, and transitions that lead to no state.

use crate::lint::finding::{Lint, Lints};
use crate::lint::rules::LintRule;
use crate::lint::view::{FlowView, MachineView, StateView};

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    for flow in &machine.flows {
        if let Some(name) = flow.start_at.filter(|name| flow.index(name).is_none()) {
            lints.add(missing(name, format!("{}/StartAt", flow.location)));
        }
        for state in &flow.states {
            let dangling = state.edges().into_iter().filter(|edge| flow.index(edge.target).is_none());
            lints.extend(dangling.map(|edge| missing(edge.target, format!("{}/{}", state.location, edge.place))));
        }
        // Without a start nothing can be said.
        if let Some(start) = flow.start().and_then(|start| flow.states.get(start)) {
            unreached(flow, start, lints);
        }
    }
}

fn missing(target: &str, location: String) -> Lint {
    Lint {
        rule: LintRule::MissingTarget,
        location,
        message: format!("Missing 'Next' target: {target}"),
        fix: "Add the state to the same flow, or name one that is there.".to_owned(),
    }
}

fn unreached(flow: &FlowView<'_>, start: &StateView<'_>, lints: &mut Lints) {
    for (state, is_reached) in flow.states.iter().zip(flow.reached()) {
        if !is_reached {
            lints.add(Lint {
                rule: LintRule::UnreachableState,
                location: state.location.clone(),
                message: format!("No way from \"{}\", where it starts, leads to \"{}\".", start.name, state.name),
                fix: "Lead the Next, Default, Choices or Catch of a state that is reached to it, or delete it."
                    .to_owned(),
            });
        }
    }
}
