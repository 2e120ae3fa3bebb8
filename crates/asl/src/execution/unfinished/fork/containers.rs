//! The Parallel and Map states around each state of a definition.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definition::{FlowIndex, StateKind, StateMachine};

/// Where a thread of states is: the states around it with the index of its branch or iteration, the outermost first.
pub(super) type Path = Vec<(Arc<str>, u64)>;

/// What a flow inside a state is.
#[derive(Clone, Debug)]
struct Around {
    state: Arc<str>,
    flow: FlowIndex,
    /// The branch of a Parallel state; none for the iterations of a Map state.
    branch: Option<u64>,
}

/// Which state is inside which, by name.
pub(super) struct Containers<'m> {
    machine: &'m StateMachine,
    around: BTreeMap<FlowIndex, Around>,
    flows: BTreeMap<Arc<str>, FlowIndex>,
}

impl<'m> Containers<'m> {
    pub(super) fn of(machine: &'m StateMachine) -> Self {
        let mut around = BTreeMap::new();
        let mut flows = BTreeMap::new();
        for state in &machine.states {
            flows.insert(Arc::clone(&state.name), state.flow);
            let inside = |branch| Around { state: Arc::clone(&state.name), flow: state.flow, branch };
            match &state.kind {
                StateKind::Parallel(parallel) => {
                    around.extend((0..).zip(&parallel.branches).map(|(index, flow)| (*flow, inside(Some(index)))));
                }
                StateKind::Map(map) => {
                    around.insert(map.processor, inside(None));
                }
                _ => {}
            }
        }
        Self { machine, around, flows }
    }

    /// The thread that a state runs in, where the event before it is in the thread `before`; none when that does not say it.
    pub(super) fn path_of(&self, state: &str, before: &Path) -> Option<Path> {
        let mut path = Path::new();
        let mut flow = *self.flows.get(state)?;
        while let Some(around) = self.around.get(&flow) {
            let known = || before.iter().find(|(name, _)| *name == around.state).map(|(_, index)| *index);
            path.push((Arc::clone(&around.state), around.branch.or_else(known)?));
            flow = around.flow;
        }
        path.reverse();
        Some(path)
    }

    pub(super) fn kind(&self, state: &str) -> Option<&'m StateKind> {
        self.machine.states.iter().find(|it| &*it.name == state).map(|it| &it.kind)
    }
}
