//! Leaving a state: ResultSelector, ResultPath, Assign and OutputPath or Output, the quotas, and the event that tells of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::bindings::States;
use super::branch::{Branch, Doing};
use super::dataflow::Flow;
use super::fault::{self, Fault, RESULT_PATH_MATCH_FAILURE};
use super::turn::{Move, Turn};
use crate::EventDetails;
use crate::definition::{
    DataFlow, JsonPathFlow, JsonataFlow, LanguageTemplate, ResultPath, Routed, State, StateKind, Target,
};
use crate::document::Document;
use crate::template::Template;

/// What a state leaves behind: the payload that goes on, and what its `Assign` sets.
pub(super) struct Left {
    pub(super) output: Document,
    pub(super) assigned: Assigned,
}

/// The variables that are set at once when a state is left, in the order of the definition.
pub(super) type Assigned = Vec<(Arc<str>, Document)>;

impl Turn<'_> {
    /// Leaves a state: with the result of what it did, or with its input when it has none.
    ///
    /// # Errors
    /// When a field has no value, or a payload or variable is over its quota.
    pub(super) fn leave(
        &mut self,
        branch: &mut Branch,
        state: &State,
        result: Option<Document>,
    ) -> Result<Move, Fault> {
        self.leave_task(branch, state, result, None)
    }

    /// The same for a task that had a token.
    pub(super) fn leave_task(
        &mut self,
        branch: &mut Branch,
        state: &State,
        result: Option<Document>,
        token: Option<&str>,
    ) -> Result<Move, Fault> {
        let raw = raw_input(branch, state);
        let mut flow = self.flow(branch);
        flow.context = flow.context.with_token(token);
        let left = match &state.data {
            DataFlow::JsonPath(data) => flow.leave_json_path(data, raw, result)?,
            DataFlow::Jsonata(data) => flow.leave_jsonata(data, raw, result)?,
        };
        self.exit(branch, state, left, state.kind.next())
    }

    /// Tells of a state's end and moves on to `next`, or ends the branch.
    pub(super) fn exit(
        &mut self,
        branch: &mut Branch,
        state: &State,
        left: Left,
        next: Option<&Target>,
    ) -> Result<Move, Fault> {
        fault::passable(branch, &left.output)?;
        let mut assigned = BTreeMap::new();
        if !left.assigned.is_empty() {
            self.check_variables(branch, &left.assigned)?;
            assigned.extend(left.assigned.iter().map(|(name, value)| (name.to_string(), Arc::clone(value.text()))));
            branch.variables.set(left.assigned);
        }
        branch.doing = Doing::Running;
        let exited = EventDetails::StateExited {
            state_type: state.state_type(),
            name: Arc::clone(&branch.state),
            output: Arc::clone(left.output.text()),
            assigned,
        };
        self.emit(branch, exited)?;
        Ok(match next {
            Some(next) => Move::Enter { state: next.state, input: left.output },
            None => Move::Succeed { output: left.output },
        })
    }
}

/// The raw input, to be used up unless a Retry or Catch may need it again: then writing into it makes no copy.
fn raw_input(branch: &mut Branch, state: &State) -> Document {
    match state.kind.recovery() {
        Some(recovery) if !recovery.retriers.is_empty() || !recovery.catchers.is_empty() => branch.input.clone(),
        _ => std::mem::take(&mut branch.input),
    }
}

impl Flow<'_> {
    fn leave_json_path(&self, data: &JsonPathFlow, raw: Document, result: Option<Document>) -> Result<Left, Fault> {
        let Some(result) = result else {
            let effective = self.pick(&data.input_path, raw)?;
            return self.leave_unchanged(data, data.assign.as_ref(), effective);
        };
        let selected = self.fill(data.result_selector.as_ref(), result)?;
        let assigned = self.assign_json_path(data.assign.as_ref(), &selected)?;
        let placed = self.place(&data.result_path, raw, selected)?;
        Ok(Left { output: self.pick(&data.output_path, placed)?, assigned })
    }

    /// A state that has no result of its own lets its effective input through.
    fn leave_unchanged(
        &self,
        data: &JsonPathFlow,
        assign: Option<&Template>,
        effective: Document,
    ) -> Result<Left, Fault> {
        let assigned = self.assign_json_path(assign, &effective)?;
        Ok(Left { output: self.pick(&data.output_path, effective)?, assigned })
    }

    fn leave_jsonata(&self, data: &JsonataFlow, raw: Document, result: Option<Document>) -> Result<Left, Fault> {
        let states = States { input: &raw, result: result.as_ref(), error_output: None };
        let assigned = self.assign_jsonata(data.assign.as_ref(), "Assign", states)?;
        let output = data.output.as_ref().map(|output| self.fill_jsonata(output, "Output", states)).transpose()?;
        Ok(Left { output: output.or(result).unwrap_or(raw), assigned })
    }

    /// A Choice state goes on by a rule, whose `Assign` and `Output` count, or by `Default` with its own.
    pub(super) fn leave_choice(
        &self,
        state: &State,
        effective: Document,
        rule: Option<(usize, &Routed)>,
    ) -> Result<Left, Fault> {
        match (&state.data, rule) {
            (DataFlow::JsonPath(data), None) => self.leave_unchanged(data, data.assign.as_ref(), effective),
            (DataFlow::JsonPath(data), Some((_, routed))) => {
                self.leave_unchanged(data, json_path(routed.assign.as_ref()), effective)
            }
            (DataFlow::Jsonata(data), None) => self.leave_jsonata(data, effective, None),
            (DataFlow::Jsonata(_), Some((index, routed))) => {
                let states = States::of_input(&effective);
                let left = self.leave_by_route(routed, &format!("Choices[{index}]/"), states)?;
                Ok(left.unwrap_or(effective))
            }
        }
    }

    /// A catcher goes on with the error, put where it says.
    pub(super) fn leave_caught(
        &self,
        state: &State,
        index: usize,
        catcher: (&ResultPath, &Routed),
        error_output: Document,
    ) -> Result<Left, Fault> {
        let raw = self.branch.input.clone();
        let (result_path, routed) = catcher;
        match &state.data {
            DataFlow::JsonPath(_) => {
                let assigned = self.assign_json_path(json_path(routed.assign.as_ref()), &error_output)?;
                Ok(Left { output: self.place(result_path, raw, error_output)?, assigned })
            }
            DataFlow::Jsonata(_) => {
                let states = States { input: &raw, result: None, error_output: Some(&error_output) };
                let left = self.leave_by_route(routed, &format!("Catch[{index}]/"), states)?;
                Ok(left.unwrap_or(error_output))
            }
        }
    }

    fn leave_by_route(&self, routed: &Routed, place: &str, states: States<'_>) -> Result<RouteLeft, Fault> {
        let assign = match &routed.assign {
            Some(LanguageTemplate::Jsonata(template)) => Some(template),
            _ => None,
        };
        let assigned = self.assign_jsonata(assign, &format!("{place}Assign"), states)?;
        let output = routed.output.as_ref();
        let output = output.map(|output| self.fill_jsonata(output, &format!("{place}Output"), states)).transpose()?;
        Ok(RouteLeft { output, assigned })
    }

    fn assign_json_path(&self, assign: Option<&Template>, payload: &Document) -> Result<Assigned, Fault> {
        match assign {
            None => Ok(Vec::new()),
            Some(template) => self.fill_value(template, payload).map(variables),
        }
    }

    fn assign_jsonata(
        &self,
        assign: Option<&jsonata::Template>,
        field: &str,
        states: States<'_>,
    ) -> Result<Assigned, Fault> {
        match assign {
            None => Ok(Vec::new()),
            Some(template) => Ok(variables(self.fill_jsonata(template, field, states)?.into_value())),
        }
    }

    /// `ResultPath`: the result put into the state's raw input.
    pub(super) fn place(&self, path: &ResultPath, raw_input: Document, result: Document) -> Result<Document, Fault> {
        match path {
            ResultPath::Discard => Ok(raw_input),
            ResultPath::Path(path) if path.is_whole() => Ok(result),
            ResultPath::Path(path) => {
                let raw_text = Arc::clone(raw_input.text());
                let placed = path.write(raw_input.into_value(), result.into_value());
                placed.map(Document::of).ok_or_else(|| {
                    let cause = format!("Unable to apply ReferencePath {} to input {raw_text}", path.text());
                    Fault::error(RESULT_PATH_MATCH_FAILURE, cause)
                })
            }
        }
    }
}

/// What a rule or a catcher makes of the payload; without `Output` that is left to the state.
struct RouteLeft {
    output: Option<Document>,
    assigned: Assigned,
}

impl RouteLeft {
    fn unwrap_or(self, output: Document) -> Left {
        Left { output: self.output.unwrap_or(output), assigned: self.assigned }
    }
}

fn json_path(template: Option<&LanguageTemplate>) -> Option<&Template> {
    match template {
        Some(LanguageTemplate::JsonPath(template)) => Some(template),
        _ => None,
    }
}

fn variables(assigned: Value) -> Assigned {
    match assigned {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (Arc::from(name), Document::of(value))).collect()
        }
        _ => Vec::new(),
    }
}

impl StateKind {
    /// The state after this one; `None` for the end, and for a Choice state, which goes on by its rules.
    fn next(&self) -> Option<&Target> {
        match self {
            Self::Pass { then, .. } | Self::Wait { then, .. } => then.target(),
            Self::Task(task) => task.then.target(),
            Self::Parallel(parallel) => parallel.then.target(),
            Self::Map(map) => map.then.target(),
            Self::Choice { .. } | Self::Succeed | Self::Fail { .. } => None,
        }
    }
}
