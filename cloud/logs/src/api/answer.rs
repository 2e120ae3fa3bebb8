//! The shape of the answers.

use cloud_core::Response;
use serde::Serialize;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// An operation's output.
pub(crate) fn answer(value: &impl Serialize) -> Response {
    let mut response = Response::json(200, value);
    response.headers = vec![("content-type".to_owned(), CONTENT_TYPE.to_owned())];
    response
}

/// The answer of an operation without an output.
pub(crate) fn done() -> Response {
    Response::new(200, CONTENT_TYPE, "")
}
