//! CloudWatch Logs: groups, streams and events.
//!
//! [`Logs`] is the service, [`OPERATIONS`] its table of operations; to other services it is a [`cloud_core::LogWriter`].
//!
//! What is known of groups and streams (names, tags, first and last event) is in memory; events are on disk, as rows by
//! group and time and, beside them, by stream and time (`rows`). So a read seeks to its page, an append looks at nothing
//! but its stream, and what a group holds does not matter to either. Readers see only what is durable: they wait for what was
//! handed to the store before they came (`group`), so that they see each line that was written, and no crash takes one away
//! that somebody has seen.
//!
//! Groups are created, edited and deleted one at a time (`catalog`); each group has its own lock for everything else.
//! What a deletion leaves on disk, and what retention no longer keeps, is removed in small steps by `sweep`.
//!
//! Subscription filters hand events to functions through the port [`FunctionInvoker`](cloud_core::FunctionInvoker): what waits
//! for them is written with the events themselves (`append::subscriptions`). Live tails show events as they become durable (`append::tail`).
//!
//! It must not know how functions run, executions, HTTP connections, or who calls.

mod api;
mod append;
mod catalog;
mod errors;
mod group;
mod operations;
mod page;
mod pattern;
mod position;
mod query;
mod rows;
mod service;
mod streams;
mod sweep;
#[cfg(test)]
mod tests;

pub use operations::{INFO, OPERATIONS, resource_tags};
pub use rows::TABLES;
pub use service::Logs;
