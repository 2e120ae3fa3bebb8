//! Output processing: ResultSelector, ResultPath, Assign and OutputPath or Output, the quotas, and the `StateExited` event.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::definition::{
    DataFlow, JsonPathFlow, JsonataFlow, LanguageTemplate, ResultPath, Route, State, StateKind, Target,
};
use crate::document::Document;
use crate::execution::branch::{Branch, BranchStatus};
use crate::execution::data::bindings::StatesVariable;
use crate::execution::data::dataflow::StateScope;
use crate::execution::data::decision::Way;
use crate::execution::data::inspection;
use crate::execution::fault::{self, Fault, REFERENCE_PATH_CONFLICT};
use crate::execution::step::{Step, Transition};
use crate::history::EventDetails;
use crate::template::Template;

/// The outcome of a state: its output, and the variables that its `Assign` sets.
pub(crate) struct StateOutput {
    pub(crate) payload: Document,
    pub(crate) assignments: Assignments,
}

/// The variables that one `Assign` sets, in the order of the definition.
pub(crate) type Assignments = Vec<(Arc<str>, Document)>;

impl Step<'_> {
    /// Completes a state with the result of its work, or with its input when it has no result.
    ///
    /// # Errors
    /// When a field has no value, or a payload or variable is over its quota.
    pub(crate) fn complete(
        &mut self,
        branch: &mut Branch,
        state: &State,
        result: Option<Document>,
    ) -> Result<Transition, Fault> {
        self.complete_task(branch, state, result, None)
    }

    /// Completes a state whose task had a token.
    pub(crate) fn complete_task(
        &mut self,
        branch: &mut Branch,
        state: &State,
        result: Option<Document>,
        token: Option<&str>,
    ) -> Result<Transition, Fault> {
        let raw = raw_input(branch, state);
        let mut scope = self.scope_of(branch);
        scope.context = scope.context.with_token(token);
        let output = match &state.data {
            DataFlow::JsonPath(data) => scope.output_json_path(data, raw, result)?,
            DataFlow::Jsonata(data) => scope.output_jsonata(data, raw, result)?,
        };
        let next = self.exit(branch, state, output, state.kind.next())?;
        if matches!(next, Transition::Enter { .. }) {
            self.note(branch, Way::Next);
        }
        Ok(next)
    }

    /// Emits `StateExited` and continues at `next`, or ends the branch.
    pub(crate) fn exit(
        &mut self,
        branch: &mut Branch,
        state: &State,
        output: StateOutput,
        next: Option<&Target>,
    ) -> Result<Transition, Fault> {
        fault::check_payload(branch, &output.payload)?;
        let mut assigned = BTreeMap::new();
        if !output.assignments.is_empty() {
            self.check_variables(branch, &output.assignments)?;
            assigned
                .extend(output.assignments.iter().map(|(name, value)| (name.to_string(), Arc::clone(value.text()))));
            branch.variables.set(output.assignments);
        }
        branch.status = BranchStatus::Running;
        let exited = EventDetails::StateExited {
            state_type: state.state_type(),
            name: Arc::clone(&branch.state),
            output: Arc::clone(output.payload.text()),
            assigned,
        };
        self.emit(branch, exited)?;
        Ok(match next {
            Some(next) => Transition::Enter { state: next.state, input: output.payload },
            None => Transition::Succeed { output: output.payload },
        })
    }
}

impl Step<'_> {
    /// Refuses variables over the service quotas: 256 KiB for those of one `Assign`, 10 MiB for all of an execution. What AWS says
    /// then is not recorded; this is what it says of a payload.
    fn check_variables(&self, branch: &Branch, assigned: &[(Arc<str>, Document)]) -> Result<(), Fault> {
        assigned.iter().try_for_each(|(_, value)| fault::check_depth(branch, value, "variable"))?;
        let others = self.execution.branches.values().map(|branch| branch.variables.own_size_bytes()).sum();
        if branch.variables.has_room_for(assigned, others) { Ok(()) } else { Err(fault::too_large(&branch.state)) }
    }
}

/// The raw input. It is moved out of the branch unless a Retry or Catch may need it again, so that writing into it makes no copy.
fn raw_input(branch: &mut Branch, state: &State) -> Document {
    match state.kind.recovery() {
        Some(recovery) if !recovery.retriers.is_empty() || !recovery.catchers.is_empty() => branch.input.clone(),
        _ => std::mem::take(&mut branch.input),
    }
}

impl StateScope<'_> {
    fn output_json_path(
        &self,
        data: &JsonPathFlow,
        raw: Document,
        result: Option<Document>,
    ) -> Result<StateOutput, Fault> {
        let Some(result) = result else {
            let effective = self.pick_input(data, raw)?;
            return self.output_unchanged(data, data.assign.as_ref(), effective);
        };
        let selected = self.fill(data.result_selector.as_ref(), result)?;
        inspection::note(self.probe, &selected, |found| &mut found.after_result_selector);
        let assignments = self.assign_json_path(data.assign.as_ref(), &selected)?;
        let placed = self.apply_result_path(&data.result_path, raw, selected)?;
        inspection::note(self.probe, &placed, |found| &mut found.after_result_path);
        Ok(StateOutput { payload: self.pick(&data.output_path, placed)?, assignments })
    }

    /// The output of a state without a result: its effective input.
    fn output_unchanged(
        &self,
        data: &JsonPathFlow,
        assign: Option<&Template>,
        effective: Document,
    ) -> Result<StateOutput, Fault> {
        let assignments = self.assign_json_path(assign, &effective)?;
        Ok(StateOutput { payload: self.pick(&data.output_path, effective)?, assignments })
    }

    fn output_jsonata(
        &self,
        data: &JsonataFlow,
        raw: Document,
        result: Option<Document>,
    ) -> Result<StateOutput, Fault> {
        let states = StatesVariable { input: &raw, result: result.as_ref(), error_output: None };
        let assignments = self.assign_jsonata(data.assign.as_ref(), "Assign", states)?;
        let output = data.output.as_ref().map(|output| self.fill_jsonata(output, "Output", states)).transpose()?;
        Ok(StateOutput { payload: output.or(result).unwrap_or(raw), assignments })
    }

    /// The output of a Choice state: of the rule that matched, or of `Default` with the fields of the state.
    pub(crate) fn output_of_choice(
        &self,
        state: &State,
        effective: Document,
        rule: Option<(usize, &Route)>,
    ) -> Result<StateOutput, Fault> {
        match (&state.data, rule) {
            (DataFlow::JsonPath(data), None) => self.output_unchanged(data, data.assign.as_ref(), effective),
            (DataFlow::JsonPath(data), Some((_, route))) => {
                self.output_unchanged(data, json_path(route.assign.as_ref()), effective)
            }
            (DataFlow::Jsonata(data), None) => self.output_jsonata(data, effective, None),
            (DataFlow::Jsonata(_), Some((index, route))) => {
                let states = StatesVariable::of_input(&effective);
                let output = self.output_of_route(route, &format!("Choices[{index}]/"), states)?;
                Ok(output.unwrap_or(effective))
            }
        }
    }

    /// The output of a catcher: the error, put where `ResultPath` says.
    pub(crate) fn output_of_catcher(
        &self,
        state: &State,
        index: usize,
        catcher: (&ResultPath, &Route),
        error_output: Document,
    ) -> Result<StateOutput, Fault> {
        let raw = self.branch.input.clone();
        let (result_path, route) = catcher;
        match &state.data {
            DataFlow::JsonPath(_) => {
                let assignments = self.assign_json_path(json_path(route.assign.as_ref()), &error_output)?;
                Ok(StateOutput { payload: self.apply_result_path(result_path, raw, error_output)?, assignments })
            }
            DataFlow::Jsonata(_) => {
                let states = StatesVariable { input: &raw, result: None, error_output: Some(&error_output) };
                let output = self.output_of_route(route, &format!("Catch[{index}]/"), states)?;
                Ok(output.unwrap_or(error_output))
            }
        }
    }

    fn output_of_route(&self, route: &Route, prefix: &str, states: StatesVariable<'_>) -> Result<RouteOutput, Fault> {
        let assign = match &route.assign {
            Some(LanguageTemplate::Jsonata(template)) => Some(template),
            _ => None,
        };
        let assignments = self.assign_jsonata(assign, &format!("{prefix}Assign"), states)?;
        let output = route.output.as_ref();
        let output = output.map(|output| self.fill_jsonata(output, &format!("{prefix}Output"), states)).transpose()?;
        Ok(RouteOutput { output, assignments })
    }

    fn assign_json_path(&self, assign: Option<&Template>, payload: &Document) -> Result<Assignments, Fault> {
        match assign {
            None => Ok(Vec::new()),
            Some(template) => self.fill_value(template, payload).map(variables),
        }
    }

    fn assign_jsonata(
        &self,
        assign: Option<&jsonata::Template>,
        field: &str,
        states: StatesVariable<'_>,
    ) -> Result<Assignments, Fault> {
        match assign {
            None => Ok(Vec::new()),
            Some(template) => Ok(variables(self.fill_jsonata(template, field, states)?.into_value())),
        }
    }

    /// `ResultPath`: puts the result into the state's raw input.
    pub(crate) fn apply_result_path(
        &self,
        path: &ResultPath,
        raw_input: Document,
        result: Document,
    ) -> Result<Document, Fault> {
        match path {
            ResultPath::Discard => Ok(raw_input),
            ResultPath::Path(path) if path.is_whole() => Ok(result),
            ResultPath::Path(path) => {
                let raw_text = Arc::clone(raw_input.text());
                let placed = path.write(raw_input.into_value(), result.into_value());
                placed
                    .map(Document::of)
                    .map_err(|conflict| Fault::error(REFERENCE_PATH_CONFLICT, conflict.cause(path.text(), &raw_text)))
            }
        }
    }
}

/// The output of a rule or a catcher; `None` without an `Output` of its own.
struct RouteOutput {
    output: Option<Document>,
    assignments: Assignments,
}

impl RouteOutput {
    fn unwrap_or(self, output: Document) -> StateOutput {
        StateOutput { payload: self.output.unwrap_or(output), assignments: self.assignments }
    }
}

fn json_path(template: Option<&LanguageTemplate>) -> Option<&Template> {
    match template {
        Some(LanguageTemplate::JsonPath(template)) => Some(template),
        _ => None,
    }
}

fn variables(assigned: Value) -> Assignments {
    match assigned {
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (Arc::from(name), Document::of(value))).collect()
        }
        _ => Vec::new(),
    }
}

impl StateKind {
    /// The next state; `None` at the end, and for a Choice state, where the rules decide.
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
