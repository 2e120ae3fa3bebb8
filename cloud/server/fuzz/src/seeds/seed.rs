//! What a seed is.

/// An input, by a name for its file.
pub type Seed = (&'static str, Vec<u8>);
