//! Reading: ranges of keys, snapshots, and the tables in them.

pub(crate) mod key_range;
pub(crate) mod range;
pub(crate) mod reader;
pub(crate) mod snapshot;
pub(crate) mod stored_table;
pub(crate) mod view;
