//! The clients: how they are made, what they trust, how long they wait, and the trace that their calls leave.

mod call_trace;
pub(crate) mod connect;
pub mod http;
pub mod region;
pub(crate) mod timeouts;
