//! What black-box tests share: a home of their own, the built command in it, and waiting for a condition.

pub mod aws_stub;
pub mod cloud;
pub mod emulator;
pub mod every_command;
pub mod sandbox;
pub mod shell;
pub mod snapshot;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take before a test gives up: generous, since a loaded machine is no failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A user's empty home, an empty folder to stand in, and an embedded cloud of its own that ends with it.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        std::fs::create_dir(home.path("work")).expect("a folder to stand in");
        home
    }

    pub fn path(&self, inside: &str) -> PathBuf {
        self.folder.path().join(inside)
    }

    /// A command with nothing of the developer's own environment but what every program needs.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(inherited()).current_dir(self.path("work")).stdin(Stdio::null());
        for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            let inherited = std::env::var_os(name).map(PathBuf::from);
            let usual = std::env::home_dir().map(|home| home.join(folder));
            command.envs(inherited.or(usual).map(|folder| (name, folder)));
        }
        command.env("HOME", self.folder.path()).env("TZ", "UTC").env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    pub fn workshop(&self, arguments: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_workshop"));
        command.args(arguments);
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.workshop(arguments).output().expect("workshop starts"))
    }

    /// Runs a command that must succeed and gives its stdout.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "workshop {arguments:?}\n{ended:#?}");
        ended.stdout
    }

    /// Runs a command that must succeed and gives its stdout as JSON.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let stdout = self.ok(arguments);
        serde_json::from_str(&stdout)
            .unwrap_or_else(|error| panic!("{arguments:?} printed no JSON ({error}):\n{stdout}"))
    }

    /// Starts a command whose output is read line by line while it runs.
    pub fn spawn(&self, arguments: &[&str]) -> Running {
        Running::start(self.workshop(arguments))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = self.workshop(&["local", "stop"]).output();
    }
}

/// The variables that every program of a test has: where programs are, where coverage goes, and the moved clock of
/// `cargo xtask test --date`.
pub fn inherited() -> impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)> {
    const NAMES: [&str; 7] = [
        "PATH",
        "LLVM_PROFILE_FILE",
        "LD_PRELOAD",
        "FAKETIME",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "NO_FAKE_STAT",
        "RUSTC",
    ];
    NAMES.into_iter().filter_map(|name| Some((name.into(), std::env::var_os(name)?)))
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A process that still runs; it is ended with this value.
pub struct Running {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the process starts");
        let lines = Arc::new(Mutex::new(Vec::new()));
        let stdout = child.stdout.take().expect("a pipe");
        let stderr = child.stderr.take().expect("a pipe");
        collect(stdout, Arc::clone(&lines));
        collect(stderr, Arc::clone(&lines));
        Self { child, lines }
    }

    /// Everything printed so far, on both streams.
    pub fn output(&self) -> String {
        self.lines.lock().expect("the reader does not panic").join("\n")
    }

    /// Waits until a printed line holds a text, and gives that line.
    pub fn line_with(&self, text: &str) -> String {
        let what = format!("a line with {text:?}");
        eventually(&what, || {
            let lines = self.lines.lock().expect("the reader does not panic");
            let found = lines.iter().find(|line| line.contains(text)).cloned();
            found.ok_or_else(|| lines.join("\n"))
        })
    }

    /// Sends Ctrl-C, as a terminal does, and waits for the end.
    pub fn interrupt(mut self) -> Option<i32> {
        assert!(interrupt(&self.child), "the process had ended already:\n{}", self.output());
        eventually("the end after Ctrl-C", || match self.child.try_wait() {
            Ok(Some(status)) => Ok(status.code()),
            _ => Err("it still runs".to_owned()),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends what Ctrl-C in a terminal sends; false when the process has ended already.
pub fn interrupt(child: &Child) -> bool {
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there").success()
}

/// What aims a client of AWS at an endpoint.
pub fn credentials(endpoint: &str) -> [(&'static str, &str); 6] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_PAGER", ""),
    ]
}

fn collect(stream: impl std::io::Read + Send + 'static, lines: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            lines.lock().expect("no reader panics").push(line);
        }
    });
}

/// Asks again until the answer is there; gives up after [`PATIENCE`] and says what the last answer was.
pub fn eventually<T>(what: &str, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let begun = Instant::now();
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(last) => assert!(begun.elapsed() < PATIENCE, "waited {PATIENCE:?} for {what}; last seen:\n{last}"),
        }
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// The folder of this project, whose functions are built from their sources.
pub fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A program of the Python environment that holds the clients and emulators from elsewhere.
pub fn python_tool(name: &str) -> PathBuf {
    let venv = std::env::var_os("WORKSHOP_TEST_VENV").expect(
        "WORKSHOP_TEST_VENV names the Python environment; run the tests with `cargo xtask test`, which makes it",
    );
    let tool = Path::new(&venv).join("bin").join(name);
    assert!(tool.exists(), "{} is missing; `cargo xtask test` installs it", tool.display());
    tool
}

/// A port that nothing listens on, and that nothing else takes meanwhile: each caller gets another one, from below the ports
/// that the system gives to connections and to programs that ask for any.
pub fn free_port() -> u16 {
    const LOWEST: u16 = 10_000;
    const COUNT: u16 = 22_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = std::process::id().wrapping_mul(997);
    let number = || first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed).into()) % u32::from(COUNT);
    std::iter::repeat_with(|| LOWEST + u16::try_from(number()).expect("a number of a port"))
        .take(COUNT.into())
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("a port")
}

/// The first endpoint in `workshop info --json`.
pub fn endpoint(info: &serde_json::Value) -> String {
    info["endpoints"][0]["url"].as_str().unwrap_or_else(|| panic!("no endpoint in {info:#}")).to_owned()
}

/// Milliseconds since 1970, `ahead_ms` from now.
pub fn epoch_ms(ahead_ms: i64) -> i64 {
    jiff::Timestamp::now().as_millisecond() + ahead_ms
}

/// Posts a body as the lesson's curl does; gives status and body.
pub fn curl(home: &Home, url: &str, body: &str) -> (u16, serde_json::Value) {
    let mut curl = home.command("curl");
    curl.args(["-sS", "-w", "\n%{http_code}", "-X", "POST", "-d", body, "-H", "Content-Type: application/json", url]);
    let ended = Ended::of(curl.output().expect("curl is installed"));
    assert_eq!(ended.code, Some(0), "curl {url}\n{ended:#?}");
    let (answer, status) = ended.stdout.rsplit_once('\n').expect("curl prints the status last");
    let answer = serde_json::from_str(answer).unwrap_or_else(|error| panic!("{error}: {answer}"));
    (status.parse().expect("a status"), answer)
}
