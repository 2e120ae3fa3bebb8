//! The operations: one function each, from the request's input to the answer.

mod answer;
pub(crate) mod attached;
pub(crate) mod filter;
pub(crate) mod get;
pub(crate) mod groups;
pub(crate) mod live_tail;
pub(crate) mod put;
pub(crate) mod queries;
pub(crate) mod streams;
pub(crate) mod subscriptions;
pub(crate) mod tags;
