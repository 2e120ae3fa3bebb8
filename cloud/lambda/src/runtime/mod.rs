//! What runs a function's code: the port [`Runner`], and the real one, which starts processes.

mod client_context;
mod environment;
mod failure;
mod interpreted;
mod memory;
mod process;
mod process_runner;
mod program;
mod protection;
mod runner;
mod runtime_api;
#[cfg(any(test, feature = "testing"))]
mod simulated;
mod supervisors;

pub(crate) use client_context::client_context;
pub(crate) use environment::reserved;
pub(crate) use failure::{RuntimeFailure, error_type};
pub use process_runner::{ProcessRunner, ProcessRunnerSettings};
pub use program::StartError;
pub use protection::Part;
pub use runner::{Delivery, InvocationEvent, Launch, Runner, RunnerError, Runtime, RuntimeMessage, RuntimeSignal};
#[cfg(any(test, feature = "testing"))]
pub use simulated::{SimulatedRun, SimulatedRunner};
