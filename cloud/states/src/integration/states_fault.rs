//! Why a call of Step Functions itself came to nothing, named as its SDK names it.

use cloud_core::{Refused, ServiceError};

use super::call_fault::CallFault;
use crate::states::States;

/// The fault of a call that the role may not make.
pub(super) fn denied(states: &States, refused: &Refused) -> CallFault {
    let denied = ServiceError::bad_request("AccessDeniedException", refused.to_string());
    let fault = service_failure(&denied, &states.random.uuid().to_string());
    // The SDK that Step Functions uses has no class for this error, and so gives it the name of all.
    CallFault { error: "StepFunctions.AWSStepFunctionsException".to_owned(), ..fault }
}

/// The fault of a call that the service refused.
pub(super) fn service_failure(error: &ServiceError, request_id: &str) -> CallFault {
    let cause = format!(
        "{} (Service: AWSStepFunctions; Status Code: {}; Error Code: {}; Request ID: {request_id}; Proxy: null)",
        error.message, error.status, error.code
    );
    let suffix = if error.code.ends_with("Exception") { "" } else { "Exception" };
    CallFault::new(&format!("StepFunctions.{}{suffix}", error.code), cause)
}
