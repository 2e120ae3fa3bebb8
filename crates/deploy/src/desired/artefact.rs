//! The zip of a function, ready to be uploaded.

use bytes::Bytes;

/// A function's zip with the hash by which Lambda identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// The zip's bytes.
    pub zip: Bytes,
    /// The base64 of the SHA-256 of the zip, as Lambda answers it.
    pub code_sha256: String,
}
