//! `workshop local logs`: the embedded cloud's own log, from the files that it leaves.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::Stdio;

use crate::support::{Home, eventually, free_port, interrupt};

const ANSWERED: &str = r#"{"time":"2026-11-22T08:00:00.123Z","level":"INFO","target":"cloud::request","fields":{"operation":"states:StartExecution","status":200,"duration_ms":1.2,"request_id":"r-1"}}"#;
const REFUSED: &str = r#"{"time":"2026-11-22T08:00:01Z","level":"INFO","target":"cloud::request","fields":{"operation":"lambda:GetFunction","status":404,"duration_ms":0.3,"request_id":"r-2","code":"ResourceNotFoundException","cause":"Function not found:\u001b[2J a"}}"#;
const SWALLOWED: &str = r#"{"time":"2026-11-22T08:00:02Z","level":"WARN","target":"cloud_lambda::code","message":"old code stays behind","fields":{"error":"Permission denied"}}"#;

fn log_of(home: &Home) -> PathBuf {
    home.path(".local/state/workshop/local/activity.jsonl")
}

fn append(home: &Home, lines: &[&str]) {
    let path = log_of(home);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = File::options().create(true).append(true).open(path).unwrap();
    lines.iter().for_each(|line| writeln!(file, "{line}").unwrap());
}

#[test]
fn requests_and_failures_are_lines() {
    let home = Home::new();
    append(&home, &[ANSWERED, REFUSED, SWALLOWED]);
    let ended = home.run(&["local", "logs"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    insta::assert_snapshot!(ended.stdout, @r"
    2026-11-22 08:00:00.123  states:StartExecution               200      1.2 ms  request r-1
    2026-11-22 08:00:01.000  lambda:GetFunction                  404      0.3 ms  request r-2  ResourceNotFoundException: Function not found:\u{1b}[2J a
    2026-11-22 08:00:02.000  lambda::code                        warn   old code stays behind (error Permission denied)
    ");
    insta::assert_snapshot!(ended.stderr, @"The embedded cloud is not running.");
    insta::assert_snapshot!(home.ok(&["local", "logs", "-n", "1"]), @"2026-11-22 08:00:02.000  lambda::code                        warn   old code stays behind (error Permission denied)");
    let colored = home.ok(&["local", "logs", "--color", "always", "-n", "2"]);
    assert!(colored.contains("\u{1b}[33m404"), "{colored:?}");
    assert!(!colored.contains("\u{1b}[2J"), "{colored:?}");
}

#[test]
fn json_is_one_record_a_line_as_it_is_stored() {
    let home = Home::new();
    append(&home, &[ANSWERED, REFUSED, SWALLOWED]);
    let stored = [ANSWERED, REFUSED, SWALLOWED].join("\n");
    assert_eq!(home.ok(&["local", "logs", "--json"]).trim_end(), stored);
}

#[test]
fn an_empty_log_says_what_it_will_show() {
    let home = Home::new();
    let ended = home.run(&["local", "logs"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stderr, @"The embedded cloud is not running. Its log is empty: each request will be a line here, with operation, status, duration and request id, and so will what fails.");
    assert!(!home.path(".local/state/workshop/local").exists(), "looking leaves no folder behind");
}

#[test]
fn a_tail_shows_what_comes_until_ctrl_c() {
    let home = Home::new();
    append(&home, &[ANSWERED]);
    let mut command = home.workshop(&["local", "logs", "--tail"]);
    let mut tail = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(tail.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("states:StartExecution"));
    append(&home, &[REFUSED]);
    assert!(lines.next().unwrap().unwrap().contains("lambda:GetFunction"));
    // Full: the rest of the old file and the new one follow, and nothing is shown twice.
    let path = log_of(&home);
    std::fs::rename(&path, path.with_extension("old.jsonl")).unwrap();
    append(&home, &[SWALLOWED]);
    assert!(lines.next().unwrap().unwrap().contains("old code stays behind"));
    assert!(interrupt(&tail));
    assert!(lines.next().is_none());
    assert_eq!(tail.wait().unwrap().code(), Some(0));
}

#[test]
fn what_a_running_cloud_answers_is_logged_until_it_is_reset() {
    let home = Home::new();
    home.ok(&["local", "start", "--port", &free_port().to_string()]);
    // Nothing is deployed; what it asks is answered all the same.
    assert_eq!(home.run(&["list", "--local"]).code, Some(6));
    let logged = eventually("the requests in the log", || {
        let text = home.ok(&["local", "logs", "--json"]);
        if text.contains("StateMachineDoesNotExist") { Ok(text) } else { Err(text) }
    });
    assert!(logged.contains(r#""operation":"sts:GetCallerIdentity","status":200"#), "{logged}");
    assert!(logged.contains(r#""operation":"states:ListExecutions","status":400"#), "{logged}");
    home.ok(&["local", "reset"]);
    assert_eq!(home.ok(&["local", "logs", "--json"]), "");
}
