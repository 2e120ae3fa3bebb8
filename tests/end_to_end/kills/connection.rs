//! A client's connection to a cloud that may be killed at any moment.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

/// One connection that stays open between requests, and is opened again once it has broken.
pub struct Connection {
    port: u16,
    stream: Option<BufReader<TcpStream>>,
}

/// The connection broke: whether the request was carried out is not known.
#[derive(Debug)]
pub struct Unanswered;

impl From<std::io::Error> for Unanswered {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// One request.
struct Call<'a> {
    service: &'a str,
    path: &'a str,
    /// Lines of headers, each with its end.
    headers: &'a str,
    input: &'a Value,
}

impl<'a> Call<'a> {
    fn to(service: &'a str, path: &'a str, input: &'a Value) -> Self {
        Self { service, path, headers: "", input }
    }
}

/// The header that names an operation of an awsJson service.
fn target(prefix: &str, operation: &str) -> String {
    format!("X-Amz-Target: {prefix}.{operation}\r\n")
}

impl Connection {
    pub fn new(port: u16) -> Self {
        Self { port, stream: None }
    }

    /// Calls Step Functions; gives status and body.
    pub fn states(&mut self, operation: &str, input: &Value) -> Result<(u16, Value), Unanswered> {
        self.call(&Call { headers: &target("AWSStepFunctions", operation), ..Call::to("states", "/", input) })
    }

    /// Calls CloudWatch Logs.
    pub fn logs(&mut self, operation: &str, input: &Value) -> Result<(u16, Value), Unanswered> {
        self.call(&Call { headers: &target("Logs_20140328", operation), ..Call::to("logs", "/", input) })
    }

    /// Invokes a function asynchronously.
    pub fn invoke_later(&mut self, function: &str, event: &Value) -> Result<u16, Unanswered> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let call = Call { headers: "X-Amz-Invocation-Type: Event\r\n", ..Call::to("lambda", &path, event) };
        Ok(self.call(&call)?.0)
    }

    /// Posts to a service with a path.
    pub fn post(&mut self, service: &str, path: &str, input: &Value) -> Result<(u16, Value), Unanswered> {
        self.call(&Call::to(service, path, input))
    }

    /// All pages of a list of Step Functions. Only for a cloud that nobody kills.
    pub fn all(&mut self, operation: &str, mut input: Value, member: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let (status, answer) = self.states(operation, &input).expect("it answers");
            assert_eq!(status, 200, "{operation}: {answer}");
            all.extend(answer[member].as_array().expect(member).iter().cloned());
            if answer["nextToken"].is_null() {
                return all;
            }
            input["nextToken"] = answer["nextToken"].clone();
        }
    }

    fn call(&mut self, call: &Call<'_>) -> Result<(u16, Value), Unanswered> {
        let answered = self.exchange(call);
        if answered.is_err() {
            self.stream = None;
        }
        answered
    }

    fn exchange(&mut self, call: &Call<'_>) -> Result<(u16, Value), Unanswered> {
        let Call { service, path, headers, input } = call;
        let port = self.port;
        if self.stream.is_none() {
            self.stream = Some(BufReader::new(TcpStream::connect(("127.0.0.1", port))?));
        }
        let stream = self.stream.as_mut().ok_or(Unanswered)?;
        let body = input.to_string();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {}\r\n{headers}Authorization: \
             AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, Signature=x\r\n\r\n{body}",
            body.len()
        );
        stream.get_mut().write_all(request.as_bytes())?;
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let status = line.get(9..12).and_then(|status| status.parse().ok()).ok_or(Unanswered)?;
        let mut length = 0;
        loop {
            line.clear();
            if stream.read_line(&mut line)? == 0 {
                return Err(Unanswered);
            }
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().map_err(|_| Unanswered)?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        Ok((status, serde_json::from_slice(&body).unwrap_or(json!(null))))
    }
}
