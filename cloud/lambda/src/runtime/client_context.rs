//! What a client says of itself with an invocation.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cloud_core::ServiceError;
use serde_json::{Map, Value};

/// The longest client context, in Base64 (Lambda API reference, "Invoke").
const MAX_CLIENT_CONTEXT_BYTES: usize = 3_583;

/// What a client says of itself, out of Base64: a JSON object in one line, as a header takes it to the runtime.
pub(crate) fn client_context(encoded: &str) -> Result<String, ServiceError> {
    if encoded.len() > MAX_CLIENT_CONTEXT_BYTES {
        return Err(refused(format!("Client context must have at most {MAX_CLIENT_CONTEXT_BYTES} bytes.")));
    }
    let decoded = BASE64_STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let object = decoded.filter(|text| serde_json::from_str::<Map<String, Value>>(text).is_ok());
    let object = object.ok_or_else(|| refused("Client context must be a valid Base64-encoded JSON object."))?;
    // In JSON a line can only end between its parts: within texts that is escaped.
    Ok(object.replace(['\n', '\r', '\t'], " ").replace('\u{7f}', "\\u007f"))
}

fn refused(message: impl Into<String>) -> ServiceError {
    ServiceError::bad_request("InvalidRequestContentException", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_context_is_an_object_in_one_line() {
        let read = |text: &str| client_context(&BASE64_STANDARD.encode(text)).map_err(|error| error.message);
        assert_eq!(
            read("{\n\t\"custom\": {\"é\": \"\u{7f}\\n\"}}\r\n").unwrap(),
            "{  \"custom\": {\"é\": \"\\u007f\\n\"}}  "
        );
        let refused = "Client context must be a valid Base64-encoded JSON object.";
        for text in ["", "x", "[]", "{", "1"] {
            assert_eq!(read(text).unwrap_err(), refused, "{text}");
        }
        let error = client_context("{}").unwrap_err();
        assert_eq!(
            (error.status, error.code.as_str(), error.message.as_str()),
            (400, "InvalidRequestContentException", refused)
        );
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(3_000));
        assert_eq!(read(&long).unwrap_err(), "Client context must have at most 3583 bytes.");
    }
}
