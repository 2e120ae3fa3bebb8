//! What each type of state does when it is entered, and how a state is left.

use super::branch::{Branch, Doing};
use super::choice;
use super::context::StateContext;
use super::dataflow::Flow;
use super::fault::{self, Fault};
use super::turn::{Move, Turn};
use crate::definition::{Pass, State, StateKind, Text, Transition};
use crate::document::Document;
use crate::path::Scope;
use crate::template;
use crate::{EventDetails, Failure};

const NO_NEXT_STATE: &str = "Failed to transition out of the state. The state does not point to a next state.";

impl<'a> Turn<'a> {
    pub(super) fn enter(&mut self, branch: &mut Branch, name: String, input: Document) -> Result<Move, Fault> {
        branch.state = name;
        branch.entered_at = self.now;
        branch.attempts.clear();
        branch.input.clear();
        branch.input.push_str(input.text());
        let state = self.state_of(branch)?;
        let entered = EventDetails::StateEntered {
            state_type: state.state_type(),
            name: branch.state.clone(),
            input: input.text().to_owned(),
        };
        branch.entered_event_id = self.emit(branch, entered)?;
        match &state.kind {
            StateKind::Pass(pass) => self.pass(branch, state, pass, input),
            StateKind::Task(task) => self.schedule(branch, state, task, input),
            StateKind::Wait { until, then } => self.wait(branch, state, until, then, input),
            StateKind::Choice { rules, default } => self.choose(branch, state, rules, default.as_deref(), input),
            StateKind::Succeed => self.succeed(branch, state, input),
            StateKind::Fail { error, cause } => self.fail(branch, error.as_ref(), cause.as_ref(), input),
        }
    }

    /// The definition of the state that a branch is in.
    pub(super) fn state_of(&self, branch: &Branch) -> Result<&'a State, Fault> {
        let state = self.machine.states.get(&branch.state);
        state.ok_or_else(|| Fault::runtime(branch, "The state machine has no such state."))
    }

    /// A branch's raw input, read again.
    pub(super) fn raw_input(&self, branch: &Branch) -> Result<Document, Fault> {
        Document::parse(branch.input.as_str()).map_err(|problem| Fault::runtime(branch, problem))
    }

    pub(super) fn flow<'s>(&'s self, branch: &'s Branch) -> Flow<'s> {
        Flow { branch, context: StateContext::new(self.execution, branch) }
    }

    fn pass(&mut self, branch: &mut Branch, state: &State, pass: &Pass, raw: Document) -> Result<Move, Fault> {
        let flow = self.flow(branch);
        let effective = flow.pick(&state.input_path, raw.clone())?;
        let effective = flow.fill(pass.parameters.as_ref(), effective)?;
        let result = pass.result.clone().map_or(effective, Document::of);
        let placed = flow.place(&pass.result_path, raw, result)?;
        let output = flow.pick(&state.output_path, placed)?;
        self.leave(branch, state, output, pass.then.target())
    }

    fn choose(
        &mut self,
        branch: &mut Branch,
        state: &State,
        rules: &[crate::definition::Rule],
        default: Option<&str>,
        raw: Document,
    ) -> Result<Move, Fault> {
        let flow = self.flow(branch);
        let effective = flow.pick(&state.input_path, raw)?;
        let chosen = choice::first_match(rules, flow.scope(&effective)).map_err(|path| {
            let problem =
                format!("Invalid path '{path}': The choice state's condition path references an invalid value.");
            Fault::runtime(branch, problem)
        })?;
        let Some(next) = chosen.or(default) else {
            return Err(Fault::runtime(branch, NO_NEXT_STATE));
        };
        let output = flow.pick(&state.output_path, effective)?;
        self.leave(branch, state, output, Some(next))
    }

    fn succeed(&mut self, branch: &mut Branch, state: &State, raw: Document) -> Result<Move, Fault> {
        self.pass_through(branch, state, raw, &Transition::End)
    }

    /// Leaves a state that has no result of its own.
    pub(super) fn pass_through(
        &mut self,
        branch: &mut Branch,
        state: &State,
        raw: Document,
        then: &Transition,
    ) -> Result<Move, Fault> {
        let flow = self.flow(branch);
        let effective = flow.pick(&state.input_path, raw)?;
        let output = flow.pick(&state.output_path, effective)?;
        self.leave(branch, state, output, then.target())
    }

    fn fail(
        &mut self,
        branch: &Branch,
        error: Option<&Text>,
        cause: Option<&Text>,
        input: Document,
    ) -> Result<Move, Fault> {
        let flow = self.flow(branch);
        let read = |text: Option<&Text>| text.map(|text| read_text(text, branch, flow.scope(&input))).transpose();
        Ok(Move::Fail(Failure { error: read(error)?, cause: read(cause)? }))
    }

    /// Tells of a state's end and moves on to `next`, or ends the branch.
    pub(super) fn leave(
        &mut self,
        branch: &mut Branch,
        state: &State,
        output: Document,
        next: Option<&str>,
    ) -> Result<Move, Fault> {
        fault::passable(branch, &output)?;
        branch.doing = Doing::Running;
        let exited = EventDetails::StateExited {
            state_type: state.state_type(),
            name: branch.state.clone(),
            output: output.text().to_owned(),
        };
        self.emit(branch, exited)?;
        Ok(match next {
            Some(next) => Move::Enter { state: next.to_owned(), input: output },
            None => Move::Succeed { output },
        })
    }
}

fn read_text(text: &Text, branch: &Branch, scope: Scope<'_>) -> Result<String, Fault> {
    let (field, expression) = match text {
        Text::Fixed(text) => return Ok(text.clone()),
        Text::Computed { field, expression } => (field, expression),
    };
    let value = template::evaluate(expression, field, scope);
    match value.map_err(|failure| Fault::template(branch, failure))? {
        serde_json::Value::String(text) => Ok(text),
        other => Err(Fault::runtime(
            branch,
            format!("The {field} field refers to value \"{other}\" which is not a string: {}", expression.text()),
        )),
    }
}
