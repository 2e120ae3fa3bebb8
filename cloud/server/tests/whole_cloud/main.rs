//! A whole cloud in memory, driven by requests, on a clock that the tests move.
#![allow(missing_docs, reason = "a test")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on fails")]

mod accounts;
mod awaited_children;
mod documentation;
mod endpoint_signatures;
mod front;
mod functions;
mod malformed;
mod permissions;
mod replay;
mod requests;
mod roles;
mod router;
mod same_resource;
mod throttling;
mod time;
mod world;
