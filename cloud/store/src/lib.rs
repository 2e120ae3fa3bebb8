//! The durable journal of the embedded cloud: what it has accepted survives `kill -9` and a power cut.
//!
//! A [`Store`] is one redb file. Services keep rows in [`Table`]s, each declared by the service that owns it; keys are
//! texts in byte order, values JSON or bytes. A [`Batch`] of changes is written whole or not at all. A thread of its own
//! writes: all batches that wait when it is free form one commit group, which is one transaction and one wait for the
//! disk. Reads stream in key order, either way, and see what is durable. [`mod@format`] has the rule for the file's format.
//!
//! It must not know what the rows mean, which services there are, HTTP, AWS, or the time. It uses none of our crates.

mod batch;
mod commit_group;
mod error;
mod file;
mod flush;
mod folder;
pub mod format;
mod queue;
mod range;
#[cfg(any(test, feature = "testing"))]
mod simulated_disk;
mod snapshot;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use batch::Batch;
pub use error::StoreError;
pub use queue::{QUEUE_BYTES, Reservation};
pub use range::{Direction, Range};
#[cfg(any(test, feature = "testing"))]
pub use simulated_disk::SimulatedDisk;
pub use snapshot::{Snapshot, TableReader};
pub use store::{Store, TrySubmitError};
pub use table::Table;
