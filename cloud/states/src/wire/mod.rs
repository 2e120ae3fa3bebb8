//! The texts of the API: names and ARNs, errors, and what is said of a text that is no JSON.

pub(crate) mod errors;
pub(crate) mod jackson_error;
pub(crate) mod names;
