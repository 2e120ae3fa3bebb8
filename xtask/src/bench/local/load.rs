//! The load client: a program of its own, built for speed, so that it takes as little of the machine as it can.

use super::machines::MACHINES;
use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

/// The built client.
pub(crate) struct LoadClient {
    program: PathBuf,
}

/// What came of one load.
pub(crate) struct Loaded {
    pub(super) answered: f64,
    pub(super) seconds: f64,
    pub(super) median_ms: f64,
    pub(super) p99_ms: f64,
}

impl Loaded {
    /// Requests per second.
    pub(crate) fn per_second(&self) -> f64 {
        self.answered / self.seconds
    }
}

/// A server that answers nothing; it ends with this value.
pub(super) struct EmptyServer {
    child: Child,
    pub(super) port: u16,
}

impl Drop for EmptyServer {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl LoadClient {
    /// Builds it.
    pub(crate) fn build() -> Result<Self, Failure> {
        process::run(&mut cargo(&["build", "--quiet", "--release", "-p", "cloud-server", "--example", "load"]))?;
        Ok(Self { program: project::target_dir().join("release/examples/load") })
    }

    /// The program, which is a function where a Runtime API is.
    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Starts executions over so many connections for a while.
    pub(crate) fn seconds(
        &self,
        port: u16,
        connections: usize,
        seconds: f64,
        machine: &str,
        input: &str,
    ) -> Result<Loaded, Failure> {
        self.send(port, connections, ["for", &seconds.to_string()], &start(port, machine, input))
    }

    /// Starts so many executions.
    pub(super) fn count(
        &self,
        port: u16,
        connections: usize,
        count: usize,
        machine: &str,
        input: &str,
    ) -> Result<Loaded, Failure> {
        self.send(port, connections, ["count", &count.to_string()], &start(port, machine, input))
    }

    /// A server with an empty handler.
    pub(super) fn empty_server(&self) -> Result<EmptyServer, Failure> {
        let mut command = process::command(&self.program);
        command.arg("empty").stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
        let stdout = child.stdout.take();
        let mut server = EmptyServer { child, port: 0 };
        let mut line = String::new();
        let read = stdout.map(|stdout| BufReader::new(stdout).read_line(&mut line));
        server.port = match (read, line.trim().parse()) {
            (Some(Ok(_)), Ok(port)) => port,
            _ => return Err(Failure::new("the server with the empty handler did not start")),
        };
        Ok(server)
    }

    fn send(&self, port: u16, connections: usize, bound: [&str; 2], request: &str) -> Result<Loaded, Failure> {
        let file = project::target_dir().join("bench-request");
        fs::write(&file, request).map_err(|error| Failure::file(&file, &error))?;
        let mut command = process::command(&self.program);
        command.args(["http", &port.to_string(), &connections.to_string()]).args(bound).arg(&file);
        let told = process::output(&mut command)?;
        let told: Value = serde_json::from_str(&told).map_err(|error| Failure::new(error.to_string()))?;
        if told["refused"] != 0 {
            return Err(Failure::new(format!("{} were refused, such as: {}", told["refused"], told["refusal"])));
        }
        let number = |name: &str| told[name].as_f64().unwrap_or_default();
        Ok(Loaded {
            answered: number("answered"),
            seconds: number("seconds"),
            median_ms: number("medianMs"),
            p99_ms: number("p99Ms"),
        })
    }
}

/// A whole StartExecution as it goes over the wire.
fn start(port: u16, machine: &str, input: &str) -> String {
    let body = json!({ "stateMachineArn": format!("{MACHINES}:{machine}"), "input": input }).to_string();
    format!(
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/x-amz-json-1.0\r\n\
         X-Amz-Target: AWSStepFunctions.StartExecution\r\nContent-Length: {}\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=test/20260101/us-east-1/states/aws4_request, SignedHeaders=host, Signature=x\r\n\r\n{body}",
        body.len()
    )
}
