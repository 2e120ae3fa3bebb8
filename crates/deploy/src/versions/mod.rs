//! The published versions of a stack: the deployments that they make up, the return to one, and what may be deleted.

pub(crate) mod deployments;
pub(crate) mod pinned;
pub(crate) mod prune;
pub(crate) mod read;
pub(crate) mod rollback;
