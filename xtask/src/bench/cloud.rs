//! An embedded cloud to measure, and as much of HTTP as that takes.

use crate::failure::Failure;
use crate::process;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;

/// An embedded cloud in the foreground of this task; it ends with this value.
pub(super) struct Cloud {
    child: Child,
    /// Where it listens.
    pub(super) port: u16,
}

impl Cloud {
    /// Starts one with its state in a folder, and waits until it listens.
    pub(super) fn start(program: &Path, data: &Path) -> Result<Self, Failure> {
        Self::start_with(program, data, &[])
    }

    /// Starts one with options of `local run`.
    pub(super) fn start_with(program: &Path, data: &Path, options: &[&str]) -> Result<Self, Failure> {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
        let port = port.map_err(|error| Failure::new(format!("no port is free: {error}")))?.port();
        let mut command = process::command(program);
        command.args(["local", "run", "--port", &port.to_string(), "--data"]).arg(data).args(options);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| process::not_started(&command, &error))?;
        let stderr = child.stderr.take();
        let cloud = Self { child, port };
        // It says where it listens as soon as it does; what it says later is read, so that it never waits.
        let Some(mut stderr) = stderr.map(BufReader::new) else { return Err(did_not_start("")) };
        let mut said = String::new();
        match stderr.read_line(&mut said) {
            Ok(read) if read > 0 && !said.starts_with("error") => {
                thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
                Ok(cloud)
            }
            _ => Err(did_not_start(&said)),
        }
    }

    /// Its process.
    pub(super) fn pid(&self) -> String {
        self.child.id().to_string()
    }

    /// Stops it as Ctrl-C does, and waits for its end.
    pub(super) fn stop(mut self) -> Result<(), Failure> {
        process::run(process::command("kill").args(["-INT", &self.pid()]))?;
        self.child.wait().map(|_| ()).map_err(|error| Failure::new(format!("the embedded cloud did not end: {error}")))
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn did_not_start(said: &str) -> Failure {
    Failure::new(format!("the embedded cloud did not start\n{}", said.trim_end()))
}

/// A kept connection to a cloud.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    port: u16,
}

impl Client {
    /// Connects.
    pub(super) fn of(cloud: &Cloud) -> Result<Self, Failure> {
        Self::at(cloud.port)
    }

    /// Connects to a cloud or an emulator at this port.
    pub(super) fn at(port: u16) -> Result<Self, Failure> {
        let connected = TcpStream::connect(("127.0.0.1", port)).and_then(|stream| {
            stream.set_nodelay(true)?;
            Ok(stream)
        });
        let stream = connected.map_err(|error| Failure::new(format!("port {port} can't be reached: {error}")))?;
        Ok(Self { stream: BufReader::new(stream), port })
    }

    /// Calls an operation: `Logs_20140328.PutLogEvents` or `AWSStepFunctions.StartExecution`.
    pub(super) fn call(&mut self, operation: &str, body: &Value) -> Result<Value, Failure> {
        let service = if operation.starts_with("Logs") { "logs" } else { "states" };
        let failed = |why: String| Failure::new(format!("{operation}: {why}"));
        let headers = format!("Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: {operation}\r\n");
        let exchanged = self.exchange(service, "/", &headers, &body.to_string());
        let (status, _, answer) = exchanged.map_err(|error| failed(error.to_string()))?;
        match status {
            // Some operations answer nothing.
            200 if answer.is_empty() => Ok(Value::Null),
            200 => serde_json::from_str(&answer).map_err(|error| failed(error.to_string())),
            _ => Err(failed(format!("{status} {answer}"))),
        }
    }

    /// Posts a JSON body to a path, with more headers; gives the answer's headers, in lower case, and its body.
    pub(super) fn post(
        &mut self,
        service: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Result<(String, String), Failure> {
        let headers = format!("Content-Type: application/json\r\n{headers}");
        match self.exchange(service, path, &headers, body) {
            Ok((200..300, headers, answer)) => Ok((headers, answer)),
            Ok((status, _, answer)) => Err(Failure::new(format!("{path}: {status} {answer}"))),
            Err(error) => Err(Failure::new(format!("{path}: {error}"))),
        }
    }

    /// Creates a role that Step Functions and Lambda may assume.
    pub(super) fn create_role(&mut self, name: &str) -> Result<(), Failure> {
        let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal\
            %22%3A%7B%22Service%22%3A%5B%22states.amazonaws.com%22%2C%22lambda.amazonaws.com%22%5D%7D%2C%22Action%22%3A\
            %22sts%3AAssumeRole%22%7D%5D%7D";
        self.iam("CreateRole", &format!("RoleName={name}&AssumeRolePolicyDocument={trust}"))
    }

    /// Lets a role do something with everything.
    pub(super) fn allow(&mut self, role: &str, action: &str) -> Result<(), Failure> {
        let document = format!(
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action\
             %22%3A%22{action}%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D"
        );
        self.iam("PutRolePolicy", &format!("RoleName={role}&PolicyName=bench&PolicyDocument={document}"))
    }

    fn iam(&mut self, action: &str, parameters: &str) -> Result<(), Failure> {
        let body = format!("Action={action}&Version=2010-05-08&{parameters}");
        match self.exchange("iam", "/", "Content-Type: application/x-www-form-urlencoded\r\n", &body) {
            Ok((200, ..)) => Ok(()),
            Ok((status, _, answer)) => Err(Failure::new(format!("{action}: {status} {answer}"))),
            Err(error) => Err(Failure::new(format!("{action}: {error}"))),
        }
    }

    fn exchange(
        &mut self,
        service: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> std::io::Result<(u16, String, String)> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{headers}Content-Length: {}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x\r\n\r\n{body}",
            self.port,
            body.len()
        );
        self.stream.get_mut().write_all(request.as_bytes())?;
        let mut status = 0;
        let mut length = 0;
        let mut headers = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let name = name.to_ascii_lowercase();
            if let Some(rest) = name.strip_prefix("http/1.1 ") {
                status = rest.get(..3).and_then(|status| status.parse().ok()).unwrap_or_default();
            } else if name == "content-length" {
                length = value.trim().parse().unwrap_or_default();
            } else if line.is_empty() {
                break;
            }
            headers.push_str(&format!("{name}:{value}\n"));
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        Ok((status, headers, String::from_utf8_lossy(&answer).into_owned()))
    }
}
