//! One turn of the engine: from an input to the point where every branch waits again.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use super::branch::{Branch, BranchId, BranchStatus};
use super::fault::{self, Fault};
use super::join::NextBranch;
use super::map::ItemSelection;
use super::variables::Variables;
use super::{Effect, Execution, Outcome};
use crate::definition::{FlowIndex, StateIndex};
use crate::document::Document;
use crate::{EventDetails, Failure, HistoryEvent, MAX_EVENTS, StateMachine, Status};

/// The engine at work: the execution, and the effects so far.
pub(super) struct Step<'a> {
    pub(super) machine: &'a StateMachine,
    pub(super) execution: &'a mut Execution,
    pub(super) now: Timestamp,
    pub(super) effects: Vec<Effect>,
    /// The branches that have still to begin, in their order. Nothing is ready between two turns.
    pub(super) ready: VecDeque<BranchId>,
    /// What the items of the Map state that began one last have in common.
    pub(super) selection: Option<ItemSelection>,
}

/// What a branch does next.
#[derive(Debug)]
pub(super) enum Transition {
    Enter {
        state: StateIndex,
        input: Document,
    },
    /// It waits, for what its `status` says.
    Wait,
    Succeed {
        output: Document,
    },
    Fail(Failure),
}

impl<'a> Step<'a> {
    pub(super) fn new(machine: &'a StateMachine, execution: &'a mut Execution, now: Timestamp) -> Self {
        let now = now.max(execution.latest);
        execution.latest = now;
        Self { machine, execution, now, effects: Vec::new(), ready: VecDeque::new(), selection: None }
    }

    /// Begins the execution of a flow: the machine itself, or for a child of a Map Run what is done with its items.
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
        // AWS has the first state follow from nothing, not from ExecutionStarted.
        let branch = Box::new(Branch::new(BranchId(0), state, input.clone(), Variables::default(), self.now));
        self.run(branch, Ok(Transition::Enter { state, input }));
    }

    /// Moves a branch on, and every other that comes to move by it, until all wait or the execution is over.
    pub(super) fn run(&mut self, branch: Box<Branch>, first: Result<Transition, Fault>) {
        let mut next_branch = Some((branch, first));
        while let Some((branch, next)) = next_branch {
            next_branch = self.run_branch(branch, next).or_else(|| self.next_ready());
        }
    }

    /// Moves a branch on until it waits or ends; then the one around it may have something to do.
    fn run_branch(&mut self, mut branch: Box<Branch>, first: Result<Transition, Fault>) -> NextBranch {
        let mut next = first;
        loop {
            match next.or_else(|fault| self.handle_error(&mut branch, fault)) {
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

    fn succeed(&mut self, branch: Box<Branch>, output: Document) -> NextBranch {
        if let Some(position) = branch.position {
            return self.branch_succeeded(branch, position, output);
        }
        let output = Arc::clone(output.text());
        let details = EventDetails::ExecutionSucceeded { output: Arc::clone(&output) };
        self.end(branch.previous_event_id, details, Outcome::Succeeded { output });
        None
    }

    /// Nothing in the branch has taken the fault. One that nobody may take ends the execution from wherever it is.
    fn fail_branch(&mut self, branch: Box<Branch>, fault: Fault) -> NextBranch {
        if let Some(position) = branch.position
            && !matches!(fault, Fault::Fatal(_))
        {
            return self.branch_failed(branch, position, fault);
        }
        let failure = fault.failure();
        let details = EventDetails::ExecutionFailed(failure.clone());
        self.end(branch.previous_event_id, details, Outcome::Failed(failure));
        None
    }

    /// Ends the execution because its time is up. AWS has the event follow from nothing.
    pub(super) fn time_out(&mut self) {
        self.end(0, EventDetails::ExecutionTimedOut(fault::timed_out()), Outcome::TimedOut);
    }

    /// Ends the execution on request. AWS has the event follow from nothing.
    pub(super) fn abort(&mut self, failure: Failure) {
        self.end(0, EventDetails::ExecutionAborted(failure.clone()), Outcome::Aborted(failure));
    }

    fn end(&mut self, previous_event_id: u64, details: EventDetails, outcome: Outcome) {
        for branch in std::mem::take(&mut self.execution.branches).into_values() {
            self.cancel_work(&branch);
        }
        self.record(previous_event_id, details);
        self.effects.push(Effect::Ended(outcome));
    }

    /// Adds an event to a branch's chain.
    ///
    /// # Errors
    /// When only the last event of the quota is left: that one is kept for the end.
    pub(super) fn emit(&mut self, branch: &mut Branch, details: EventDetails) -> Result<u64, Fault> {
        branch.previous_event_id = self.emit_beside(branch.previous_event_id, details)?;
        Ok(branch.previous_event_id)
    }

    /// Adds an event that nothing in the branch follows from.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub(super) fn emit_beside(&mut self, previous_event_id: u64, details: EventDetails) -> Result<u64, Fault> {
        if self.execution.last_event_id + 1 >= MAX_EVENTS {
            return Err(Fault::too_many_events());
        }
        Ok(self.record(previous_event_id, details))
    }

    /// Tells of a branch's end. Where the quota has no room for it, the failure that follows tells of that.
    pub(super) fn emit_last(&mut self, previous_event_id: u64, details: EventDetails) {
        if self.execution.last_event_id + 1 < MAX_EVENTS {
            self.record(previous_event_id, details);
        }
    }

    fn record(&mut self, previous_event_id: u64, details: EventDetails) -> u64 {
        let id = self.execution.last_event_id + 1;
        let event = HistoryEvent { id, previous_event_id, timestamp: self.now, details };
        self.execution.last_event_id = id;
        // Inputs are refused once the execution is over, so no event can come after the end.
        self.execution.status =
            Status::after((id > 1).then_some(self.execution.status), &event).unwrap_or(self.execution.status);
        self.effects.push(Effect::Event(event));
        id
    }

    pub(super) fn is_over(&self) -> bool {
        self.execution.status != Status::Running
    }
}
