//! Findings: what is wrong with a definition, and where.

use std::fmt;

use jsonata::{TemplateProblem, TemplateProblemKind};
use serde::{Deserialize, Serialize};

/// The most that findings may take, in bytes: a definition of a megabyte can be wrong in as many places.
const MAX_BYTES: usize = 1_048_576;

/// A definition that cannot be run, with everything that was found wrong in it; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.aws_text())]
pub struct DefinitionError {
    findings: Vec<Finding>,
}

/// A finding about a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What sort of problem it is.
    pub kind: FindingKind,
    /// Where, as AWS writes it (`/States/Wait/Timestamp`, `/States/C/Choices[0]/Next`); `None` for the whole definition.
    pub location: Option<String>,
    /// What is wrong. AWS's text wherever it is known.
    pub message: String,
    /// Where in the text value at the location, in bytes from its beginning, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// The definition is accepted, and probably does not do what is meant.
    Warning,
    /// The definition is refused.
    Error,
}

/// The sorts of finding: AWS's own diagnostic codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FindingKind {
    /// The text is no JSON.
    InvalidJson,
    /// A field is missing, unknown or has a wrong value.
    SchemaValidationFailed,
    /// A transition leads to no state, or no transition leads to a state.
    MissingTransitionTarget,
    /// No state ends the execution.
    MissingEndState,
    /// Two states have the same name.
    DuplicateStateName,
    /// A state's name is too long.
    InvalidStateName,
    /// Two Map states have the same label.
    DuplicateLabelName,
    /// A Map state's label is too long or has characters that it may not have.
    InvalidLabelName,
    /// A variable that a flow assigns is assigned by one around it.
    DuplicateVariableName,
    /// A variable's name is no identifier or too long.
    InvalidVariableName,
    /// `states` is assigned.
    ReservedVariableName,
    /// A JSONata expression is not well formed.
    InvalidJsonataExpression,
    /// A JSONata expression reads what is not there.
    UnsupportedJsonataExpression,
    /// States are inside states at more levels than can be read.
    TooDeeplyNested,
    /// A value in a template reads like a path or a call, and its name does not end in `.$`.
    NoDollar,
    /// A value reads like a path, and its field's name does not end in `Path`.
    NoPath,
    /// The result of a Pass state reads like a path.
    PassResultIsStatic,
}

impl FindingKind {
    /// The code in `ValidateStateMachineDefinition`'s diagnostics.
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidJson => "INVALID_JSON_DESCRIPTION",
            Self::SchemaValidationFailed => "SCHEMA_VALIDATION_FAILED",
            Self::MissingTransitionTarget => "MISSING_TRANSITION_TARGET",
            Self::MissingEndState => "MISSING_END_STATE",
            Self::DuplicateStateName => "DUPLICATE_STATE_NAME",
            Self::InvalidStateName => "INVALID_STATE_NAME",
            Self::DuplicateLabelName => "DUPLICATE_LABEL_NAME",
            Self::InvalidLabelName => "INVALID_LABEL_NAME",
            Self::DuplicateVariableName => "DUPLICATE_VARIABLE_NAME",
            Self::InvalidVariableName => "INVALID_VARIABLE_NAME",
            Self::ReservedVariableName => "RESERVED_VARIABLE_NAME",
            Self::InvalidJsonataExpression => "INVALID_JSONATA_EXPRESSION",
            Self::UnsupportedJsonataExpression => "UNSUPPORTED_JSONATA_EXPRESSION",
            Self::TooDeeplyNested => "TOO_DEEPLY_NESTED",
            Self::NoDollar => "NO_DOLLAR",
            Self::NoPath => "NO_PATH",
            Self::PassResultIsStatic => "PASS_RESULT_IS_STATIC",
        }
    }

    /// Whether the definition is refused for it.
    pub fn severity(self) -> Severity {
        match self {
            Self::NoDollar | Self::NoPath | Self::PassResultIsStatic => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

impl DefinitionError {
    /// Everything that was found, warnings too, in the order of the definition.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The errors as `CreateStateMachine` lists them between the quotes of
    /// `Invalid State Machine Definition: '...'`: `CODE: message at location`, separated by commas; a place that is the whole
    /// definition is `null` there.
    pub fn aws_text(&self) -> String {
        let errors = self.findings.iter().filter(|finding| finding.kind.severity() == Severity::Error);
        let texts = errors.map(|finding| match &finding.location {
            Some(_) => finding.to_string(),
            None => format!("{finding} at null"),
        });
        texts.collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.code(), self.message)?;
        match &self.location {
            Some(location) => write!(f, " at {location}"),
            None => Ok(()),
        }
    }
}

/// Collects findings while a definition is read.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    found: Vec<Finding>,
    errors: usize,
    size_bytes: usize,
}

impl Findings {
    /// Adds a finding; the first error is always kept, and no more than a megabyte of findings.
    pub(crate) fn add(&mut self, kind: FindingKind, location: Option<String>, message: impl Into<String>) {
        self.push(Finding { kind, location, message: message.into(), offset: None });
    }

    fn push(&mut self, finding: Finding) {
        let Finding { kind, location, message, .. } = &finding;
        let is_error = kind.severity() == Severity::Error;
        if self.size_bytes > MAX_BYTES && !(is_error && self.errors == 0) {
            return;
        }
        self.size_bytes += message.len() + location.as_ref().map_or(0, String::len);
        self.errors += usize::from(is_error);
        self.found.push(finding);
    }

    /// Adds a finding at a place that is only put into words when there is room for it.
    pub(crate) fn add_at(&mut self, kind: FindingKind, place: &dyn fmt::Display, message: impl Into<String>) {
        if self.size_bytes <= MAX_BYTES || !self.has_errors() {
            self.add(kind, Some(place.to_string()), message);
        }
    }

    /// Adds a finding about a part of the text value at a place; `offset` is in bytes.
    pub(crate) fn add_within(&mut self, kind: FindingKind, place: &dyn fmt::Display, offset: usize, message: &str) {
        if self.size_bytes <= MAX_BYTES || !self.has_errors() {
            let location = Some(place.to_string());
            let message = message.to_owned();
            self.push(Finding { kind, location, message, offset: Some(offset) });
        }
    }

    /// Adds what is wrong with a JSONata expression.
    pub(crate) fn add_template_problem(&mut self, problem: &TemplateProblem<'_>) {
        let kind = match problem.kind {
            TemplateProblemKind::UnsupportedReference => FindingKind::UnsupportedJsonataExpression,
            _ => FindingKind::InvalidJsonataExpression,
        };
        match problem.offset {
            Some(offset) => self.add_within(kind, &problem.path, offset, &problem.message),
            None => self.add_at(kind, &problem.path, problem.message.as_str()),
        }
    }

    pub(crate) fn schema(&mut self, location: &str, message: impl Into<String>) {
        self.add(FindingKind::SchemaValidationFailed, Some(location.to_owned()), message);
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    pub(crate) fn into_error(self) -> DefinitionError {
        DefinitionError { findings: self.found }
    }

    /// What is left when nothing is wrong.
    pub(crate) fn into_warnings(self) -> Vec<Finding> {
        self.found
    }
}
