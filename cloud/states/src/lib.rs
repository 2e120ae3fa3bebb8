//! Step Functions of the embedded cloud: state machines, their executions, and the driver that runs them.
//!
//! [`States`] is the service: its handles, its tables and the driver. [`OPERATIONS`] lists what it answers, [`INFO`] what
//! is known of it beside that. The language itself is the crate `asl`, which decides what an execution does next and does
//! nothing itself; here its effects are made durable and then carried out.
//!
//! - `api`: one function for each operation;
//! - `executions`: starting, finding, listing and describing executions, for the API and for tasks alike;
//! - `driver`: one mailbox for each execution with something to do, timers, task tokens, activity queues, Map Runs;
//! - `express`: executions that run in memory;
//! - `integration`: what a task calls, through the ports of `cloud-core`, or the mocks of a test;
//! - `rows`: what is stored, and its format;
//! - `wire`: names, ARNs and errors, as the API has them.
//!
//! What it must not know: any other service, HTTP connections, the machine's clock and chance, where the data folder is.

mod api;
mod compiled_machine;
mod deletion;
mod driver;
mod executions;
mod express;
mod index;
mod integration;
mod log_destination;
mod operations;
mod recovery;
mod rows;
mod states;
mod wire;

#[cfg(test)]
mod tests;

pub use executions::fork::{ForkRequest, Forked};
pub use integration::mocks::MockedStart;
pub use integration::serves_task;
pub use operations::{INFO, OPERATIONS, resource, resource_tags};
pub use states::{Handles, States};
