//! The texts of the API: names and ARNs, and errors.

pub(crate) mod errors;
pub(crate) mod names;
