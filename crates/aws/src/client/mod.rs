//! The clients: how they are made, what they trust, how long they wait, and the trace that their calls leave.

mod call_trace;
pub(crate) mod connect;
pub(crate) mod credentials;
pub mod http;
mod network;
pub(crate) mod profiles;
pub mod region;
mod resolver;
pub(crate) mod timeouts;
