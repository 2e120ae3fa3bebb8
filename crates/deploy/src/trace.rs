//! The target of this crate's `tracing` events.

/// What a subscriber selects them by.
pub const TARGET: &str = "workshop::deploy";
