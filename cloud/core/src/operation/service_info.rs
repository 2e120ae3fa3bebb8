//! What is known of a service as a whole.

use super::{RequestModel, labels};
use crate::error::ServiceError;
use crate::wire::{Protocol, Request};

/// An operation of the API's model that is not there: its name, method and path, with the query where that tells it from
/// another one.
pub type AbsentOperation = (&'static str, &'static str, &'static str);

/// What is known of a service beside its operations.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ServiceInfo {
    /// Its name in documentation, such as `Step Functions`.
    pub title: &'static str,
    /// The name it is signed for, and the prefix of its IAM actions where they are the same, such as `states`.
    pub signing_name: &'static str,
    /// How it talks.
    pub protocol: Protocol,
    /// The prefix of its `X-Amz-Target`, such as `AWSStepFunctions`, where it has one.
    pub target_prefix: Option<&'static str>,
    /// Its answer to a call too many.
    pub throttled: fn() -> ServiceError,
    /// Its answer when it has failed.
    pub failed: fn() -> ServiceError,
    /// Its answer to a write while another one to the same thing is under way.
    pub conflict: fn() -> ServiceError,
    /// The operations of its model that are not there, where a method and a path name them: name, method, path.
    pub absent: &'static [AbsentOperation],
    /// What its requests are checked against before an operation looks at them.
    pub requests: Option<RequestModel>,
}

impl ServiceInfo {
    /// A service with AWS's common errors (throttling, failure, conflict), as the services have whose models name none.
    #[must_use]
    pub const fn new(title: &'static str, signing_name: &'static str, protocol: Protocol) -> Self {
        Self {
            title,
            signing_name,
            protocol,
            target_prefix: None,
            throttled: common_throttled,
            failed: common_failed,
            conflict: common_conflict,
            absent: &[],
            requests: None,
        }
    }

    /// With what its requests are checked against.
    #[must_use]
    pub const fn with_requests(mut self, requests: RequestModel) -> Self {
        self.requests = Some(requests);
        self
    }

    /// With the operations of its model that are not there, where a method and a path name them: name, method, path.
    #[must_use]
    pub const fn with_absent(mut self, absent: &'static [AbsentOperation]) -> Self {
        self.absent = absent;
        self
    }

    /// The name of an operation that is not there, where a method and a path name it.
    #[must_use]
    pub fn absent_operation(&self, request: &Request) -> Option<&'static str> {
        self.absent_by_query(request).or_else(|| self.absent_in(request, |query| query.is_none()))
    }

    /// The same, of those alone that a query tells from another operation with their path.
    pub(super) fn absent_by_query(&self, request: &Request) -> Option<&'static str> {
        let is_asked = |query: &str| request.raw_query.split('&').any(|pair| pair == query);
        self.absent_in(request, |query| query.is_some_and(is_asked))
    }

    fn absent_in(&self, request: &Request, is_queried: impl Fn(Option<&str>) -> bool) -> Option<&'static str> {
        if self.absent.is_empty() {
            return None;
        }
        let segments = request.segments();
        let is_it = |(_, method, path): &&AbsentOperation| {
            let (path, query) = path.split_once('?').map_or((*path, None), |(path, query)| (path, Some(query)));
            *method == request.method.as_str() && is_queried(query) && labels(path, &segments).is_some()
        };
        self.absent.iter().find(is_it).map(|(name, _, _)| *name)
    }

    /// With the prefix of its `X-Amz-Target`.
    #[must_use]
    pub const fn with_target_prefix(mut self, prefix: &'static str) -> Self {
        self.target_prefix = Some(prefix);
        self
    }

    /// With its own answer to a call too many.
    #[must_use]
    pub const fn with_throttled(mut self, throttled: fn() -> ServiceError) -> Self {
        self.throttled = throttled;
        self
    }

    /// With its own answer when it has failed.
    #[must_use]
    pub const fn with_failed(mut self, failed: fn() -> ServiceError) -> Self {
        self.failed = failed;
        self
    }

    /// With its own answer to a write while another one to the same thing is under way.
    #[must_use]
    pub const fn with_conflict(mut self, conflict: fn() -> ServiceError) -> Self {
        self.conflict = conflict;
        self
    }
}

fn common_throttled() -> ServiceError {
    ServiceError::bad_request("Throttling", "Rate exceeded")
}

fn common_failed() -> ServiceError {
    let unknown = "The request processing has failed because of an unknown error, exception or failure.";
    ServiceError::new(500, "InternalFailure", unknown)
}

fn common_conflict() -> ServiceError {
    let message = "The request was rejected because multiple requests to change this object were submitted \
                   simultaneously. Wait a few minutes and submit your request again.";
    ServiceError::new(409, "ConcurrentModification", message)
}
