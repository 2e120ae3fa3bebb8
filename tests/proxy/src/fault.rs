//! What can go wrong with a call.

use crate::calls::CallId;
use crate::tags;
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
    /// The service says that the caller may not do this; it has done nothing.
    Denied,
    /// The caller may not read tags: they are missing with a reason, or the call for them is refused.
    TagsUnreadable,
    /// The answer comes without the members that hold tags.
    TagsMissing,
    /// It is held before the cloud hears of it.
    HoldBefore,
    /// It is held when the cloud has done it.
    HoldAfter,
}

/// The subject of an injection that strikes every subject.
const ANY: &str = "*";

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
    /// A fault at every call of an operation, whatever it is about.
    pub fn everywhere(operation: &str, fault: Fault) -> Self {
        let call = CallId { operation: operation.to_owned(), subject: ANY.to_owned(), occurrence: 1 };
        Self { call, fault, every: true }
    }

    /// Whether it strikes a call.
    pub fn strikes(&self, id: &CallId) -> bool {
        let about = self.call.subject == ANY || id.subject == self.call.subject;
        let same = about && id.operation == self.call.operation;
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
    /// Whether it can happen to a call of an operation.
    pub fn applies(self, operation: &str) -> bool {
        match self {
            Self::TagsUnreadable => tags::may_be_unreadable(operation),
            Self::TagsMissing => tags::tells(operation),
            _ => true,
        }
    }

    /// The refusal to a caller who lacks the permission for an operation.
    pub(crate) fn denial(service: Service, operation: &str) -> Vec<u8> {
        access_denied(service, &denied(service, operation))
    }

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

/// AWS's sentence about a permission that is missing.
pub(crate) fn denied(service: Service, operation: &str) -> String {
    let action = match service {
        Service::StepFunctions => format!("states:{operation}"),
        Service::Logs => format!("logs:{operation}"),
        Service::Iam if operation == "GetCallerIdentity" => format!("sts:{operation}"),
        Service::Iam => format!("iam:{operation}"),
        Service::Lambda => format!("lambda:{operation}"),
        Service::ApiGateway if operation.starts_with("Get") => "apigateway:GET".to_owned(),
        Service::ApiGateway if operation.starts_with("Create") => "apigateway:POST".to_owned(),
        Service::ApiGateway if operation.starts_with("Update") => "apigateway:PATCH".to_owned(),
        Service::ApiGateway => "apigateway:DELETE".to_owned(),
    };
    format!(
        "User: arn:aws:iam::000000000000:user/anna is not authorized to perform: {action} on resource: x because no \
         identity-based policy allows the {action} action"
    )
}

/// A refusal in the service's own form.
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
