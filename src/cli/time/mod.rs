//! Moments as people type and read them, and how long to wait before asking again.

pub(crate) mod backoff;
pub(crate) mod moment;
pub(crate) mod since;
mod spacing;
pub(crate) mod when;
mod words;
