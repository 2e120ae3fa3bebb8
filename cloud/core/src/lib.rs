//! What the services of the embedded cloud share.
//!
//! Each AWS service is a crate of its own (`cloud-iam`, `cloud-logs`, ...). They never import each other; they meet here:
//!
//! - [`Request`] and [`Response`], with AWS's wire protocols ([`Protocol`], [`Form`], [`Xml`]) and errors ([`ServiceError`]);
//! - [`Operation`]: a service lists its operations once; the router, injected faults, the log and the documentation's list
//!   read that table ([`Service`], [`Routed`]);
//! - the ports between services ([`FunctionInvoker`], [`LogWriter`], [`RoleDirectory`], [`Dispatch`], [`ExecutionWaits`]);
//! - [`Location`]: the account and the region that a thing is in;
//! - time and chance as values ([`Clock`], [`Random`]): a service holds both, and only the composition makes the real ones;
//! - [`CachedTable`]: values that are read from memory and are durable before anybody sees them; [`UnreadableRows`]: those
//!   that could not be read, which hold nothing else up;
//! - [`JacksonError`]: what AWS says of a text that is no JSON;
//! - [`http_endpoint`]: the events and answers of functions that HTTP requests run;
//! - [`TcpSockets`]: whose the other end of a connection is, as the system says;
//! - [`FaultInjection`]: AWS's eventual consistency, shown when asked to.
//!
//! What it must not know: any service, HTTP connections, processes, where the data folder is.

mod clock;
mod error;
mod faults;
mod function_reference;
mod location;
mod operation;
mod ports;
mod random;
mod rate_limit;
mod signals;
mod snapshots;
mod table;
mod tcp_sockets;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod wire;

pub use clock::{Clock, ClockControl, Course, Elapsed, Hold};
pub use error::ServiceError;
pub use faults::{ConsistencySettings, FaultInjection, Setting, SettingError, Throttling, Window};
pub use function_reference::{FunctionReference, LATEST};
pub use location::{Account, DEFAULT_ACCOUNT_ID, DEFAULT_REGION, Location};
pub use operation::{
    AbsentOperation, Access, Actor, Answering, Asked, Binding, ConditionKeys, DEFAULT_BODY_LIMIT_BYTES, Handler, Need,
    Operation, OperationInfo, Otherwise, Permit, Quota, Refused, RequestModel, Resource, Routed, Service, ServiceInfo,
    Why, is_reserved_tag_key,
};
pub use policy::{Context, Document};
pub use ports::{
    CallerIdentity, ClockMover, Dispatch, EventSummary, ExecutionFork, ExecutionHistories, ExecutionWait,
    ExecutionWaits, ForkedExecution, FunctionInvoker, Inhabited, Invocation, LogWriter, PortFuture, Principal,
    RoleCredentials, RoleDirectory, RoleTrust, WaitReason,
};
pub use random::Random;
pub use rate_limit::{RateLimit, TokenBucket};
pub use signals::{Changes, CountedLogs, Stop, Topic};
pub use snapshots::{ReadView, Snapshots, before};
pub use table::{CachedTable, Change, UnreadableRows};
pub use tcp_sockets::{TcpSocket, TcpSockets};
pub use wire::http_endpoint;
pub use wire::{
    ActingRole, BodyStream, Form, JacksonError, Page, Protocol, Request, Response, Scope, Signed, Xml, decode_token,
    encode_token, escape, query_answer,
};
