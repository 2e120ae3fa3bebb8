//! The errors Lambda itself reports in place of a function's answer, with AWS's types and texts.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use bytes::Bytes;
use serde_json::json;

use super::program::StartError;

/// An error of the runtime rather than of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RuntimeFailure {
    /// `Runtime.ExitError` and its like.
    pub(crate) error_type: String,
    /// The text, with the request's id.
    pub(crate) message: String,
}

impl RuntimeFailure {
    fn new(request_id: &str, error_type: &str, reason: &str) -> Self {
        Self { error_type: error_type.to_owned(), message: format!("RequestId: {request_id} Error: {reason}") }
    }

    /// The runtime's process ended before it answered.
    pub(crate) fn exited(request_id: &str, status: &io::Result<ExitStatus>) -> Self {
        let reason = match status {
            Ok(status) if status.success() => "Runtime exited without providing a reason".to_owned(),
            Ok(status) => format!("Runtime exited with error: {}", describe(*status)),
            Err(error) => format!("Runtime exited with error: {error}"),
        };
        Self::new(request_id, "Runtime.ExitError", &reason)
    }

    /// The sandbox was ended because its processes had more memory than the function may have.
    pub(crate) fn out_of_memory(request_id: &str) -> Self {
        Self::exited(request_id, &Ok(ExitStatus::from_raw(SIGKILL)))
    }

    /// The runtime's process could not be started.
    pub(crate) fn not_started(request_id: &str, error: &StartError) -> Self {
        let reason = match error {
            StartError::Bootstrap { exists: false, .. } => {
                "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]".to_owned()
            }
            StartError::Bootstrap { error, .. } => format!("fork/exec /var/task/bootstrap: {}", system_text(error)),
            StartError::NoInterpreter(_) | StartError::Interpreter { .. } => error.to_string(),
            StartError::Sandbox { .. } => return Self::new(request_id, "Sandbox.Failure", &error.to_string()),
        };
        Self::new(request_id, "Runtime.InvalidEntrypoint", &reason)
    }

    /// The function's timeout ran out.
    pub(crate) fn timed_out(request_id: &str, timeout_s: u32) -> Self {
        Self::new(request_id, "Sandbox.Timedout", &format!("Task timed out after {timeout_s}.00 seconds"))
    }

    /// What the caller gets.
    pub(crate) fn payload(&self) -> Bytes {
        Bytes::from(json!({"errorType": self.error_type, "errorMessage": self.message}).to_string())
    }
}

/// "Exec format error" (errno(3)); the same number on Linux and macOS.
const ENOEXEC: i32 = 8;

/// The signal that nothing outlives (signal(7)).
const SIGKILL: i32 = 9;

/// What the system said, in the words that AWS's text has.
fn system_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ if error.raw_os_error() == Some(ENOEXEC) => "exec format error".to_owned(),
        _ => error.to_string(),
    }
}

/// How the status is told in AWS's text: `exit status 1` or `signal: killed`.
fn describe(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("signal: {}", signal_name(signal)),
        (None, None) => status.to_string(),
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        6 => "aborted",
        8 => "floating point exception",
        9 => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        15 => "terminated",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}

/// The error type in a runtime's error document; `Unhandled` when it names none.
pub(crate) fn error_type(document: &[u8]) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_slice(document).ok();
    let named = parsed.as_ref().and_then(|value| value.get("errorType")).and_then(serde_json::Value::as_str);
    named.unwrap_or("Unhandled").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exited(raw: i32) -> String {
        RuntimeFailure::exited("id-1", &Ok(ExitStatus::from_raw(raw))).message
    }

    #[test]
    fn tells_exits_as_aws_does() {
        assert_eq!(exited(1 << 8), "RequestId: id-1 Error: Runtime exited with error: exit status 1");
        assert_eq!(exited(9), "RequestId: id-1 Error: Runtime exited with error: signal: killed");
        assert_eq!(exited(0), "RequestId: id-1 Error: Runtime exited without providing a reason");
    }

    #[test]
    fn tells_why_it_did_not_start() {
        let not_started =
            |error: io::Error, exists| RuntimeFailure::not_started("id-1", &StartError::Bootstrap { error, exists });
        let missing = not_started(io::ErrorKind::NotFound.into(), false);
        assert_eq!(missing.error_type, "Runtime.InvalidEntrypoint");
        assert!(missing.message.contains("Couldn't find valid bootstrap(s)"));
        let foreign = not_started(io::Error::from_raw_os_error(ENOEXEC), true);
        assert_eq!(foreign.message, "RequestId: id-1 Error: fork/exec /var/task/bootstrap: exec format error");
        let missing = runtimes::Interpreter::find(
            &runtimes::Declared::named("nodejs22.x").unwrap(),
            &runtimes::Machine::with([]),
        );
        let missing = RuntimeFailure::not_started("id-1", &missing.unwrap_err().into());
        assert!(missing.message.contains("Install Node.js 22"), "{}", missing.message);
    }

    #[test]
    fn timeout_is_what_aws_sends_now() {
        assert_eq!(
            RuntimeFailure::timed_out("id-1", 3).payload(),
            r#"{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id-1 Error: Task timed out after 3.00 seconds"}"#
        );
    }

    #[test]
    fn reads_the_type_out_of_an_error_document() {
        assert_eq!(error_type(br#"{"errorType":"Custom","errorMessage":"x"}"#), "Custom");
        assert_eq!(error_type(b"not json"), "Unhandled");
    }
}
