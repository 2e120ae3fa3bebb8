//! A folder's files: which go into the zip, under which names.

mod defaults;
mod entry;
mod patterns;
mod walk;

pub(crate) use entry::Entry;
pub(crate) use patterns::{Default, Patterns};
pub(crate) use walk::{Entries, Found, NodeModules, Rules, joined, walk};

use crate::options::Pattern;

/// Whether a file of a function's folder may go into its zip; `name` is its path from there. Packages that are installed, and
/// folders that tools write, are not looked at. A broken pattern leaves nothing out.
pub fn may_be_packaged(name: &str, patterns: &[Pattern]) -> bool {
    Patterns::new("", patterns).map_or(true, |patterns| patterns.decide(name, &defaults::file(name)))
}
