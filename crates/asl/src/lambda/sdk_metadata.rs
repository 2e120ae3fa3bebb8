//! The metadata of an HTTP response that a service integration adds to a task's output.

use serde_json::{Map, Value, json};

/// What the AWS SDK for Java knows of the HTTP response to a call, as the output of a service integration shows it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SdkMetadata {
    /// The value of `SdkHttpMetadata`: `AllHttpHeaders`, `HttpHeaders`, `HttpStatusCode`.
    pub http: Value,
    /// The value of `SdkResponseMetadata`: `RequestId`.
    pub response: Value,
}

impl SdkMetadata {
    /// The metadata of a response with these headers, in this order, and this status.
    pub fn new(headers: &[(&str, &str)], request_id: &str, status: u16) -> Self {
        let all: Map<String, Value> = headers.iter().map(|(name, value)| ((*name).into(), json!([value]))).collect();
        let single: Map<String, Value> = headers.iter().map(|(name, value)| ((*name).into(), json!(value))).collect();
        Self {
            http: json!({ "AllHttpHeaders": all, "HttpHeaders": single, "HttpStatusCode": status }),
            response: json!({ "RequestId": request_id }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_keep_their_order_and_stand_twice() {
        let metadata = SdkMetadata::new(&[("b", "1"), ("a", "2")], "r", 202);
        let http = r#"{"AllHttpHeaders":{"b":["1"],"a":["2"]},"HttpHeaders":{"b":"1","a":"2"},"HttpStatusCode":202}"#;
        assert_eq!(metadata.http.to_string(), http);
        assert_eq!(metadata.response.to_string(), r#"{"RequestId":"r"}"#);
    }
}
