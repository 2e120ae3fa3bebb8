//! API Gateway v2 of the embedded cloud: HTTP APIs, as the control plane describes them and as their endpoints run.
//!
//! # What it is for
//! [`Apis`] keeps HTTP APIs with their routes, integrations, stages and deployments durably; its operations are
//! [`OPERATIONS`]. [`Apis::execute`] answers a request to an API's endpoint: it finds the stage and the route, invokes the
//! route's function with an event of payload format 1.0 or 2.0 and turns the result into an answer, or calls the operation of
//! Step Functions that the route leads to.
//!
//! # What it must not know
//! Lambda and the other services (it invokes functions through [`FunctionInvoker`](cloud_core::FunctionInvoker) and calls
//! operations through [`Dispatch`](cloud_core::Dispatch)), HTTP
//! connections, host names, the machine's clock and its randomness.
//!
//! Accounts and regions are apart: no operation sees an API of another account or region, and an endpoint acts in the
//! account and region of its API, whoever calls it.

mod absent_operations;
mod authorizers;
mod control;
mod endpoint;
mod errors;
mod loopback;
mod model;
mod operations;
mod service;
#[cfg(test)]
mod tests;
mod throttle;

pub use control::resource_tags;
pub use operations::{INFO, OPERATIONS};
pub use service::{APIS, Apis, Handles};
