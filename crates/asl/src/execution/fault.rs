//! Faults: what can go wrong while a state runs.

use super::branch::Branch;
use crate::document::Document;
use crate::history::Failure;
use crate::quotas::{MAX_EVENTS, MAX_PAYLOAD_BYTES};
use crate::template::TemplateFailure;
use jsonata::FieldError;

/// How deep a payload may nest: what the JSON reader takes, less a margin.
const MAX_DEPTH: usize = 120;

pub(super) const RUNTIME: &str = "States.Runtime";
pub(super) const TIMEOUT: &str = "States.Timeout";
pub(super) const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
pub(super) const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";
/// What AWS says in place of the specification's `States.ResultPathMatchFailure` (public run logs).
pub(super) const REFERENCE_PATH_CONFLICT: &str = "States.ReferencePathConflict";

/// Why a state cannot continue.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fault {
    /// An error that a Retry or Catch may handle.
    Error(Failure),
    /// A task sent no heartbeat for longer than `HeartbeatSeconds`: a timeout that a second error name matches as well.
    HeartbeatMissed,
    /// A JSONata field has no usable value. The history has an event for it.
    Evaluation {
        failure: Failure,
        /// The field, if one field is at fault.
        location: Option<String>,
    },
    /// An error that ends the execution, whatever the definition says.
    Fatal(Failure),
}

impl Fault {
    pub(super) fn error(name: &str, cause: impl Into<String>) -> Self {
        Self::Error(Failure { error: Some(name.to_owned()), cause: Some(cause.into()) })
    }

    pub(super) fn timeout() -> Self {
        Self::Error(timed_out())
    }

    /// `States.Runtime`, which cannot be retried or caught on AWS.
    pub(super) fn runtime(branch: &Branch, problem: impl std::fmt::Display) -> Self {
        let cause = Some(in_state(branch, problem));
        Self::Fatal(Failure { error: Some(RUNTIME.to_owned()), cause })
    }

    /// An error by the name of `States.Runtime` ends the execution whoever reports it: AWS lets no Retry and no Catch take it.
    pub(super) fn fatal_by_name(self) -> Self {
        match self {
            Self::Error(failure) if failure.error.as_deref() == Some(RUNTIME) => Self::Fatal(failure),
            other => other,
        }
    }

    /// `States.QueryEvaluationError` of a field.
    pub(super) fn evaluation(branch: &Branch, FieldError { cause, location }: FieldError) -> Self {
        Self::Evaluation { failure: evaluation_error(branch, cause), location: Some(location) }
    }

    /// `States.QueryEvaluationError` of the whole input.
    pub(super) fn invalid_input(branch: &Branch, cause: impl std::fmt::Display) -> Self {
        Self::Evaluation { failure: evaluation_error(branch, cause), location: None }
    }

    pub(super) fn template(branch: &Branch, failure: TemplateFailure) -> Self {
        match failure {
            TemplateFailure::NotFound(problem) | TemplateFailure::Intrinsic(problem) => Self::runtime(branch, problem),
            TemplateFailure::TooLarge => too_large(&branch.state),
        }
    }

    pub(super) fn too_many_events() -> Self {
        let cause = format!("The execution reached the maximum number of history events ({MAX_EVENTS}).");
        Self::Fatal(Failure { error: Some(RUNTIME.to_owned()), cause: Some(cause) })
    }

    /// Whether it is `States.DataLimitExceeded`.
    pub(super) fn is_of_size(&self) -> bool {
        match self {
            Self::Error(failure) | Self::Evaluation { failure, .. } | Self::Fatal(failure) => {
                failure.error.as_deref() == Some(DATA_LIMIT_EXCEEDED)
            }
            Self::HeartbeatMissed => false,
        }
    }

    /// The failure that the history and a catcher show.
    pub(super) fn failure(self) -> Failure {
        match self {
            Self::Error(failure) | Self::Evaluation { failure, .. } | Self::Fatal(failure) => failure,
            Self::HeartbeatMissed => timed_out(),
        }
    }
}

fn evaluation_error(branch: &Branch, cause: impl std::fmt::Display) -> Failure {
    Failure { error: Some(QUERY_EVALUATION_ERROR.to_owned()), cause: Some(in_state(branch, cause)) }
}

/// A problem with AWS's words for the state that it occurred in. A state that is tested on its own was entered at no event: the
/// causes that TestState answers with lack these words (recorded by others).
fn in_state(branch: &Branch, problem: impl std::fmt::Display) -> String {
    if branch.entered_event_id == 0 {
        return problem.to_string();
    }
    format!(
        "An error occurred while executing the state '{}' (entered at the event id #{}). {problem}",
        branch.state, branch.entered_event_id
    )
}

/// AWS gives a timeout no cause, and the same name for a missed heartbeat.
pub(super) fn timed_out() -> Failure {
    Failure { error: Some(TIMEOUT.to_owned()), cause: None }
}

/// Refuses a payload over the quota.
///
/// # Errors
/// `States.DataLimitExceeded`, which names `who`: a state, a function or a service.
pub(super) fn check_size(size_bytes: usize, who: &str) -> Result<(), Fault> {
    if size_bytes <= MAX_PAYLOAD_BYTES { Ok(()) } else { Err(too_large(who)) }
}

pub(super) fn too_large(who: &str) -> Fault {
    let cause = format!(
        "The state/task '{who}' returned a result with a size exceeding the maximum number of bytes service limit."
    );
    Fault::error(DATA_LIMIT_EXCEEDED, cause)
}

/// Refuses a payload that is too large or nests too deep.
///
/// # Errors
/// `States.DataLimitExceeded` for the size, `States.Runtime` for the depth.
pub(super) fn check_payload(branch: &Branch, payload: &Document) -> Result<(), Fault> {
    check_depth(branch, payload, "output")?;
    check_size(payload.size_bytes(), &branch.state)
}

/// Refuses JSON that could not be read back.
///
/// # Errors
/// `States.Runtime` when it nests deeper than the JSON reader takes.
pub(super) fn check_depth(branch: &Branch, document: &Document, what: &str) -> Result<(), Fault> {
    if document.depth() <= MAX_DEPTH {
        return Ok(());
    }
    let problem = format!("The state's {what} nests deeper than {} levels.", MAX_DEPTH);
    Err(Fault::runtime(branch, problem))
}
