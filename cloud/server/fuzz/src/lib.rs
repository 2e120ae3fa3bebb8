//! What the fuzz targets share: a cloud in memory that takes the bytes of a connection, zips made up of entries, and what both
//! begin with.

mod answers;
pub mod archives;
pub mod front;
mod habits;
pub mod seeds;
mod wire;
