//! The control plane: the operations on APIs and what is in them.

pub(crate) mod apis;
pub(crate) mod authorizers;
pub(crate) mod deployments;
mod http_integration;
pub(crate) mod integrations;
mod members;
mod output;
mod quick_create;
pub(crate) mod routes;
pub(crate) mod stages;
pub(crate) mod tags;

pub use tags::resource_tags;
