//! Input and output processing of a state: what its fields read, and what becomes of its payload and variables.

pub(super) mod bindings;
pub(super) mod context;
pub(super) mod dataflow;
pub(super) mod decision;
mod dynamic;
pub(super) mod inspection;
pub(super) mod output;
pub(super) mod variables;
