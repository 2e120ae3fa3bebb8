//! Endpoints that run functions for HTTP requests, as HTTP APIs and function URLs do: the event that a function gets, and the
//! answer that its result is.

mod answer;
mod event;

pub use answer::answer_in_full;
pub use event::{CalledRoute, body, context, domain, event, given_headers, received_at, trace_id};
