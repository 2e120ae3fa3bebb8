//! The durable store of the embedded cloud: what it has accepted survives `kill -9` and a power cut.
//!
//! A [`Store`] is a folder with a journal and one redb file. Services keep rows in [`Table`]s, each declared by the service
//! that owns it; keys are texts in byte order, values JSON or bytes. A [`Batch`] of changes is written whole or not at all. A
//! thread of its own writes: all batches that wait when it is free form one commit group, which is one record of the journal
//! and one wait for the disk. What is in the journal is in memory too, until another thread has brought it over to the file.
//! Reads stream in key order, either way, memory over the file, and see what is durable. [`mod@format`] has the rule for the
//! format of the files.
//!
//! It must not know what the rows mean, which services there are, HTTP, AWS, or the time. It uses none of our crates.

mod disk;
mod engine;
mod error;
mod file;
pub mod format;
mod frame;
mod journal;
mod memory;
mod read;
mod repair;
#[cfg(any(test, feature = "testing"))]
mod simulated_store;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod write;

#[cfg(any(test, feature = "testing"))]
pub use disk::simulated::SimulatedDisk;
pub use error::StoreError;
pub use frame::ROW_BYTES;
pub use read::range::{Direction, Range};
pub use read::reader::TableReader;
pub use read::snapshot::Snapshot;
pub use repair::check::{CheckReport, CheckedTable, DamagedRow, check};
pub use repair::{RepairReport, RepairedTable, repair};
pub use store::{Store, TrySubmitError};
pub use table::Table;
pub use write::batch::Batch;
pub use write::queue::{QUEUE_BYTES, Reservation};
