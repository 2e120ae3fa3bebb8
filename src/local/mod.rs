//! The embedded cloud.

#[allow(
    dead_code,
    reason = "the services that call the store join it in this module"
)]
pub(crate) mod store;
