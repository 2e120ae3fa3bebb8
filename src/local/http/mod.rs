//! HTTP as every service sees it: one parsed request, one answer, and the loopback server between.

mod host;
mod request;
mod response;
mod server;

pub(crate) use host::Host;
pub(crate) use request::Request;
pub(crate) use response::Response;
pub(crate) use server::{Stop, serve};
