//! Lambda of the embedded cloud: functions, their versions, aliases and permissions, and the sandboxes that run them.
//!
//! [`Functions`] is the service: [`OPERATIONS`] lists what it answers, [`INFO`] what is known of it, and it is the
//! [`FunctionInvoker`](cloud_core::FunctionInvoker) of the other services. Rows are in the table [`TABLE`], zips in a folder.
//! What runs code is an outside effect behind the port [`Runner`]: [`ProcessRunner`] starts processes of this machine; tests
//! and simulations run closures (`SimulatedRunner`, with the feature `testing`), on any clock and with a seed.
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
mod run_version;
mod runtime;
mod service;
#[cfg(test)]
mod tests;

pub use async_queue::{ASYNC_EVENTS, ASYNC_PAYLOADS};
pub use code::{ArchiveError, CodeError};
pub use model::{Code, FunctionVersion};
pub use operations::{INFO, OPERATIONS};
pub use runtime::{
    Delivery, InvocationEvent, ProcessRunner, Runner, RunnerError, Runtime, RuntimeMessage, RuntimeSignal, StartError,
};
#[cfg(any(test, feature = "testing"))]
pub use runtime::{SimulatedRun, SimulatedRunner};
pub use service::{Functions, Handles, TABLE};
