//! An embedded cloud whose functions run what a test tells them.

use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::support::{Ended, Home, eventually};

/// A function that runs what its event holds.
const BOOTSTRAP: &str = include_str!("bootstrap.sh");

/// What functions are kept apart with, as far as a test chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fence {
    /// All that this system has.
    Whole,
    /// No namespaces.
    NoNamespaces,
    /// Neither namespaces nor Landlock.
    None,
}

impl Fence {
    pub const ALL: [Self; 3] = [Self::Whole, Self::NoNamespaces, Self::None];

    fn without(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::NoNamespaces => "namespaces",
            Self::None => "namespaces,landlock",
        }
    }
}

/// An embedded cloud in the foreground of its own process, which a test may kill.
pub struct Cloud {
    pub home: Home,
    endpoint: String,
    process: Child,
}

/// What a function's command gave.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    pub code: i64,
    pub text: String,
}

impl Cloud {
    pub fn start(fence: Fence) -> Self {
        let home = Home::new();
        Self::start_in(home, fence, |command| command)
    }

    /// The same in a home that has been used, with a command that is changed first.
    pub fn start_in(home: Home, fence: Fence, change: impl FnOnce(Command) -> Command) -> Self {
        let mut command = home.workshop(&["local", "run", "--data"]);
        command.arg(home.path("cloud")).env("WORKSHOP_SANDBOX_WITHOUT", fence.without());
        let mut command = change(command);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("workshop starts");
        let ready = home.path("cloud").join("cloud.json");
        let endpoint = eventually("a cloud", || {
            let text = std::fs::read(&ready).map_err(|error| error.to_string())?;
            let told: Value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
            let is_new = told["pid"] == process.id();
            is_new.then(|| format!("http://127.0.0.1:{}", told["port"])).ok_or_else(|| "an old one".to_owned())
        });
        Self { home, endpoint, process }
    }

    /// Kills the cloud as nobody can forbid, and gives its home.
    pub fn kill(mut self) -> Home {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
        std::mem::replace(&mut self.home, Home::new())
    }

    /// Ends the cloud politely and waits for it.
    pub fn stop(mut self) {
        assert!(crate::support::interrupt(&self.process));
        self.process.wait().expect("it ends");
    }

    /// Sends an event and does not wait for what the function makes of it.
    pub fn start_later(&self, name: &str, command: &str) {
        let event = json!({"run": BASE64_STANDARD.encode(command)}).to_string();
        let (status, _, body) =
            self.send("POST", &format!("/{name}/invocations"), "X-Amz-Invocation-Type: Event", &event);
        assert_eq!(status, 202, "{body}");
    }

    /// What the cloud says of itself.
    pub fn health(&self) -> Value {
        let mut curl = self.home.command("curl");
        let ended =
            Ended::of(curl.arg("-sS").arg(format!("{}/_workshop/health", self.endpoint)).output().expect("curl"));
        serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{ended:#?}"))
    }

    /// The supervisors of its sandboxes.
    pub fn supervisors(&self) -> Vec<u32> {
        children(self.process.id())
    }

    /// The supervisors, and all that descends from them.
    pub fn family(&self) -> Vec<u32> {
        let mut found = self.supervisors();
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            found.extend(children(parent));
            next += 1;
        }
        found
    }

    pub fn data(&self) -> PathBuf {
        self.home.path("cloud")
    }

    /// Sends a request to Lambda; gives the status, the headers, and the body.
    pub fn lambda(&self, method: &str, path: &str, body: &str) -> (u16, String, String) {
        self.send(method, path, "X-Amz-Log-Type: Tail", body)
    }

    fn send(&self, method: &str, path: &str, header: &str, body: &str) -> (u16, String, String) {
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, \
                      SignedHeaders=host, Signature=0";
        let mut curl = self.home.command("curl");
        curl.args(["-sS", "-i", "-X", method, "-H", signed, "-H", "Expect:", "-H", header]);
        curl.args(["--data-binary", "@-"]).arg(format!("{}/2015-03-31/functions{path}", self.endpoint));
        let mut child = curl.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("curl");
        child.stdin.take().expect("a pipe").write_all(body.as_bytes()).expect("curl reads");
        let ended = Ended::of(child.wait_with_output().expect("curl ends"));
        let (head, body) = ended.stdout.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{path}\n{ended:#?}"));
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        (status, head.to_owned(), body.to_owned())
    }

    /// Creates a function that runs what its events hold.
    pub fn create(&self, name: &str, settings: &Value) {
        let (status, _, body) = self.try_create(name, settings, &zip(0o755));
        assert_eq!(status, 201, "{body}");
    }

    pub fn try_create(&self, name: &str, settings: &Value, zip: &[u8]) -> (u16, String, String) {
        let mut function = json!({
            "FunctionName": name, "Role": self.role(), "Runtime": "provided.al2023", "Handler": "x", "Timeout": 60,
            "Code": {"ZipFile": BASE64_STANDARD.encode(zip)},
        });
        let members = settings.as_object().cloned().unwrap_or_default();
        function.as_object_mut().expect("an object").extend(members);
        self.lambda("POST", "", &function.to_string())
    }

    fn role(&self) -> &'static str {
        let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let signed = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, \
                      SignedHeaders=host, Signature=0";
        let mut curl = self.home.command("curl");
        let form = format!("Action=CreateRole&RoleName=r&AssumeRolePolicyDocument={trust}");
        curl.args(["-sS", "-H", signed, "-d", &form, &self.endpoint]).output().expect("curl");
        let logs = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"*"}]}"#;
        let form = format!("Action=PutRolePolicy&RoleName=r&PolicyName=logs&PolicyDocument={logs}");
        let mut curl = self.home.command("curl");
        curl.args(["-sS", "-H", signed, "-d", &form, &self.endpoint]).output().expect("curl");
        "arn:aws:iam::000000000000:role/r"
    }

    /// Lets a function run a command; gives the whole answer of Invoke.
    pub fn invoke(&self, name: &str, command: &str) -> (u16, String, String) {
        let event = json!({"run": BASE64_STANDARD.encode(command)}).to_string();
        self.lambda("POST", &format!("/{name}/invocations"), &event)
    }

    /// Lets a function run a command that is to come to an end.
    pub fn run(&self, name: &str, command: &str) -> Output {
        let (status, head, body) = self.invoke(name, command);
        let answer: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status} {head}\n{body}"));
        let text = answer["out"].as_str().and_then(|text| BASE64_STANDARD.decode(text).ok());
        let text = text.unwrap_or_else(|| panic!("{command}: {status} {body}\n{}", log_tail(&head)));
        let code = answer["code"].as_i64().expect("a number");
        Output { code, text: String::from_utf8_lossy(&text).into_owned() }
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The log that came with an answer.
pub fn log_tail(head: &str) -> String {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("x-amz-log-result: "));
    let value = line.and_then(|line| line.split_once(": ")).map(|(_, value)| value.trim());
    let bytes = value.and_then(|value| BASE64_STANDARD.decode(value).ok()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A zip with the function's program, of this mode.
pub fn zip(mode: u32) -> Vec<u8> {
    zip_of(&[("bootstrap", BOOTSTRAP)], mode)
}

pub fn zip_of(files: &[(&str, &str)], mode: u32) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default().unix_permissions(mode)).expect("a file");
        writer.write_all(text.as_bytes()).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// The children of a process that have not ended.
fn children(id: u32) -> Vec<u32> {
    let threads = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    let ids: Vec<u32> =
        lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect();
    let runs = |id: &u32| std::fs::read_to_string(format!("/proc/{id}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    ids.into_iter().filter(runs).collect()
}

/// The processes whose command line holds a text.
pub fn processes_with(text: &str) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").expect("proc").flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    })
    .collect()
}

/// Waits until no process has this text in its command line.
pub fn until_gone(text: &str) {
    eventually("the end of the function's processes", || match processes_with(text) {
        left if left.is_empty() => Ok(()),
        left => Err(format!("{left:?}")),
    });
}
