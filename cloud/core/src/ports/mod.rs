//! The ports between services: what one asks of another without knowing its crate.

mod executions;

use std::collections::BTreeSet;
use std::pin::Pin;

use bytes::Bytes;
use jiff::Timestamp;
use policy::Document;
use serde_json::{Value, json};

use crate::error::ServiceError;
use crate::function_reference::FunctionReference;
use crate::location::{Account, Location};
use crate::operation::{Actor, Permit, Refused};
use crate::wire::{Request, Response};

pub use executions::{
    EventSummary, ExecutionFork, ExecutionHistories, ExecutionWait, ExecutionWaits, ForkedExecution, WaitReason,
};

/// What a port answers with.
pub type PortFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What one invocation of a function gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The invocation's request id.
    pub request_id: String,
    /// The function's answer, or the error document.
    pub payload: Bytes,
    /// `Unhandled` when the function failed.
    pub function_error: Option<String>,
    /// The last 4 KiB of the log; durable once [`LogWriter::flush`] has ended.
    pub log_tail: Vec<u8>,
    /// `$LATEST` or a version's number.
    pub executed_version: String,
    /// The X-Ray header.
    pub trace_id: String,
}

/// Invokes functions: what Lambda offers to API Gateway and Step Functions.
pub trait FunctionInvoker: Send + Sync {
    /// Runs what a reference names and waits for its answer. A function that fails is an answer, not an error. The function
    /// runs to its end even when nobody waits any more.
    fn invoke<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>>;

    /// The same, with the client context of whoever calls: JSON in Base64 that the function finds in its context. What knows
    /// no such thing runs the function without.
    fn invoke_for<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
        _client_context: Option<&'a str>,
    ) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        self.invoke(function, payload)
    }

    /// Starts an invocation that nobody waits for; gives its request id.
    fn invoke_later<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
    ) -> PortFuture<'a, Result<String, ServiceError>>;

    /// The version that an invocation would run.
    ///
    /// # Errors
    /// `ResourceNotFoundException` when there is none.
    fn version(&self, function: &FunctionReference) -> Result<String, ServiceError>;

    /// Whether the resource policy of what a reference names lets a service invoke it for a source.
    fn may_invoke(&self, function: &FunctionReference, service: &str, source_arn: &str) -> bool;

    /// The resource policy of what a reference names; none where nobody was given a permission.
    fn resource_policy(&self, function: &FunctionReference) -> Option<Document>;

    /// The tags of the function that a reference names, for policies that ask for them.
    fn tags(&self, function: &FunctionReference) -> Vec<(String, String)>;
}

/// Writes log lines: what CloudWatch Logs offers to Lambda and Step Functions.
pub trait LogWriter: Send + Sync {
    /// Writes lines with their moments; the group and the stream are made when they are missing. The lines are
    /// durable soon after this ends; readers wait until they are. It waits while too much is still to be written. Without
    /// lines only the group is made.
    fn write<'a>(
        &'a self,
        location: &'a Location,
        group: &'a str,
        stream: &'a str,
        lines: Vec<(Timestamp, String)>,
    ) -> PortFuture<'a, Result<(), ServiceError>>;

    /// Waits until what was written to a group before the call is durable, or lost, which leaves a trace. Whoever shows
    /// lines without reading them from the group waits for this first.
    fn flush<'a>(&'a self, location: &'a Location, group: &'a str) -> PortFuture<'a, ()>;

    /// Whether there is a log group of this name.
    fn has_group(&self, location: &Location, group: &str) -> bool;
}

/// Who wants to assume a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal<'a> {
    /// A service on behalf of a resource.
    Service {
        /// Such as `lambda.amazonaws.com`.
        name: &'a str,
        /// The ARN of the resource, which trust policies know as `aws:SourceArn` and its account as `aws:SourceAccount`.
        resource: &'a str,
    },
    /// A task of a state machine that names a role of its own.
    Task {
        /// The state machine's role, in whose session the task asks.
        role: &'a str,
        /// The state machine's ARN, which trust policies know as `sts:ExternalId`.
        machine: &'a str,
    },
}

/// How a role answers to a principal that wants to assume it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleTrust {
    /// There is no such role, and there never was.
    Missing,
    /// There was such a role, or there is one of its name with another path: nobody can have it.
    Gone,
    /// Its trust policy does not let the principal in.
    Refused,
    /// Its trust policy lets the principal in, but the role or the policy is so new that services do not know it yet.
    Propagating,
    /// The principal can assume it.
    Trusted,
}

/// The temporary credentials of a session of a role.
#[derive(Clone, PartialEq, Eq)]
pub struct RoleCredentials {
    /// The access key.
    pub access_key_id: String,
    /// What requests are signed with.
    pub secret_access_key: String,
    /// What requests show beside the signature.
    pub session_token: String,
    /// When they end, by the machine's clock.
    pub expires_at: Timestamp,
}

/// Who acts, as services tell it to what they call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerIdentity {
    /// The ARN of the user, or of the session.
    pub arn: String,
    /// The account.
    pub account: Account,
    /// The unique id: of a session the role's, with the session's name.
    pub id: String,
}

impl CallerIdentity {
    /// Who signed a request to an endpoint, as `requestContext.authorizer` of payload format 2.0 tells it.
    #[must_use]
    pub fn authorizer(&self, access_key: &str) -> Value {
        json!({ "iam": {
            "accessKey": access_key,
            "accountId": self.account.as_str(),
            "callerId": self.id,
            "cognitoIdentity": null,
            "principalOrgId": null,
            "userArn": self.arn,
            "userId": self.id,
        }})
    }
}

/// Answers for roles: what IAM offers to the services that assume them.
pub trait RoleDirectory: Send + Sync {
    /// Whether a principal can assume the role with this ARN.
    fn trust(&self, role_arn: &str, principal: Principal<'_>) -> RoleTrust;

    /// Opens a session of a role for a service that it trusts, for as long as such sessions last; none where there is no such
    /// role, or it does not trust the service. A service whose role was never made acts without one.
    fn open_session(&self, role_arn: &str, principal: Principal<'_>, session_name: &str) -> Option<RoleCredentials>;

    /// Whether somebody may do everything with a resource, so that nothing has to be asked.
    fn may_do_all(&self, actor: Actor<'_>, resource_arn: &str) -> bool;

    /// Who somebody is.
    fn identify(&self, actor: Actor<'_>) -> CallerIdentity;

    /// Decides whether somebody may do something, by all policies that have a say.
    ///
    /// # Errors
    /// Why not, in AWS's words.
    fn permit(&self, asked: &Permit<'_>) -> Result<(), Refused>;

    /// Whether roles take their time to reach the services at the moment.
    fn roles_propagate_slowly(&self) -> bool;
}

/// Calls any operation that the embedded cloud serves, as a client in some location would: what the router offers to Step
/// Functions (`aws-sdk:*` tasks).
///
/// An operation that writes runs to its end even when the caller drops the future.
pub trait Dispatch: Send + Sync {
    /// Answers a request that was made with [`Request::internal`].
    ///
    /// # Errors
    /// The operation's own error; status 501 when it is not served.
    fn dispatch(&self, request: Request) -> PortFuture<'static, Result<Response, ServiceError>>;
}

/// Moves the cloud's clock.
pub trait ClockMover: Send + Sync {
    /// Moves it so far on, with all that is due in between; gives what it shows then.
    ///
    /// # Errors
    /// Where it can't be moved, or not so far.
    fn advance<'a>(&'a self, by_ms: u64) -> PortFuture<'a, Result<Timestamp, ServiceError>>;
}

/// Knows where there is anything.
pub trait Inhabited: Send + Sync {
    /// Every account and region that has a state machine, a function, an HTTP API or a log group, in their order.
    fn locations(&self) -> BTreeSet<Location>;
}
