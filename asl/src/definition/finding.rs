//! What is wrong with a definition, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A definition that cannot be run, with everything that was found wrong in it; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.aws_text())]
pub struct DefinitionError {
    findings: Vec<Finding>,
}

/// One thing wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What sort of problem it is.
    pub kind: FindingKind,
    /// Where, as AWS writes it (`/States/Wait/Timestamp`, `/States/C/Choices[0]/Next`); `None` for the whole definition.
    pub location: Option<String>,
    /// What is wrong. AWS's text wherever it is known.
    pub message: String,
}

/// The sorts of problem. All but [`Self::NotImplemented`] are AWS's own diagnostic codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindingKind {
    /// The text is no JSON.
    InvalidJson,
    /// A field is missing, unknown or has a wrong value.
    SchemaValidationFailed,
    /// A transition leads to no state, or no transition leads to a state.
    MissingTransitionTarget,
    /// No state ends the execution.
    MissingEndState,
    /// A part of the language that AWS has and this library does not have yet.
    NotImplemented,
}

impl FindingKind {
    /// The code in `ValidateStateMachineDefinition`'s diagnostics; `NOT_IMPLEMENTED` is not one of AWS's.
    pub fn code(self) -> &'static str {
        match self {
            Self::InvalidJson => "INVALID_JSON_DESCRIPTION",
            Self::SchemaValidationFailed => "SCHEMA_VALIDATION_FAILED",
            Self::MissingTransitionTarget => "MISSING_TRANSITION_TARGET",
            Self::MissingEndState => "MISSING_END_STATE",
            Self::NotImplemented => "NOT_IMPLEMENTED",
        }
    }
}

impl DefinitionError {
    /// Everything that was found, in the order of the definition.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// All findings as `CreateStateMachine` lists them between the quotes of
    /// `Invalid State Machine Definition: '...'`: `CODE: message at location`, separated by commas.
    pub fn aws_text(&self) -> String {
        self.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
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
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, kind: FindingKind, location: Option<String>, message: impl Into<String>) {
        self.0.push(Finding { kind, location, message: message.into() });
    }

    pub(crate) fn schema(&mut self, location: &str, message: impl Into<String>) {
        self.add(FindingKind::SchemaValidationFailed, Some(location.to_owned()), message);
    }

    /// `feature` names what is missing.
    pub(crate) fn not_implemented(&mut self, location: &str, feature: impl fmt::Display) {
        self.add(FindingKind::NotImplemented, Some(location.to_owned()), format!("{feature} is not implemented yet"));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_error(self) -> DefinitionError {
        DefinitionError { findings: self.0 }
    }
}
