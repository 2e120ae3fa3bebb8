//! What happens to a payload on its way through a state: InputPath, Parameters, ResultSelector, ResultPath, OutputPath.

use serde_json::{Map, Value};

use super::branch::Branch;
use super::context::StateContext;
use super::fault::{Fault, RESULT_PATH_MATCH_FAILURE};
use crate::definition::{DataPath, ResultPath};
use crate::document::Document;
use crate::path::{Path, Scope};
use crate::template::Template;

/// The state whose payload it is, for paths and for the texts of errors.
pub(super) struct Flow<'a> {
    pub(super) branch: &'a Branch,
    pub(super) context: StateContext<'a>,
}

impl Flow<'_> {
    pub(super) fn scope<'s>(&'s self, payload: &'s Document) -> Scope<'s> {
        Scope { payload: payload.value(), context: &self.context }
    }

    /// `InputPath` and `OutputPath`. A path of `$` keeps the text as it was written.
    pub(super) fn pick(&self, path: &DataPath, payload: Document) -> Result<Document, Fault> {
        match path {
            DataPath::Path(path) if path.is_whole_payload() => Ok(payload),
            DataPath::Path(path) => self.read(path, &payload).map(Document::of),
            DataPath::Null => Ok(Document::of(Value::Object(Map::new()))),
        }
    }

    /// Reads a path in the way of `InputPath`: a path that leads nowhere is AWS's "Invalid path".
    pub(super) fn read(&self, path: &Path, payload: &Document) -> Result<Value, Fault> {
        path.read(self.scope(payload)).map_err(|missing| {
            Fault::runtime(self.branch, format!("Invalid path '{}' : {}", path.text(), missing.reason))
        })
    }

    /// `Parameters` and `ResultSelector`; without a template the payload stays as it is.
    pub(super) fn fill(&self, template: Option<&Template>, payload: Document) -> Result<Document, Fault> {
        let Some(template) = template else {
            return Ok(payload);
        };
        match template.fill(self.scope(&payload)) {
            Ok(value) => Ok(Document::of(value)),
            Err(failure) => Err(Fault::template(self.branch, failure)),
        }
    }

    /// `ResultPath`: the result put into the state's raw input.
    pub(super) fn place(&self, path: &ResultPath, raw_input: Document, result: Document) -> Result<Document, Fault> {
        match path {
            ResultPath::Discard => Ok(raw_input),
            ResultPath::Path(path) if path.is_whole() => Ok(result),
            ResultPath::Path(path) => {
                let placed = path.write(raw_input.value().clone(), result.value().clone());
                placed.map(Document::of).ok_or_else(|| {
                    let cause = format!("Unable to apply ReferencePath {} to input {}", path.text(), raw_input.text());
                    Fault::error(RESULT_PATH_MATCH_FAILURE, cause)
                })
            }
        }
    }
}
