//! Throws each error at each task, lets each callback go unanswered, and fails single iterations.

use asl::{Outcome, TaskResource};
use serde_json::Value;

use super::{Explorer, FindingKind, always, error_of};
use crate::case::{Answer, Case};

/// An error that no definition knows by name.
const UNKNOWN: &str = "SomeError";

/// What Lambda throws when it has trouble of its own; AWS advises to retry it.
const TRANSIENT: &str = "Lambda.ServiceException";

impl Explorer<'_> {
    /// Throws at every task that some run has reached.
    pub(super) fn errors(&mut self, definition: &Value) {
        let states: Vec<String> = self.reached.keys().cloned().collect();
        for state in states {
            let Some(base) = self.reached.get(&state).cloned() else { continue };
            for error in names(definition, &state) {
                self.throw(&state, &error, &base);
            }
            self.never(&state, &base);
        }
    }

    /// Throws an error at every call of a state, then at the first iteration alone.
    fn throw(&mut self, state: &str, error: &str, base: &Case) {
        let thrown = Answer::Throw { error: Some(error.to_owned()), cause: None };
        let mut case = base.clone();
        case.mocks.insert(state.to_owned(), always(thrown.clone()));
        let Some(ran) = self.run(&case) else { return };
        if error_of(&ran) == Some(error) && !self.is_meant(&ran) {
            let message = format!("`{error}` of `{state}` ends the execution: nothing catches it.");
            self.note((FindingKind::Uncaught, state, Some(error)), message, &case);
        }
        if ran.calls.iter().any(|call| call.state == state && !call.place.is_empty())
            && let Some(mocks) = case.mocks.get_mut(state)
        {
            mocks.answers.iter_mut().for_each(|mock| mock.index = Some(0));
            mocks.answers.extend(base.mocks.get(state).into_iter().flat_map(|mocks| mocks.answers.clone()));
            self.run(&case);
        }
    }

    /// Leaves a task unanswered that waits for somebody outside.
    fn never(&mut self, state: &str, base: &Case) {
        let resource = self.subject.machine.resources().find(|(name, _)| *name == state).map(|(_, it)| it.clone());
        let waits_for_others = match resource {
            Some(TaskResource::Service { pattern, .. }) => pattern != asl::Pattern::RequestResponse,
            Some(TaskResource::Activity { .. }) => true,
            _ => false,
        };
        let mut case = base.clone();
        case.mocks.insert(state.to_owned(), always(Answer::Never));
        let Some(ran) = self.run(&case) else { return };
        match &ran.outcome {
            Some(Outcome::TimedOut) if waits_for_others && !self.subject.is_express => {
                let message =
                    format!("`{state}` waits for as long as an execution may, when nobody answers: it has no timeout.");
                self.note((FindingKind::Endless, state, None), message, &case);
            }
            Some(Outcome::Failed(failure))
                if failure.error.as_deref() == Some("States.Timeout") && !self.is_meant(&ran) =>
            {
                let message = format!("`States.Timeout` of `{state}` ends the execution: nothing catches it.");
                self.note((FindingKind::Uncaught, state, Some("States.Timeout")), message, &case);
            }
            _ => {}
        }
    }
}

/// The errors to throw at a state: those that its clauses name, one of Lambda's own, and one that nothing names.
fn names(definition: &Value, state: &str) -> Vec<String> {
    let mut names = Vec::new();
    let body = super::values::state(definition, state).unwrap_or(&Value::Null);
    for field in ["Retry", "Catch"] {
        for clause in body.get(field).and_then(Value::as_array).into_iter().flatten() {
            let listed = clause.get("ErrorEquals").and_then(Value::as_array).into_iter().flatten();
            names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
        }
    }
    let calls_lambda = body.get("Resource").and_then(Value::as_str).is_some_and(|it| it.contains(":lambda:"));
    names.extend(calls_lambda.then(|| TRANSIENT.to_owned()));
    names.push(UNKNOWN.to_owned());
    names.retain(|name| {
        !["States.ALL", "States.TaskFailed", "States.Timeout", "States.HeartbeatTimeout"].contains(&name.as_str())
    });
    names.sort();
    names.dedup();
    names
}
