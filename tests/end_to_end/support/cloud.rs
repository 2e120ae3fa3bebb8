//! Embedded clouds for one test case each: a process of its own on a copy of a prepared folder.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use jiff::Timestamp;
use serde_json::Value;

use super::{eventually, free_port, inherited, interrupt};

/// An embedded cloud that ends with this value, and its folder with it.
pub struct Cloud {
    pub port: u16,
    region: &'static str,
    child: Child,
    folder: tempfile::TempDir,
}

impl Cloud {
    /// Starts one on a copy of what is in a folder, or an empty one; with more options of `workshop local run`.
    pub fn start(prepared: Option<&Path>, options: &[&str]) -> Self {
        let folder = scratch();
        let data = folder.path().join("data");
        if let Some(prepared) = prepared {
            copy(prepared, &data);
        }
        let port = free_port();
        let child = run(folder.path(), &data, port, options);
        let mut cloud = Self { port, region: "us-east-1", child, folder };
        assert!(answers(&mut cloud.child, port, &data), "the cloud has ended by itself: {}", log(cloud.folder.path()));
        cloud
    }

    /// The same, with calls that are signed for another region.
    pub fn in_region(mut self, region: &'static str) -> Self {
        self.region = region;
        self
    }

    /// The requests that it has answered since a moment, as its log has them.
    pub fn requests(&self, since: Timestamp) -> Vec<Request> {
        let read = |file: &str| std::fs::read_to_string(self.folder.path().join("data").join(file)).unwrap_or_default();
        let log = ["activity.old.jsonl", "activity.jsonl"].map(read).concat();
        let records = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let requests = records.filter(|record| {
            let time = record["time"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
            record["target"] == "cloud::request" && time.is_some_and(|time| time >= since)
        });
        let text = |field: &Value| field.as_str().unwrap_or_default().to_owned();
        requests
            .map(|it| Request { operation: text(&it["fields"]["operation"]), code: text(&it["fields"]["code"]) })
            .collect()
    }

    /// Stops it and keeps its folder, for copies.
    pub fn stopped(mut self) -> Prepared {
        assert!(interrupt(&self.child), "the cloud has ended by itself: {}", log(self.folder.path()));
        let ended = self.child.wait().expect("it ends");
        assert!(ended.success(), "the cloud ended with {ended}: {}", log(self.folder.path()));
        let folder = std::mem::replace(&mut self.folder, scratch());
        Prepared { folder }
    }

    /// Calls an operation of AWS, with any credentials: gives status and body.
    pub fn call(&self, service: &str, method: &str, path: &str, target: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the cloud listens");
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\nContent-Length: {length}\r\n\
             X-Amz-Target: {target}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=test/20260101/{}/{service}/aws4_request, Signature=x\r\n\r\n{body}",
            self.port, self.region
        )
        .expect("the cloud reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the cloud answers");
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request that a cloud has answered.
#[derive(Debug)]
pub struct Request {
    /// Service and operation: `states:StartExecution`.
    pub operation: String,
    /// The error's code; empty for an answer.
    pub code: String,
}

/// The folder of a cloud that is stopped.
pub struct Prepared {
    folder: tempfile::TempDir,
}

impl Prepared {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

/// A folder in memory where there is such a place: hundreds of clouds make each change durable.
pub fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    tempfile::tempdir_in(place).expect("a temporary folder")
}

pub fn run(folder: &Path, data: &Path, port: u16, options: &[&str]) -> Child {
    let log = std::fs::File::create(folder.join("log")).expect("a log file");
    let errors = log.try_clone().expect("a log file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_workshop"));
    command.env_clear().envs(inherited()).env("HOME", folder);
    command.args(["local", "run", "--port", &port.to_string(), "--data"]).arg(data).args(options);
    command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn().expect("workshop starts")
}

/// Whether it is this very process that answers: false when it ends, as when another took its port.
pub fn answers(child: &mut Child, port: u16, data: &Path) -> bool {
    let mine = format!("\"pid\":{}", child.id());
    eventually("the cloud to answer", || {
        let card = std::fs::read_to_string(data.join("cloud.json")).unwrap_or_default().replace(' ', "");
        let ended = child.try_wait().expect("a child").is_some();
        let up = card.contains(&mine) && TcpStream::connect(("127.0.0.1", port)).is_ok();
        if ended || up { Ok(up) } else { Err(card) }
    })
}

pub fn log(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("log")).unwrap_or_default()
}

/// Copies a folder with all that is in it, but for what says who runs there.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        let target = to.join(entry.file_name());
        if path.is_dir() {
            copy(&path, &target);
        } else if !["cloud.json", "lock"].iter().any(|name| entry.file_name() == *name) {
            std::fs::copy(&path, &target).expect("a copy");
        }
    }
}
