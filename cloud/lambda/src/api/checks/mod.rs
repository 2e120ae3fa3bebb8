//! What the operations check of their inputs.

pub(super) mod attached;
pub(super) mod limits;
pub(super) mod logging;
pub(super) mod principal;
pub(in crate::api) mod role;
