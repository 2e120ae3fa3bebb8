//! Lambda of the embedded cloud: functions, their versions, aliases and permissions, and the sandboxes that run them.
//!
//! [`Functions`] is the service: [`OPERATIONS`] lists what it answers, [`INFO`] what is known of it, and it is the
//! [`FunctionInvoker`](cloud_core::FunctionInvoker) of the other services. Rows are in the table [`TABLE`], zips in a folder.
//! What runs code is an outside effect behind the port [`Runner`]: [`ProcessRunner`] starts processes of this machine; tests
//! and simulations run closures (`SimulatedRunner`, with the feature `testing`), on any clock and with a seed. Each process has
//! a supervisor, which is this program again: its `main` calls [`supervise`] before anything else.
//!
//! What it must not know: any other service, HTTP connections but those of functions to their Runtime API, the data folder's
//! place, the machine's clock and its random numbers.

mod api;
mod async_queue;
mod code;
mod fair_room;
mod invoke;
mod model;
mod operations;
mod pool;
mod process_tree;
mod run_version;
mod runtime;
mod service;
mod supervisor;
#[cfg(test)]
mod tests;
mod url_endpoint;

pub use async_queue::{ASYNC_EVENTS, ASYNC_PAYLOADS};
pub use code::{ArchiveError, CODE_PATH, CodeError};
#[cfg(any(test, feature = "testing"))]
pub use code::{check_archive, unpack_archive};
pub use model::{Code, FunctionVersion, LogFormat, LogLevel, LoggingConfig, VpcConfig};
pub use operations::{INFO, OPERATIONS, resource_policy, resource_tags};
pub use runtime::{
    Delivery, InvocationEvent, Launch, Part, ProcessRunner, ProcessRunnerSettings, Runner, RunnerError, Runtime,
    RuntimeMessage, RuntimeSignal, StartError,
};
#[cfg(any(test, feature = "testing"))]
pub use runtime::{SimulatedRun, SimulatedRunner};
pub use runtimes::Machine;
pub use service::{Functions, Handles, TABLE};
pub use supervisor::supervise;
pub use url_endpoint::URL_BODY_BYTES;
