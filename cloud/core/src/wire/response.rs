//! One answer.

use bytes::Bytes;
use serde::Serialize;

use super::BodyStream;

/// One HTTP answer: status, headers in order, body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, in order; a name may stand more than once.
    pub headers: Vec<(String, String)>,
    /// The whole body, or its beginning.
    pub body: Bytes,
    /// What follows it; none where the body is whole.
    pub stream: Option<BodyStream>,
}

impl Response {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new(), stream: None }
    }

    /// An answer with a body of this content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.into(), stream: None }
    }

    /// A JSON answer. A value that has no JSON form (a map whose keys are not strings) becomes a 500.
    pub fn json(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::new(status, "application/json", body),
            Err(error) => Self::new(500, "text/plain", format!("the answer could not be written as JSON: {error}")),
        }
    }

    /// With what follows the body.
    #[must_use]
    pub fn with_stream(self, stream: BodyStream) -> Self {
        Self { stream: Some(stream), ..self }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Whether a header of this name, whatever its case, is set.
    pub fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name))
    }
}
