//! Log events of functions: read in overlapping windows, each shown once.

pub(crate) mod line;
pub(crate) mod poll;
pub(crate) mod timing;
pub(crate) mod window;
