//! A whole request, kept for whoever judges it later.

use base64::Engine;
use serde_json::{Map, Value, json};

use crate::calls::CallId;
use crate::needs::{self, Need};
use crate::wire::Request;

/// A request as it was sent.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What the call is called.
    pub id: CallId,
    head: String,
    body: Vec<u8>,
}

impl Recorded {
    pub(crate) fn of(id: &CallId, request: &Request) -> Self {
        Self { id: id.clone(), head: request.head.clone(), body: request.body.clone() }
    }

    fn request(&self) -> Request {
        Request { head: self.head.clone(), body: self.body.clone() }
    }

    /// What its caller must be allowed in an account.
    pub fn needs(&self, account: &str) -> Vec<Need> {
        needs::of(&self.request(), account)
    }

    /// The request as JSON: `method`, `target` (path and query), `headers` with names in lower case, `body` as base64.
    pub fn as_json(&self) -> Value {
        let mut lines = self.head.lines();
        let first = lines.next().unwrap_or_default();
        let method = first.split(' ').next().unwrap_or_default();
        let target = first.split(' ').nth(1).unwrap_or_default();
        let headers: Map<String, Value> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), Value::from(value.trim())))
            .collect();
        let body = base64::engine::general_purpose::STANDARD.encode(&self.body);
        json!({ "method": method, "target": target, "headers": headers, "body": body })
    }
}
