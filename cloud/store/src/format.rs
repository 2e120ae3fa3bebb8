//! The format of the store's file, and the rule for changing it.
//!
#![doc = include_str!("../FORMAT.md")]

/// The version that this program reads and writes.
pub const VERSION: u64 = 2;
