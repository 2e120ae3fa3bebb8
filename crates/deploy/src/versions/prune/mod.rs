//! Deletes old versions: which ones nothing needs any more (pure), and their deletion.

mod execute;
mod select;

pub use execute::{delete_versions, prune_after_deploy};
pub use select::{DEFAULT_KEEP, KeepReason, Selection, Version, select_versions};
