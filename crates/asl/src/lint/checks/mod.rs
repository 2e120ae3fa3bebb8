//! The checks: one file for each concern, with the rules that it reports.

pub(super) mod choices;
pub(super) mod context;
pub(super) mod errors;
pub(super) mod literals;
pub(super) mod loops;
pub(super) mod maps;
pub(super) mod paths;
pub(super) mod reachability;
pub(super) mod transient;
pub(super) mod variables;
pub(super) mod waits;
