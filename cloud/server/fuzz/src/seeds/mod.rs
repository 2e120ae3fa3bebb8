//! What the search begins with: inputs that are right, and some that are wrong in a known way.

mod requests;
mod zips;

/// An input, by a name for its file.
pub type Seed = (&'static str, Vec<u8>);

/// The seeds of every target.
#[must_use]
pub fn all() -> [(&'static str, Vec<Seed>); 2] {
    [("http", requests::seeds()), ("archive", zips::seeds())]
}
