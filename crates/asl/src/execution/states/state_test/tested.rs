//! The state that is tested: on its own, or one of a machine.

use crate::definition::{MapMode, STATE_ON_ITS_OWN, State, StateIndex, StateKind, StateMachine, StateType};
use crate::finding::DefinitionError;
use crate::resource::TaskResource;

/// A state that can be tested.
#[derive(Clone, Debug)]
pub struct TestedState {
    pub(super) machine: StateMachine,
    pub(super) at: StateIndex,
}

impl TestedState {
    /// The state that this definition is, without a machine around it.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the place that AWS gives such a state: `/States/StateName`.
    pub fn on_its_own(definition: &str) -> Result<Self, DefinitionError> {
        let machine = StateMachine::of_state(definition)?;
        let at = machine.flows.first().and_then(|flow| flow.states.get(STATE_ON_ITS_OWN)).copied();
        Ok(Self { machine, at: at.unwrap_or(StateIndex(0)) })
    }

    /// The state of this name in a machine, also one inside a Parallel or Map state; `None` when there is none.
    ///
    /// # Errors
    /// Everything that is wrong with the machine.
    pub fn in_machine(definition: &str, name: &str) -> Result<Option<Self>, DefinitionError> {
        let machine = StateMachine::parse(definition)?;
        let at = machine.flows.iter().find_map(|flow| flow.states.get(name)).copied();
        Ok(at.map(|at| Self { machine, at }))
    }

    /// Its type.
    pub fn state_type(&self) -> StateType {
        self.state().map_or(StateType::Succeed, State::state_type)
    }

    /// What a Task state calls.
    pub fn resource(&self) -> Option<&TaskResource> {
        match &self.state()?.kind {
            StateKind::Task(task) => Some(&task.resource),
            _ => None,
        }
    }

    /// How many branches a Parallel state has.
    pub fn branches(&self) -> Option<usize> {
        match &self.state()?.kind {
            StateKind::Parallel(parallel) => Some(parallel.branches.len()),
            _ => None,
        }
    }

    /// Whether a Map state writes its results to a bucket.
    pub fn writes_results(&self) -> bool {
        match self.state().map(|state| &state.kind) {
            Some(StateKind::Map(map)) => match &map.mode {
                MapMode::Distributed(distributed) => {
                    distributed.writer.as_ref().is_some_and(|writer| writer.resource.is_some())
                }
                MapMode::Inline | MapMode::InlineWithDistributedFields => false,
            },
            _ => false,
        }
    }

    pub(super) fn state(&self) -> Option<&State> {
        self.machine.state(self.at)
    }

    /// Whether the state is inside a Map state, at any depth.
    pub(super) fn is_in_a_map(&self) -> bool {
        let mut flow = self.state().map(|state| state.flow);
        // No state is inside itself; the bound is for a machine that says so.
        for _ in 0..self.machine.flows.len() {
            let around = flow.and_then(|flow| {
                self.machine.states.iter().find(|state| match &state.kind {
                    StateKind::Map(map) => map.processor == flow,
                    StateKind::Parallel(parallel) => parallel.branches.contains(&flow),
                    _ => false,
                })
            });
            match around {
                None => return false,
                Some(state) if state.state_type() == StateType::Map => return true,
                Some(state) => flow = Some(state.flow),
            }
        }
        false
    }
}
