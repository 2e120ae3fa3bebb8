//! Dispatch: enters a state and executes it by its type.

use std::sync::Arc;

use crate::definition::{Dynamic, MapMode, Rule, State, StateIndex, StateKind, Target};
use crate::document::Document;
use crate::execution::branch::Branch;
use crate::execution::data::decision::Way;
use crate::execution::data::inspection;
use crate::execution::fault::Fault;
use crate::execution::states::choice;
use crate::execution::step::{Step, Transition};
use crate::history::{EventDetails, Failure};

const NO_NEXT_STATE: &str = "Failed to transition out of the state. The state does not point to a next state.";

impl<'a> Step<'a> {
    pub(crate) fn enter(&mut self, branch: &mut Branch, at: StateIndex, input: Document) -> Result<Transition, Fault> {
        branch.at = at;
        let state = self.state_of(branch)?;
        branch.state = Arc::clone(&state.name);
        branch.entered_at = self.now;
        branch.entered_after = branch.previous_event_id;
        branch.attempts.clear();
        let input = shown_input(state, input);
        let entered = EventDetails::StateEntered {
            state_type: state.state_type(),
            name: Arc::clone(&state.name),
            input: Arc::clone(input.text()),
        };
        branch.input = input;
        branch.entered_event_id = self.emit(branch, entered)?;
        self.note(branch, Way::Entered);
        self.execute(branch, state)
    }

    /// Executes a state on its raw input: when it was entered, and on every further attempt.
    pub(crate) fn execute(&mut self, branch: &mut Branch, state: &State) -> Result<Transition, Fault> {
        match &state.kind {
            StateKind::Pass { result, .. } => self.pass(branch, state, result.as_ref()),
            StateKind::Task(task) => self.schedule(branch, state, task),
            StateKind::Wait { until, .. } => self.wait(branch, state, until),
            StateKind::Choice { rules, default } => self.choose(branch, state, rules, default.as_ref()),
            StateKind::Succeed => self.complete(branch, state, None),
            StateKind::Fail { error, cause } => self.fail(branch, state, error.as_ref(), cause.as_ref()),
            StateKind::Parallel(parallel) => self.parallel(branch, state, parallel),
            StateKind::Map(map) => self.map(branch, state, map),
        }
    }

    /// The definition of the state that a branch is in.
    pub(crate) fn state_of(&self, branch: &Branch) -> Result<&'a State, Fault> {
        let state = self.machine.state(branch.at);
        state.ok_or_else(|| Fault::runtime(branch, "The state machine has no such state."))
    }

    fn pass(&mut self, branch: &mut Branch, state: &State, result: Option<&Document>) -> Result<Transition, Fault> {
        if state.is_jsonata() {
            return self.complete(branch, state, None);
        }
        let result = match result {
            Some(result) => {
                inspection::note(self.probe, result, |found| &mut found.result);
                result.clone()
            }
            None => {
                let scope = self.scope_of(branch);
                scope.arguments(state, scope.effective_input(state)?)?
            }
        };
        self.complete(branch, state, Some(result))
    }

    fn choose(
        &mut self,
        branch: &mut Branch,
        state: &State,
        rules: &[Rule],
        default: Option<&Target>,
    ) -> Result<Transition, Fault> {
        let scope = self.scope_of(branch);
        let effective = scope.effective_input(state)?;
        let chosen = choice::first_match(rules, &scope, &effective)?;
        let Some(next) = chosen.map(|(_, rule)| &rule.route.next).or(default) else {
            return Err(Fault::runtime(branch, NO_NEXT_STATE));
        };
        let output = scope.output_of_choice(state, effective, chosen.map(|(index, rule)| (index, &rule.route)))?;
        let next = self.exit(branch, state, output, Some(next))?;
        self.note(branch, chosen.map_or(Way::Default, |(index, _)| Way::Rule(index)));
        Ok(next)
    }

    fn fail(
        &mut self,
        branch: &Branch,
        state: &State,
        error: Option<&Dynamic<String>>,
        cause: Option<&Dynamic<String>>,
    ) -> Result<Transition, Fault> {
        let scope = self.scope_of(branch);
        let effective = scope.effective_input(state)?;
        Ok(Transition::Fail(Failure { error: scope.text(error, &effective)?, cause: scope.text(cause, &effective)? }))
    }
}

/// AWS shows the input of a distributed Map state as it would write it, and that of any other state as it was written.
fn shown_input(state: &State, input: Document) -> Document {
    match &state.kind {
        StateKind::Map(map) if matches!(map.mode, MapMode::Distributed(_)) => Document::of(input.into_value()),
        _ => input,
    }
}
