//! Who may connect to the embedded cloud, and what a client can take from the others.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Ended, Home, project, python_tool};

/// Somebody else: `nobody`.
const OTHER: u32 = 65534;

/// A cloud in the background, and what its owner knows of it.
struct Guarded {
    home: Home,
    env: Value,
}

impl Guarded {
    fn start() -> Self {
        let home = Home::new();
        home.ok(&["local", "start"]);
        let env = home.json(&["local", "env", "--json"]);
        Self { home, env }
    }

    fn text(&self, name: &str) -> &str {
        self.env[name].as_str().unwrap_or_else(|| panic!("no {name} in {:#}", self.env))
    }

    fn port(&self) -> u16 {
        self.text("endpoint").rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port")
    }

    fn pid(&self) -> u64 {
        self.home.json(&["local", "status", "--json"])["pid"].as_u64().expect("a process")
    }

    /// Runs the checks of boto3 as somebody.
    fn boto3(&self, who: &str) {
        let script = project().join("tests/clients/guarded.py");
        let mut command = self.home.command(python_tool("python"));
        command.arg(script).arg(who).env("AWS_ENDPOINT_URL", self.text("endpoint"));
        command.env("OWN_KEY", self.text("accessKeyId")).env("OWN_SECRET", self.text("secretAccessKey"));
        let ended = Ended::of(command.output().expect("the client starts"));
        assert_eq!(ended.code, Some(0), "{}\n{}", ended.stdout, ended.stderr);
    }
}

/// Whether this test may become another user. Where it may not it says that it was not run.
#[allow(clippy::print_stderr, reason = "a test that can't run says so")]
fn can_be_another_user(test: &str) -> bool {
    let is_root = rustix::process::geteuid().is_root();
    if !is_root {
        eprintln!("not run: {test} needs root, to connect as another user");
    }
    is_root
}

#[test]
fn its_own_user_comes_in_with_any_key_and_known_keys_are_verified() {
    let cloud = Guarded::start();
    cloud.boto3("owner");
}

#[test]
fn another_user_comes_in_with_the_clouds_own_keys_alone() {
    if !can_be_another_user("another_user_comes_in_with_the_clouds_own_keys_alone") {
        return;
    }
    let cloud = Guarded::start();
    cloud.boto3("other");
    assert!(cloud.home.json(&["local", "status", "--json"])["pid"].is_u64(), "nobody ended it");
}

#[test]
fn the_printed_variables_serve_the_aws_cli_and_curl() {
    let cloud = Guarded::start();
    let run = |line: &str| {
        let mut shell = cloud.home.command("sh");
        let program = env!("CARGO_BIN_EXE_workshop");
        shell.args([
            "-ec",
            &format!("export AWS_SESSION_TOKEN=stale AWS_PROFILE=none; eval \"$({program} local env)\"; {line}"),
        ]);
        shell.env("AWS", python_tool("aws"));
        let ended = Ended::of(shell.output().expect("sh starts"));
        assert_eq!(ended.code, Some(0), "{line}\n{ended:#?}");
        ended.stdout
    };
    assert!(run("\"$AWS\" sts get-caller-identity").contains("\"000000000000\""));
    let signed = "curl -sS --aws-sigv4 aws:amz:us-east-1:sts --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\" \
                  -d 'Action=GetCallerIdentity&Version=2011-06-15' \"$AWS_ENDPOINT_URL\"";
    assert!(run(signed).contains("<Account>000000000000</Account>"));
    let wrong = signed.replace("$AWS_SECRET_ACCESS_KEY", "guessed");
    assert!(run(&wrong).contains("<Code>SignatureDoesNotMatch</Code>"));
    // A page's request, signed by a browser's extension or not, is none of the user's.
    for page in ["-H 'Origin: https://example.com'", "-H 'Origin: null'", "-H 'Sec-Fetch-Site: cross-site'"] {
        assert!(run(&format!("{signed} {page}")).contains("another origin"), "{page}");
        let admin = format!("curl -sS {page} -H 'x-workshop: 1' \"$AWS_ENDPOINT_URL/_workshop/health\"");
        assert!(run(&admin).contains("another origin"), "{page}");
    }
}

#[test]
fn env_of_a_cloud_that_does_not_run_says_how_to_start_it() {
    let home = Home::new();
    let ended = home.run(&["local", "env"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(5), ""), "{ended:#?}");
    assert!(ended.stderr.contains("workshop local start"), "{ended:#?}");
}

/// Every file and folder below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let nested = entries.flat_map(|path| {
        let deeper = if path.is_dir() && !path.is_symlink() { below(&path) } else { Vec::new() };
        std::iter::once(path).chain(deeper)
    });
    nested.collect()
}

fn mode(path: &Path) -> u32 {
    std::fs::symlink_metadata(path).expect("it is there").mode() & 0o777
}

#[test]
fn the_data_folder_is_its_owners_alone() {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    let data = home.path(".local/state/workshop/local");
    let open = |data: &Path| -> Vec<PathBuf> {
        let all = std::iter::once(data.to_owned()).chain(below(data));
        all.filter(|path| !path.is_symlink() && mode(path) & 0o077 != 0).collect()
    };
    // Folders of functions' code have the modes of their zips; nobody gets to them.
    let but_code: Vec<_> = open(&data).into_iter().filter(|path| !path.starts_with(data.join("functions"))).collect();
    assert_eq!((mode(&data), but_code), (0o700, Vec::new()));
    home.ok(&["local", "stop"]);

    // As an earlier workshop left it.
    for path in std::iter::once(data.clone()).chain(below(&data)) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("a mode");
    }
    home.ok(&["local", "start"]);
    assert_eq!(open(&data), Vec::<PathBuf>::new());
    let log = home.ok(&["local", "logs"]);
    assert!(log.contains("were open to other users"), "{log}");
}

#[test]
fn a_data_folder_of_another_user_is_refused() {
    if !can_be_another_user("a_data_folder_of_another_user_is_refused") {
        return;
    }
    let home = Home::new();
    let theirs = home.path("theirs");
    std::fs::create_dir(&theirs).expect("a folder");
    std::os::unix::fs::chown(&theirs, Some(OTHER), Some(OTHER)).expect("root may");
    let link = home.path("link");
    std::os::unix::fs::symlink(&theirs, &link).expect("a link");
    let strange = home.path("strange");
    std::os::unix::fs::symlink(home.path("work"), &strange).expect("a link");
    std::os::unix::fs::lchown(&strange, Some(OTHER), Some(OTHER)).expect("root may");
    for folder in [&theirs, &link, &strange] {
        let ended = home.run(&["local", "run", "--data", folder.to_str().expect("a plain path")]);
        assert_eq!(ended.code, Some(1), "{ended:#?}");
        assert!(ended.stderr.contains("belongs to another user (uid 65534)"), "{ended:#?}");
    }
    assert_eq!(std::fs::read_dir(&theirs).expect("a folder").count(), 0, "nothing was left there");
}

/// Starts a cloud with other limits of open files; gives the home and the endpoint's port.
fn limited(limits: &str) -> Guarded {
    let home = Home::new();
    let mut shell = home.command("sh");
    shell.args(["-ec", &format!("{limits}; exec \"{}\" local start", env!("CARGO_BIN_EXE_workshop"))]);
    let ended = Ended::of(shell.output().expect("sh starts"));
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let env = home.json(&["local", "env", "--json"]);
    Guarded { home, env }
}

#[test]
fn many_idle_connections_do_not_make_it_deaf() {
    let cloud = limited("ulimit -n 256");
    let address = ("127.0.0.1", cloud.port());
    let idle: Vec<TcpStream> = (0..600)
        .map(|number| {
            let mut stream = TcpStream::connect(address).expect("it listens");
            // Some send nothing, some the beginning of a request.
            if number % 2 == 0 {
                let _ = stream.write_all(b"GET /_workshop/health HTTP/1.1\r\nHost: loc");
            }
            stream
        })
        .collect();
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET /_workshop/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(cloud.home.json(&["local", "status", "--json"])["status"], "running");
    drop(idle);
}

#[test]
fn the_soft_limit_of_open_files_is_raised() {
    let cloud = limited("ulimit -Sn 128");
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", cloud.pid())).unwrap_or_default();
    let Some(line) = limits.lines().find(|line| line.starts_with("Max open files")) else {
        eprintln!("not run: this system has no /proc");
        return;
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[3], words[4], "{line}");
}

/// The most memory that a process has had, in MiB.
fn peak_mib(pid: u64) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// Sends twenty requests that carry the largest zip, all at once; gives the statuses of the answers.
fn twenty_large_ones(port: u16, authorization: &str) -> Vec<String> {
    const BYTES: usize = 69_000_000;
    let send = |_: usize| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        let head = format!(
            "POST /2015-03-31/functions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{authorization}\
             Content-Length: {BYTES}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        let piece = vec![b' '; 1 << 20];
        let mut left = BYTES;
        while left > 0 {
            let bytes = left.min(piece.len());
            stream.write_all(&piece[..bytes]).expect("it reads all that it refuses, too");
            left -= bytes;
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer.get(..12).unwrap_or(&answer).to_owned()
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..20).map(|number| scope.spawn(move || send(number))).collect();
        threads.into_iter().map(|thread| thread.join().expect("it sends")).collect()
    })
}

#[test]
fn twenty_of_the_largest_requests_take_the_memory_of_two() {
    let cloud = Guarded::start();
    let pid = cloud.pid();
    let unsigned = twenty_large_ones(cloud.port(), "");
    assert_eq!(unsigned, vec!["HTTP/1.1 403"; 20]);
    let Some(peak) = peak_mib(pid) else {
        eprintln!("not run: this system does not tell a process' memory");
        return;
    };
    assert!(peak < 150, "{peak} MiB for requests that are refused by their headers");
    let signed = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, \
                  SignedHeaders=host, Signature=x\r\n";
    let answers = twenty_large_ones(cloud.port(), signed);
    // Blanks are no function: each is refused once it was read, or when it had to wait too long.
    assert!(answers.iter().all(|status| status == "HTTP/1.1 400" || status == "HTTP/1.1 503"), "{answers:?}");
    let peak = peak_mib(pid).expect("as before");
    println!("peak memory: {peak} MiB");
    assert!(peak < 500, "{peak} MiB");
}
