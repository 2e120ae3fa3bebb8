//! One step of an execution: from an input to the point where every branch waits again.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use super::Execution;
use super::branch::{self, Branch, BranchId, BranchStatus};
use super::data::decision::{Decisions, Way};
use super::data::inspection::Probe;
use super::data::variables::Variables;
use super::effect::{Effect, Outcome};
use super::fault::{self, Fault};
use super::map::ItemSelection;
use super::unfinished::Unfinished;
use crate::definition::Budget;
use crate::definition::StateMachine;
use crate::definition::{FlowIndex, StateIndex};
use crate::document::Document;
use crate::history::{EventDetails, Failure, HistoryEvent, Status};
use crate::quotas::MAX_EVENTS;

/// A step in progress: the execution, and the effects so far.
pub(super) struct Step<'a> {
    pub(super) machine: &'a StateMachine,
    pub(super) execution: &'a mut Execution,
    pub(super) now: Timestamp,
    pub(super) effects: Vec<Effect>,
    /// What it may still do.
    pub(super) budget: Budget,
    /// The branches whose turn comes, in their order: each enters a state.
    pub(super) ready: VecDeque<BranchId>,
    /// The item selection of the Map state that started an iteration last.
    pub(super) selection: Option<ItemSelection>,
    /// What the failure that is on its way has left.
    pub(super) unfinished: Unfinished,
    /// Of the test of a state.
    pub(super) probe: Option<&'a Probe>,
    /// Where decisions are noted, if anybody wants to know them.
    pub(super) decisions: Option<&'a Decisions>,
}

/// How many effects there is room for at once: growing moves them.
const USUAL_EFFECTS: usize = 8;

/// What a branch does next.
#[derive(Debug)]
pub(super) enum Transition {
    Enter {
        state: StateIndex,
        input: Document,
    },
    /// It waits as its `status` says.
    Wait,
    Succeed {
        output: Document,
    },
    Fail(Failure),
}

/// A branch that can continue, and its transition.
pub(super) type NextBranch = Option<(Box<Branch>, Result<Transition, Fault>)>;

impl<'a> Step<'a> {
    pub(super) fn new(machine: &'a StateMachine, execution: &'a mut Execution, now: Timestamp) -> Self {
        let now = now.max(execution.latest);
        execution.latest = now;
        let ready = branch::ready(&execution.branches);
        let effects = Vec::with_capacity(USUAL_EFFECTS);
        Self {
            machine,
            execution,
            now,
            effects,
            budget: machine.step_budget,
            ready,
            selection: None,
            unfinished: Unfinished::default(),
            probe: None,
            decisions: None,
        }
    }

    /// Ends the step: what had no room in it is kept for the next one.
    pub(super) fn finish(mut self) -> Vec<Effect> {
        for (place, id) in (0..).zip(std::mem::take(&mut self.ready)) {
            let Some(branch) = self.execution.branches.get_mut(&id) else {
                continue;
            };
            if let BranchStatus::Redriven { order, .. } = &mut branch.status {
                *order = place;
                continue;
            }
            let next = self.machine.state(branch.at).map(|state| Arc::clone(&state.name)).unwrap_or_default();
            branch.status = BranchStatus::Ready { order: place, next };
        }
        self.effects
    }

    /// Starts the execution of a flow: the machine itself, or for a child of a Map Run the item processor.
    pub(super) fn begin(&mut self, flow: FlowIndex, input: Document) {
        let details = EventDetails::ExecutionStarted {
            input: Arc::clone(self.execution.input.text()),
            role_arn: Arc::clone(&self.execution.context.role_arn),
        };
        self.record(0, details);
        let Some(flow) = self.machine.flow(flow) else {
            return;
        };
        let state = flow.start_at.state;
        // On AWS the first StateEntered has no previous event; it does not follow from ExecutionStarted.
        let branch = Box::new(Branch::new(BranchId(0), state, input.clone(), Variables::default(), self.now));
        self.run(branch, Ok(Transition::Enter { state, input }));
    }

    /// Runs a branch, and every other branch that can continue because of it, until all wait, the execution has ended, or the
    /// budget is used up.
    pub(super) fn run(&mut self, branch: Box<Branch>, first: Result<Transition, Fault>) {
        let mut next_branch = Some((branch, first));
        while let Some((branch, next)) = next_branch {
            next_branch = self.run_branch(branch, next).or_else(|| self.next_ready());
        }
    }

    /// Keeps a branch that is about to enter a state, after all others that are ready: each gets its turn.
    fn set_aside(&mut self, mut branch: Box<Branch>, state: StateIndex, input: Document) {
        branch.at = state;
        // It has left its state and is in none.
        branch.state = Arc::default();
        branch.input = input.text_only();
        self.ready.push_back(branch.id);
        self.execution.branches.insert(branch.id, branch);
    }

    /// Runs a branch until it waits or ends; returns the outer branch if that can continue then.
    fn run_branch(&mut self, mut branch: Box<Branch>, first: Result<Transition, Fault>) -> NextBranch {
        let mut next = first;
        loop {
            match next.or_else(|fault| self.handle_or_leave(&mut branch, fault)) {
                Ok(Transition::Enter { state, input }) if self.budget.is_used_up() => {
                    self.set_aside(branch, state, input);
                    return None;
                }
                Ok(Transition::Enter { state, input }) => {
                    branch.status = BranchStatus::Running;
                    next = self.enter(&mut branch, state, input);
                }
                Ok(Transition::Wait) => {
                    branch.input = branch.input.text_only();
                    self.execution.branches.insert(branch.id, branch);
                    return None;
                }
                Ok(Transition::Succeed { output }) => return self.succeed(branch, output),
                Ok(Transition::Fail(failure)) => return self.fail_branch(branch, Fault::Error(failure)),
                Err(fault) => return self.fail_branch(branch, fault),
            }
        }
    }

    /// Handles a fault. What the failure has left inside is of no use once it is handled.
    fn handle_or_leave(&mut self, branch: &mut Branch, fault: Fault) -> Result<Transition, Fault> {
        let handled = self.handle_error(branch, fault);
        if handled.is_ok() {
            self.unfinished.clear();
        }
        handled
    }

    fn succeed(&mut self, branch: Box<Branch>, output: Document) -> NextBranch {
        if let Some(position) = branch.position {
            return self.branch_succeeded(branch, position, output);
        }
        let output = Arc::clone(output.text());
        let details = EventDetails::ExecutionSucceeded { output: Arc::clone(&output) };
        self.end(branch.previous_event_id, details, Outcome::Succeeded { output });
        None
    }

    /// Fails a branch that has no handler for the fault. A fatal fault ends the whole execution.
    fn fail_branch(&mut self, branch: Box<Branch>, fault: Fault) -> NextBranch {
        if let Some(position) = branch.position
            && !matches!(fault, Fault::Fatal(_))
        {
            return self.branch_failed(branch, position, fault);
        }
        let failure = fault.failure();
        let details = EventDetails::ExecutionFailed(failure.clone());
        let previous_event_id = branch.previous_event_id;
        self.unfinished.add(branch);
        self.end(previous_event_id, details, Outcome::Failed(failure));
        None
    }

    /// Ends the execution with a timeout. On AWS the event has no previous event.
    pub(super) fn time_out(&mut self) {
        self.end(0, EventDetails::ExecutionTimedOut(fault::timed_out()), Outcome::TimedOut);
    }

    /// Ends the execution on request. On AWS the event has no previous event.
    pub(super) fn abort(&mut self, failure: Failure) {
        self.end(0, EventDetails::ExecutionAborted(failure.clone()), Outcome::Aborted(failure));
    }

    fn end(&mut self, previous_event_id: u64, details: EventDetails, outcome: Outcome) {
        for branch in std::mem::take(&mut self.execution.branches).into_values() {
            self.cancel_work(&branch);
            self.unfinished.add(branch);
        }
        if outcome.status() != Status::Succeeded {
            self.execution.unfinished = std::mem::take(&mut self.unfinished).into_branches();
        }
        self.record(previous_event_id, details);
        self.effects.push(Effect::Ended(outcome));
    }

    /// Appends an event to a branch's chain.
    ///
    /// # Errors
    /// When only one event of the quota is left: it is reserved for the end of the execution.
    pub(super) fn emit(&mut self, branch: &mut Branch, details: EventDetails) -> Result<u64, Fault> {
        branch.previous_event_id = self.emit_beside(branch.previous_event_id, details)?;
        Ok(branch.previous_event_id)
    }

    /// Appends an event that is not the previous event of the branch's next one.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub(super) fn emit_beside(&mut self, previous_event_id: u64, details: EventDetails) -> Result<u64, Fault> {
        if self.execution.last_event_id + 1 >= MAX_EVENTS {
            return Err(Fault::too_many_events());
        }
        Ok(self.record(previous_event_id, details))
    }

    /// Appends the last event of a branch, unless the quota is used up: then the failure that follows reports that.
    pub(super) fn emit_last(&mut self, previous_event_id: u64, details: EventDetails) {
        if self.execution.last_event_id + 1 < MAX_EVENTS {
            self.record(previous_event_id, details);
        }
    }

    pub(super) fn record(&mut self, previous_event_id: u64, details: EventDetails) -> u64 {
        let id = self.execution.last_event_id + 1;
        self.budget.spend(details.payload_bytes());
        let event = HistoryEvent { id, previous_event_id, timestamp: self.now, details };
        self.execution.last_event_id = id;
        // Inputs are refused once the execution is over, so no event can come after the end.
        self.execution.status =
            Status::after((id > 1).then_some(self.execution.status), &event).unwrap_or(self.execution.status);
        self.effects.push(Effect::Event(event));
        id
    }

    /// Notes a decision in the state that a branch is in.
    pub(super) fn note(&self, branch: &Branch, way: Way) {
        if let Some(decisions) = self.decisions {
            decisions.note(&branch.state, way);
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.execution.status != Status::Running
    }
}
