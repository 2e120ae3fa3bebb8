//! HTTP/1.1 on loopback: connections and their bounds, and which host a request is for.

mod body;
mod connections;
mod front;
mod host;
mod listener;
mod watched;

pub(crate) use body::Share;
pub(crate) use front::{Admitted, Front, Site};
pub(crate) use host::{Host, foreign_host};
pub(crate) use listener::serve;
