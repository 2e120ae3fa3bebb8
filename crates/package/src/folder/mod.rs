//! A folder's files: which go into the zip, under which names.

mod defaults;
mod entry;
mod patterns;
mod walk;

pub(crate) use entry::Entry;
pub(crate) use patterns::{Default, Patterns};
pub(crate) use walk::{Entries, Found, NodeModules, Rules, joined, walk};
