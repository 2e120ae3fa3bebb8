//! Pictures: how numbers and dates are written and read.

pub(super) mod date;
pub(super) mod decimal;
pub(super) mod integer;
pub(super) mod reading;
mod words;
