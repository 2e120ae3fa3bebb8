//! HTTP/1.1 on loopback: connections and their bounds, and which host a request is for.

mod answer_body;
mod body;
mod connections;
mod front;
mod host;
mod listener;
mod watched;

pub(crate) use body::Share;
pub(crate) use front::{Admitted, Front, Site};
pub(crate) use host::{Host, at_own_name, foreign_host, is_endpoint_in_path};
pub(crate) use listener::serve;
