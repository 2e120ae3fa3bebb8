//! What the fuzz targets share: a cloud in memory that takes the bytes of a connection, and zips made up of entries.

pub mod archives;
pub mod front;
