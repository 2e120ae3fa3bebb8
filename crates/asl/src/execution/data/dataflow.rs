//! Input processing: InputPath and Parameters, or Arguments.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::definition::{DataFlow, DataPath, JsonPathFlow, LanguageTemplate, State};
use crate::document::Document;
use crate::execution::branch::Branch;
use crate::execution::data::bindings::{StateBindings, StatesVariable};
use crate::execution::data::context::StateContext;
use crate::execution::data::inspection::{self, Probe};
use crate::execution::fault::Fault;
use crate::execution::step::Step;
use crate::path::{Path, PathScope};
use crate::template::Template;

/// What the paths and expressions of a branch's state read from, besides a payload.
pub(crate) struct StateScope<'a> {
    pub(crate) branch: &'a Branch,
    pub(crate) context: StateContext<'a>,
    /// Of the test of a state: where what each step gives is noted.
    pub(crate) probe: Option<&'a Probe>,
}

impl Step<'_> {
    /// The scope of the state that a branch is in.
    pub(crate) fn scope_of<'s>(&'s self, branch: &'s Branch) -> StateScope<'s> {
        let context = StateContext::new(self.machine, self.execution, branch).probed(self.probe).noting(self.decisions);
        StateScope { branch, context, probe: self.probe }
    }
}

impl StateScope<'_> {
    pub(crate) fn path_scope<'s>(&'s self, payload: &'s Document) -> PathScope<'s> {
        PathScope { payload: payload.value(), document: Some(payload), context: &self.context }
    }

    pub(crate) fn bindings<'s>(&'s self, states: StatesVariable<'s>) -> StateBindings<'s> {
        StateBindings::new(self.branch, &self.context, states)
    }

    /// The effective input: what `InputPath` selects, or the raw input in JSONata.
    pub(crate) fn effective_input(&self, state: &State) -> Result<Document, Fault> {
        let raw = self.branch.input.clone();
        match &state.data {
            DataFlow::JsonPath(data) => self.pick_input(data, raw),
            DataFlow::Jsonata(_) => Ok(raw),
        }
    }

    /// What `InputPath` selects.
    pub(crate) fn pick_input(&self, data: &JsonPathFlow, raw: Document) -> Result<Document, Fault> {
        let picked = self.pick(&data.input_path, raw)?;
        inspection::note(self.probe, &picked, |found| &mut found.after_input_path);
        Ok(picked)
    }

    /// The input of a task or of the branches of a Parallel state: `Parameters` evaluated on the effective
    /// input, or `Arguments`.
    pub(crate) fn arguments(&self, state: &State, effective: Document) -> Result<Document, Fault> {
        match &state.data {
            DataFlow::JsonPath(data) => {
                let filled = self.fill(data.parameters.as_ref(), effective)?;
                inspection::note(self.probe, &filled, |found| &mut found.after_parameters);
                Ok(filled)
            }
            DataFlow::Jsonata(data) => {
                let filled = match &data.arguments {
                    Some(template) => {
                        self.fill_jsonata(template, "Arguments", StatesVariable::of_input(&self.branch.input))?
                    }
                    None => effective,
                };
                inspection::note(self.probe, &filled, |found| &mut found.after_arguments);
                Ok(filled)
            }
        }
    }

    /// `InputPath` and `OutputPath`. A path of `$` keeps the text as it was written.
    pub(crate) fn pick(&self, path: &DataPath, payload: Document) -> Result<Document, Fault> {
        match path {
            DataPath::Path(path) if path.is_whole_payload() => Ok(payload),
            DataPath::Path(path) => self.read(path, &payload).map(Cow::into_owned).map(Document::of),
            DataPath::Null => Ok(Document::of(Value::Object(Map::new()))),
        }
    }

    /// Reads a path as `InputPath` does: a path without a value is AWS's "Invalid path". `$` is the payload itself.
    pub(crate) fn read<'s>(&'s self, path: &'s Path, payload: &'s Document) -> Result<Cow<'s, Value>, Fault> {
        if path.is_whole_payload() {
            return Ok(Cow::Borrowed(payload.value()));
        }
        path.read(self.path_scope(payload)).map_err(|missing| {
            let problem = if missing.is_without_payload {
                missing.reason
            } else {
                format!("Invalid path '{}' : {}", path.text(), missing.reason)
            };
            Fault::runtime(self.branch, problem)
        })
    }

    /// `Parameters` and `ResultSelector`; without a template the payload stays as it is.
    pub(crate) fn fill(&self, template: Option<&Template>, payload: Document) -> Result<Document, Fault> {
        match template {
            None => Ok(payload),
            Some(template) => self.fill_value(template, &payload).map(Document::of),
        }
    }

    pub(crate) fn fill_value(&self, template: &Template, payload: &Document) -> Result<Value, Fault> {
        template.fill(self.path_scope(payload)).map_err(|failure| Fault::template(self.branch, failure))
    }

    /// Evaluates a template of a JSONata state; `field` is where it is written, for errors.
    pub(crate) fn fill_jsonata(
        &self,
        template: &jsonata::Template,
        field: &str,
        states: StatesVariable<'_>,
    ) -> Result<Document, Fault> {
        let filled = template.fill(field, &self.bindings(states));
        filled.map(Document::of).map_err(|failure| Fault::evaluation(self.branch, failure))
    }

    /// Evaluates the template of a field such as `ItemSelector` on the effective input.
    pub(crate) fn fill_language(
        &self,
        template: &LanguageTemplate,
        field: &str,
        effective: &Document,
    ) -> Result<Document, Fault> {
        match template {
            LanguageTemplate::JsonPath(template) => self.fill_value(template, effective).map(Document::of),
            LanguageTemplate::Jsonata(template) => {
                self.fill_jsonata(template, field, StatesVariable::of_input(&self.branch.input))
            }
        }
    }
}
