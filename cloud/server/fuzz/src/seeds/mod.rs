//! What the search begins with: inputs that are right, and some that are wrong in a known way.

mod requests;
mod seed;
mod zips;

pub use seed::Seed;

/// The seeds of every target.
#[must_use]
pub fn all() -> [(&'static str, Vec<Seed>); 2] {
    [("http", requests::seeds()), ("archive", zips::seeds())]
}
