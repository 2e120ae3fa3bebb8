//! A fork's first step: states are entered as they were, with what had ended inside them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::ForkError;
use super::point::{Inside, Place};
use crate::definition::{FlowIndex, Map, MapMode, Parallel, State, StateIndex, StateKind};
use crate::execution::branch::{Branch, BranchId, BranchStatus};
use crate::execution::data::decision::Way;
use crate::execution::data::variables::Variables;
use crate::execution::fault::{self, Fault};
use crate::execution::join::Join;
use crate::execution::map::{ItemPlace, MapWork, at_once};
use crate::execution::states::inner_branches::iteration;
use crate::execution::step::{Step, Transition};
use crate::history::EventDetails;

/// Why a state does not go on: the fork is refused, or the execution has an error.
enum Stop {
    Refused(ForkError),
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<ForkError> for Stop {
    fn from(error: ForkError) -> Self {
        Self::Refused(error)
    }
}

/// Branches that are done with their state already, and what they do next once all others are in their places.
type Deferred = Vec<(Box<Branch>, Result<Transition, Fault>)>;

impl Step<'_> {
    /// Takes over the execution's own thread, and all inside it.
    ///
    /// # Errors
    /// When the machine does not have a state where the thread was.
    pub(super) fn take_over(&mut self, place: &Place, flow: FlowIndex) -> Result<(), ForkError> {
        let branch = Branch::new(BranchId(0), StateIndex(0), place.input.clone(), Variables::default(), self.now);
        let mut deferred = Deferred::new();
        self.take_over_branch(branch, place, flow, &mut deferred)?;
        for (branch, next) in deferred {
            // What is around it may have failed meanwhile.
            let waits = |parent: &Branch| matches!(parent.status, BranchStatus::Join(_));
            let parent = branch.position.map(|position| self.execution.branches.get(&position.parent));
            if !self.is_over() && parent.is_none_or(|parent| parent.is_some_and(|parent| waits(parent))) {
                self.run(branch, next);
            }
        }
        Ok(())
    }

    /// Puts a branch where it was: before a state, or in one with something inside.
    fn take_over_branch(
        &mut self,
        mut branch: Branch,
        place: &Place,
        flow: FlowIndex,
        deferred: &mut Deferred,
    ) -> Result<(), ForkError> {
        let found = self.machine.flow(flow).and_then(|flow| flow.states.get(&place.state)).copied();
        branch.at = found.ok_or_else(|| place.missing())?;
        branch.input = place.input.clone();
        branch.variables.set(place.variables.iter().cloned());
        let Some(threads) = &place.inside else {
            self.ready.push_back(branch.id);
            self.execution.branches.insert(branch.id, Box::new(branch));
            return Ok(());
        };
        match self.reopen(&mut branch, threads, deferred) {
            Ok(Transition::Wait) => {
                self.execution.branches.insert(branch.id, Box::new(branch));
            }
            Ok(next) => deferred.push((Box::new(branch), Ok(next))),
            Err(Stop::Refused(error)) => return Err(error),
            Err(Stop::Fault(fault)) => {
                self.abort_branches_of(&branch, branch.previous_event_id);
                branch.status = BranchStatus::Running;
                deferred.push((Box::new(branch), Err(fault)));
            }
        }
        Ok(())
    }

    /// Enters a Parallel or Map state that goes on.
    fn reopen(
        &mut self,
        branch: &mut Branch,
        threads: &BTreeMap<u64, Inside>,
        deferred: &mut Deferred,
    ) -> Result<Transition, Stop> {
        let state = self.state_of(branch)?;
        branch.state = Arc::clone(&state.name);
        branch.entered_at = self.now;
        branch.entered_after = branch.previous_event_id;
        let entered = EventDetails::StateEntered {
            state_type: state.state_type(),
            name: Arc::clone(&state.name),
            input: Arc::clone(branch.input.text()),
        };
        branch.entered_event_id = self.emit(branch, entered)?;
        self.note(branch, Way::Entered);
        match &state.kind {
            StateKind::Parallel(parallel) => self.reopen_parallel(branch, (state, parallel), threads, deferred),
            StateKind::Map(map) if matches!(map.mode, MapMode::Inline) => {
                self.reopen_map(branch, (state, map), threads, deferred)
            }
            _ => Err(ForkError::NothingInside { state: state.name.to_string() }.into()),
        }
    }

    fn reopen_parallel(
        &mut self,
        branch: &mut Branch,
        (state, parallel): (&State, &Parallel),
        threads: &BTreeMap<u64, Inside>,
        deferred: &mut Deferred,
    ) -> Result<Transition, Stop> {
        let scope = self.scope_of(branch);
        let input = scope.arguments(state, scope.effective_input(state)?)?;
        fault::check_payload(branch, &input)?;
        self.emit(branch, EventDetails::ParallelStateStarted)?;
        let mut join = Join::branches(parallel.branches.len());
        for (index, flow) in (0..).zip(&parallel.branches) {
            let inner = match threads.get(&index) {
                Some(Inside::Ended(output)) => {
                    join.end(index, output.clone());
                    continue;
                }
                Some(Inside::GoesOn(place)) => Some(place),
                Some(Inside::NotEntered) | None => None,
            };
            let new = self.new_inner_branch(branch, index, *flow, input.clone())?;
            self.begin_inside(new, inner.map(|place| (&**place, *flow)), deferred)?;
        }
        self.join(branch, state, join)
    }

    fn reopen_map(
        &mut self,
        branch: &mut Branch,
        (state, map): (&State, &Map),
        threads: &BTreeMap<u64, Inside>,
        deferred: &mut Deferred,
    ) -> Result<Transition, Stop> {
        let MapWork { items, limits, .. } = self.map_work(branch, state, map)?;
        let mut join = Join::items(items.items);
        let after = branch.previous_event_id;
        let mut running = 0_u64;
        for (index, inside) in threads {
            let missing = || ForkError::NoItem { state: state.name.to_string(), index: *index };
            let (_, item) = join.next_item().ok_or_else(missing)?;
            let inner = match inside {
                Inside::Ended(output) => {
                    join.end(*index, output.clone());
                    continue;
                }
                Inside::GoesOn(place) => Some((&**place, map.processor)),
                Inside::NotEntered => None,
            };
            let item_place = ItemPlace { index: *index, is_member: false, source: None };
            let input = self.selected(branch, map, item, item_place)?;
            let mut new = self.new_inner_branch(branch, *index, map.processor, input)?;
            new.previous_event_id = after;
            self.emit(&mut new, EventDetails::MapIterationStarted(iteration(branch, *index)))?;
            self.begin_inside(new, inner, deferred)?;
            running += 1;
        }
        branch.status = BranchStatus::Join(Box::new(join));
        let free = at_once(limits.max_concurrency).saturating_sub(running);
        self.begin_iterations(branch, map, free, after)?;
        match std::mem::replace(&mut branch.status, BranchStatus::Running) {
            BranchStatus::Join(join) => self.join(branch, state, *join),
            other => {
                branch.status = other;
                Ok(Transition::Wait)
            }
        }
    }

    /// A branch or an iteration goes on where it was, or begins.
    fn begin_inside(
        &mut self,
        new: Branch,
        inner: Option<(&Place, FlowIndex)>,
        deferred: &mut Deferred,
    ) -> Result<(), ForkError> {
        match inner {
            Some((place, flow)) => self.take_over_branch(new, place, flow, deferred),
            None => {
                self.ready.push_back(new.id);
                self.execution.branches.insert(new.id, Box::new(new));
                Ok(())
            }
        }
    }

    /// Waits for what is inside, or completes a state in which all has ended.
    fn join(&mut self, branch: &mut Branch, state: &State, join: Join) -> Result<Transition, Stop> {
        if !join.is_complete() {
            branch.status = BranchStatus::Join(Box::new(join));
            return Ok(Transition::Wait);
        }
        let succeeded = match &state.kind {
            StateKind::Map(_) => EventDetails::MapStateSucceeded,
            _ => EventDetails::ParallelStateSucceeded,
        };
        self.emit_beside(branch.previous_event_id, succeeded)?;
        Ok(self.complete(branch, state, Some(join.result()))?)
    }
}
