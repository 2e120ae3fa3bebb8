//! How one invocation ended, before it is logged.

use bytes::Bytes;
use jiff::Timestamp;

use super::report::{self, InvocationStatus};
use crate::runtime::{RuntimeFailure, error_type};

/// How one invocation ended, before it is logged.
#[derive(Debug)]
pub(super) struct Completion {
    /// The result, or the error document.
    pub(super) payload: Bytes,
    /// What the function says that the result is.
    pub(super) content_type: Option<String>,
    /// Whether it is an error document.
    pub(super) has_failed: bool,
    /// What REPORT tells.
    pub(super) status: InvocationStatus,
    /// Lines to log before END.
    pub(super) lines: Vec<String>,
    /// Whether the sandbox can take another event.
    pub(super) is_reusable: bool,
}

impl Completion {
    /// The runtime answered, with a result or with the function's error.
    pub(super) fn answered(payload: Bytes, has_failed: bool) -> Self {
        let status = InvocationStatus::Answered;
        Self { payload, content_type: None, has_failed, status, lines: Vec::new(), is_reusable: true }
    }

    /// The runtime answered with what the function has streamed.
    pub(super) fn streamed(content_type: String, body: Bytes) -> Self {
        Self { content_type: Some(content_type), ..Self::answered(body, false) }
    }

    /// The runtime reported that it could not start.
    pub(super) fn init_failed(document: Bytes) -> Self {
        let status = InvocationStatus::Failed(error_type(&document));
        Self { status, is_reusable: false, ..Self::answered(document, true) }
    }

    /// The runtime ended, or was never there.
    pub(super) fn failed(failure: &RuntimeFailure) -> Self {
        Self {
            payload: failure.payload(),
            content_type: None,
            has_failed: true,
            status: InvocationStatus::Failed(failure.error_type.clone()),
            lines: vec![report::failed(&failure.message, &failure.error_type)],
            is_reusable: false,
        }
    }

    /// The function's processes had more memory than it may have. REPORT alone names the cause, as on AWS.
    pub(super) fn out_of_memory(request_id: &str) -> Self {
        let status = InvocationStatus::Failed("Runtime.OutOfMemory".to_owned());
        Self { status, ..Self::failed(&RuntimeFailure::out_of_memory(request_id)) }
    }

    /// The function's timeout ran out.
    pub(super) fn timed_out(now: Timestamp, request_id: &str, timeout_s: u32) -> Self {
        Self {
            payload: RuntimeFailure::timed_out(request_id, timeout_s).payload(),
            content_type: None,
            has_failed: true,
            status: InvocationStatus::TimedOut,
            lines: vec![report::timed_out(now, request_id, timeout_s)],
            is_reusable: false,
        }
    }
}
