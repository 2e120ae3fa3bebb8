//! What a request says of its signature (AWS Signature Version 4), read as strictly as AWS does.

mod header;
mod parts;
mod query;
mod scope;

use cloud_core::Request;

use super::refusal::Refusal;

pub(super) use parts::{Authorization, Place};
pub(super) use query::without_signature;

/// Reads the `Authorization` header and the date beside it, or the query of a request that has no such header.
///
/// # Errors
/// [`Refusal::Unsigned`] when there is no signature, and the refusal of one that lacks something, or whose scope is none.
pub(super) fn read(request: &Request) -> Result<Authorization, Refusal> {
    match request.header("authorization") {
        Some(header) => header::read(request, header),
        None => query::read(request),
    }
}
