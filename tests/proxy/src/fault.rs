//! What can go wrong with a call.

use crate::calls::CallId;
use crate::wire::Request;

/// What is done to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The connection is cut off, and every later one is refused.
    Refused,
    /// The connection is reset; the cloud has done nothing.
    ResetBefore,
    /// The cloud has done it, then the connection is reset.
    ResetAfter,
    /// The cloud has done it, and no answer ever comes.
    Silence,
    /// The service says that there were too many calls.
    Throttled,
    /// The service says that it is broken; it has done nothing.
    Broken,
    /// It is held before the cloud hears of it.
    HoldBefore,
    /// It is held when the cloud has done it.
    HoldAfter,
}

/// A fault at one call.
#[derive(Debug, Clone)]
pub struct Injection {
    /// Where it strikes.
    pub call: CallId,
    /// What it does.
    pub fault: Fault,
    /// It strikes every later call of the same operation and subject as well.
    pub every: bool,
}

impl Injection {
    /// Whether it strikes a call.
    pub fn strikes(&self, id: &CallId) -> bool {
        let same = (&id.operation, &id.subject) == (&self.call.operation, &self.call.subject);
        same && (id.occurrence == self.call.occurrence || (self.every && id.occurrence > self.call.occurrence))
    }
}

/// The services, as far as their errors differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    StepFunctions,
    Logs,
    /// And STS.
    Iam,
    Lambda,
    ApiGateway,
}

impl Service {
    pub(crate) fn of(request: &Request) -> Self {
        match request.header("x-amz-target") {
            Some(target) if target.starts_with("AWSStepFunctions.") => Self::StepFunctions,
            Some(_) => Self::Logs,
            None if request.path().starts_with("/v2/") => Self::ApiGateway,
            None if request.path() == "/" => Self::Iam,
            None => Self::Lambda,
        }
    }
}

impl Fault {
    /// The refusal, in the service's own form (status and code as each service's API reference lists them).
    pub(crate) fn answer(self, service: Service) -> Vec<u8> {
        let throttled = self == Self::Throttled;
        let (status, code) = match (service, throttled) {
            (Service::StepFunctions | Service::Logs, true) => (400, "ThrottlingException"),
            (Service::Iam, true) => (400, "Throttling"),
            (Service::Lambda | Service::ApiGateway, true) => (429, "TooManyRequestsException"),
            (Service::StepFunctions, false) => (500, "InternalFailure"),
            (Service::Logs, false) => (500, "ServiceUnavailableException"),
            (Service::Iam, false) => (500, "ServiceFailure"),
            (Service::Lambda, false) => (500, "ServiceException"),
            (Service::ApiGateway, false) => (500, "InternalServerErrorException"),
        };
        let message = if throttled { "Rate exceeded" } else { "An internal error occurred." };
        refusal(service, status, code, message)
    }
}

/// That the caller may not do it, in the service's own form.
pub(crate) fn access_denied(service: Service, message: &str) -> Vec<u8> {
    let (status, code) = match service {
        Service::Iam => (403, "AccessDenied"),
        Service::Lambda | Service::ApiGateway => (403, "AccessDeniedException"),
        Service::StepFunctions | Service::Logs => (400, "AccessDeniedException"),
    };
    refusal(service, status, code, message)
}

fn refusal(service: Service, status: u16, code: &str, message: &str) -> Vec<u8> {
    let (kind, body) = match service {
        Service::Iam => (
            "text/xml",
            format!(
                "<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>0</RequestId></ErrorResponse>"
            ),
        ),
        Service::StepFunctions | Service::Logs => {
            ("application/x-amz-json-1.1", format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
        }
        Service::Lambda | Service::ApiGateway => ("application/json", format!(r#"{{"message":"{message}"}}"#)),
    };
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Refused\r\ncontent-type: {kind}\r\nx-amzn-errortype: {code}\r\ncontent-length: {length}\r\n\
             connection: close\r\n\r\n{body}"
    )
    .into_bytes()
}
