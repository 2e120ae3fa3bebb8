//! The format of the store's file, and the rule for changing it.
//!
#![doc = include_str!("../FORMAT.md")]

/// The version that this program writes.
pub const VERSION: u64 = 3;

/// The version before, whose values have no frame: it is read, and becomes this version.
pub(crate) const UNFRAMED_VERSION: u64 = 2;
