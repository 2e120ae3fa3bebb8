//! Moments as people type and read them.

pub(crate) mod moment;
pub(crate) mod since;
pub(crate) mod when;
mod words;
