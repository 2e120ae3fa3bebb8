//! The port to what runs functions, and what goes through it.

use std::io;
use std::process::ExitStatus;
use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{PortFuture, RoleCredentials};
use tokio::net::unix::pipe;

use super::program::StartError;
use crate::code::CodeError;
use crate::model::{Code, FunctionVersion};

/// Starts what runs functions: the outside effect of Lambda. [`ProcessRunner`](crate::ProcessRunner) starts processes; tests and simulations have
/// closures instead.
pub trait Runner: Send + Sync {
    /// Starts the runtime of a version; it begins to initialise at once. A program that can't be started is the first
    /// [`RuntimeSignal`] of its runtime, not an error.
    ///
    /// # Errors
    /// [`RunnerError`] when there can be no runtime at all.
    fn start<'a>(
        &'a self,
        version: &'a FunctionVersion,
        launch: &'a Launch,
    ) -> PortFuture<'a, Result<Box<dyn Runtime>, RunnerError>>;

    /// Makes ready what the start of any runtime of this name, such as `python3.12`, would wait for.
    fn prepare_runtime<'a>(&'a self, _runtime: &'a str) -> PortFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Makes code ready to run. Nobody may remove it meanwhile.
    fn prepare_code<'a>(&'a self, _code: &'a Code) -> PortFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Ends every runtime.
    fn stop(&self);

    /// What functions are kept apart with, for a person.
    fn protection(&self) -> PortFuture<'_, String>;
}

/// What one runtime of a version is told of itself.
#[derive(Clone)]
pub struct Launch {
    /// The name of its log stream.
    pub log_stream: String,
    /// The session of the function's role that it acts with; none where there is no such role.
    pub credentials: Option<RoleCredentials>,
}

/// Why a version has no runtime.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// Its code could not be unpacked.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The system gave no port.
    #[error("No port could be had for its Runtime API: {0}.")]
    NoPort(#[source] io::Error),
}

/// One running runtime of a version. Dropping it ends it, and everything it has started.
pub trait Runtime: Send {
    /// Hands over an invocation; the runtime gets it when it next asks for one. There is one invocation at a time.
    fn deliver(&mut self, invocation: Delivery) -> PortFuture<'_, ()>;

    /// The next thing that the runtime does; waits for ever when it does nothing. Dropping the future loses nothing.
    fn signal(&mut self) -> PortFuture<'_, RuntimeSignal>;

    /// What it writes to stdout and stderr, in the order in which it writes it; none where it comes as
    /// [`RuntimeSignal::Printed`].
    fn take_output(&mut self) -> Option<pipe::Receiver>;

    /// Whether it still runs.
    fn is_running(&mut self) -> bool;

    /// The most memory it has had resident, in MB rounded up; none where the system does not tell.
    fn peak_memory_mb(&self) -> Option<u64>;

    /// Ends it, and everything it has started.
    fn kill(&mut self);
}

/// One event for a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvocationEvent {
    /// The invocation's request id.
    pub request_id: String,
    /// The ARN it was invoked by.
    pub function_arn: String,
    /// The X-Ray header.
    pub trace_id: String,
    /// What the function gets.
    pub payload: Bytes,
    /// What the caller says of itself, as JSON in one line.
    pub client_context: Option<String>,
}

/// An event on its way to the runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The event.
    pub event: InvocationEvent,
    /// When the function's timeout runs out, in ms since 1970.
    pub deadline_ms: i64,
}

/// What a runtime does.
#[derive(Debug)]
pub enum RuntimeSignal {
    /// It says something through the Runtime API.
    Message(RuntimeMessage),
    /// It prints a text.
    Printed(String),
    /// It was ended because it had more memory than it may.
    OutOfMemory,
    /// It has ended.
    Exited(io::Result<ExitStatus>),
    /// It could not be started.
    StartFailed(Arc<StartError>),
}

/// What a runtime says through the Runtime API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuntimeMessage {
    /// It asks for an event: it has started, or is done with the one before.
    Ready,
    /// The function's result.
    Response(Bytes),
    /// The function's result that was streamed with a content type.
    Streamed {
        /// What the function says that it is.
        content_type: String,
        /// The whole of it.
        body: Bytes,
    },
    /// The function's error, as the runtime describes it.
    Error(Bytes),
    /// The runtime could not start, as it describes it.
    InitError(Bytes),
}
