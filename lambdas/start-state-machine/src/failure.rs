//! What Step Functions' errors mean to the caller. The sentences name no role, account or request of ours.

use crate::refusal::Refusal;

/// The answer for a failed StartExecution, from the service's error code and HTTP status; both are absent when the
/// request never reached it. A taken name is not among them: it has its own module.
pub(crate) fn refusal(code: Option<&str>, http_status: Option<u16>) -> Refusal {
    match code {
        Some("InvalidName") => Refusal::bad_request(
            "invalid_name",
            "Step Functions refused \"taskName\" as a name; use up to 80 letters, digits, - and _",
        ),
        Some("ExecutionLimitExceeded") => {
            Refusal::new(503, "too_many_executions", "Too many executions are running; try again when some have ended")
        }
        Some("StateMachineDoesNotExist" | "InvalidArn") => Refusal::new(
            502,
            "no_state_machine",
            "The state machine that this service starts does not exist; deploy the service again",
        ),
        Some("StateMachineDeleting") => Refusal::new(
            503,
            "state_machine_deleting",
            "The state machine is being deleted; try again once the service is deployed anew",
        ),
        Some(code) if is_throttling(code) => throttled(),
        Some(code) if is_denial(code) => not_permitted(),
        Some(_) | None => by_status(http_status),
    }
}

fn by_status(http_status: Option<u16>) -> Refusal {
    match http_status {
        Some(429 | 503) => throttled(),
        Some(401 | 403) => not_permitted(),
        Some(_) => Refusal::new(
            502,
            "start_failed",
            "Step Functions could not start the execution; the function's log has the cause",
        ),
        None => Refusal::new(502, "unreachable", "Step Functions could not be reached in time; try again"),
    }
}

fn throttled() -> Refusal {
    Refusal::new(503, "throttled", "Step Functions is asked too often just now; try again in a few seconds")
}

fn not_permitted() -> Refusal {
    Refusal::new(
        502,
        "not_permitted",
        "This service may not start its state machine; its function needs the permission states:StartExecution",
    )
}

fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "ThrottlingException"
            | "Throttling"
            | "ThrottledException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "KmsThrottlingException"
            | "ServiceUnavailable"
            | "ServiceUnavailableException"
    )
}

fn is_denial(code: &str) -> bool {
    matches!(
        code,
        "AccessDenied"
            | "AccessDeniedException"
            | "NotAuthorized"
            | "KmsAccessDeniedException"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "IncompleteSignature"
            | "MissingAuthenticationTokenException"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "OptInRequired"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(code: Option<&str>, http_status: Option<u16>) -> (u16, &'static str) {
        let refusal = refusal(code, http_status);
        (refusal.status, refusal.code)
    }

    #[test]
    fn a_missing_permission_is_a_502() {
        for code in ["AccessDeniedException", "ExpiredTokenException", "UnrecognizedClientException"] {
            assert_eq!(answer(Some(code), Some(400)), (502, "not_permitted"), "{code}");
        }
        assert_eq!(answer(None, Some(403)), (502, "not_permitted"));
    }

    #[test]
    fn a_throttled_api_is_a_503() {
        for code in ["ThrottlingException", "TooManyRequestsException", "KmsThrottlingException"] {
            assert_eq!(answer(Some(code), Some(400)), (503, "throttled"), "{code}");
        }
        assert_eq!(answer(Some("SomethingNew"), Some(429)), (503, "throttled"));
        assert_eq!(answer(Some("ExecutionLimitExceeded"), Some(400)), (503, "too_many_executions"));
    }

    #[test]
    fn the_rest_is_told_apart() {
        assert_eq!(answer(Some("InvalidName"), Some(400)), (400, "invalid_name"));
        assert_eq!(answer(Some("StateMachineDoesNotExist"), Some(400)), (502, "no_state_machine"));
        assert_eq!(answer(Some("StateMachineDeleting"), Some(400)), (503, "state_machine_deleting"));
        assert_eq!(answer(Some("InternalFailure"), Some(500)), (502, "start_failed"));
        assert_eq!(answer(None, None), (502, "unreachable"));
    }
}
