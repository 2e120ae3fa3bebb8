//! One turn of the engine: from an input to the point where every branch waits again.

use jiff::Timestamp;

use super::branch::{Branch, BranchId, Doing};
use super::fault::{self, Fault};
use super::{Effect, Execution, Outcome};
use crate::document::Document;
use crate::{EventDetails, Failure, HistoryEvent, MAX_EVENTS, StateMachine, Status};

/// The engine at work: the execution, and the effects so far.
pub(super) struct Turn<'a> {
    pub(super) machine: &'a StateMachine,
    pub(super) execution: &'a mut Execution,
    pub(super) now: Timestamp,
    pub(super) effects: Vec<Effect>,
}

/// What a branch does next.
#[derive(Debug)]
pub(super) enum Move {
    Enter {
        state: String,
        input: Document,
    },
    /// It waits, for what its `doing` says.
    Wait,
    Succeed {
        output: Document,
    },
    Fail(Failure),
}

impl<'a> Turn<'a> {
    pub(super) fn new(machine: &'a StateMachine, execution: &'a mut Execution, now: Timestamp) -> Self {
        let now = now.max(execution.latest);
        execution.latest = now;
        Self { machine, execution, now, effects: Vec::new() }
    }

    pub(super) fn begin(&mut self, input: Document) {
        let mut branch = Box::new(Branch::new(BranchId(0), self.now));
        let details = EventDetails::ExecutionStarted {
            input: self.execution.input.clone(),
            role_arn: self.execution.about.role_arn.clone(),
        };
        self.record(0, details);
        // AWS has the first state follow from nothing, not from ExecutionStarted.
        branch.previous_event_id = 0;
        self.run(branch, Ok(Move::Enter { state: self.machine.start_at.clone(), input }));
    }

    /// Moves a branch on until it waits or the execution is over.
    pub(super) fn run(&mut self, mut branch: Box<Branch>, first: Result<Move, Fault>) {
        let mut next = first;
        loop {
            let settled = next.or_else(|fault| self.recover(&mut branch, fault));
            match settled.unwrap_or_else(|fault| Move::Fail(fault.failure())) {
                Move::Enter { state, input } => {
                    branch.doing = Doing::Running;
                    next = self.enter(&mut branch, state, input);
                }
                Move::Wait => {
                    self.execution.branches.insert(branch.id, branch);
                    return;
                }
                Move::Succeed { output } => {
                    let details = EventDetails::ExecutionSucceeded { output: output.text().to_owned() };
                    self.end(branch.previous_event_id, details, Outcome::Succeeded { output: output.into_text() });
                    return;
                }
                Move::Fail(failure) => {
                    let details = EventDetails::ExecutionFailed(failure.clone());
                    self.end(branch.previous_event_id, details, Outcome::Failed(failure));
                    return;
                }
            }
        }
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
            self.effects.extend(branch.task().map(|task| Effect::CancelTask(task.request.task)));
        }
        self.record(previous_event_id, details);
        self.effects.push(Effect::Ended(outcome));
    }

    /// Adds an event to a branch's chain.
    ///
    /// # Errors
    /// When only the last event of the quota is left: that one is kept for the end.
    pub(super) fn emit(&mut self, branch: &mut Branch, details: EventDetails) -> Result<u64, Fault> {
        if self.execution.last_event_id + 1 >= MAX_EVENTS {
            return Err(Fault::too_many_events());
        }
        branch.previous_event_id = self.record(branch.previous_event_id, details);
        Ok(branch.previous_event_id)
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
