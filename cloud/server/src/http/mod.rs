//! HTTP/1.1 on loopback: connections, and which host a request is for.

mod host;
mod listener;

pub(crate) use host::Host;
pub(crate) use listener::{ServeContext, serve};
