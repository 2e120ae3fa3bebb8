//! `--verbose`: the calls to AWS as lines on stderr.

use crate::support::sandbox::Sandbox;
use crate::support::{Home, aws_stub};

/// The lines about calls, with what differs in every run replaced and single spaces between the words.
fn calls(stderr: &str) -> String {
    let call = |line: &&str| line.starts_with("  ") && line.contains(" ms");
    stderr.lines().filter(call).map(normalized).collect::<Vec<_>>().join("\n")
}

fn normalized(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    for index in 1..words.len() {
        if words[index] == "ms" {
            words[index - 1] = "N";
        }
        if words[index - 1] == "request" {
            words[index] = "ID";
        }
    }
    words.join(" ")
}

#[test]
fn each_attempt_at_a_call_is_a_line() {
    let sandbox = Sandbox::new();
    let unavailable = || ("503 Service Unavailable", "{}".to_owned());
    let (endpoint, _) = aws_stub::serve_logs([unavailable(), unavailable()]);
    let output = sandbox.workshop_at(&endpoint, "logs -f sendEmail --verbose").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    insta::assert_snapshot!(calls(&stderr), @r"
    sts:GetCallerIdentity 200 N ms
    logs:FilterLogEvents 503 N ms
    logs:FilterLogEvents 503 N ms attempt 2
    logs:FilterLogEvents 200 N ms attempt 3
    ");
    assert!(output.stdout.is_empty());
    let quiet = sandbox.workshop_at(&endpoint, "logs -f sendEmail").output().unwrap();
    assert_eq!(calls(&String::from_utf8(quiet.stderr).unwrap()), "", "without --verbose there are none");
}

#[test]
fn calls_to_the_embedded_cloud_have_their_request_ids_and_leave_json_alone() {
    let home = Home::new();
    home.ok(&["local", "start"]);
    let ended = home.run(&["local", "status", "--json", "--verbose"]);
    let status: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(status["status"], "running");
    let calls = calls(&ended.stderr);
    let mut calls: Vec<&str> = calls.lines().collect();
    calls.sort_unstable();
    insta::assert_snapshot!(calls.join("\n"), @r"
    apigateway:GetApis 200 N ms request ID
    lambda:ListFunctions 200 N ms request ID
    states:ListStateMachines 200 N ms request ID
    ");
}

#[test]
fn no_secret_is_shown() {
    let sandbox = Sandbox::new();
    let endpoint = aws_stub::serve();
    let mut command = sandbox.workshop_at(&endpoint, "list --verbose");
    command.env("AWS_SECRET_ACCESS_KEY", "do-not-show-me").env("AWS_SESSION_TOKEN", "nor-me");
    let stderr = String::from_utf8(command.output().unwrap().stderr).unwrap();
    assert!(stderr.contains("sts:GetCallerIdentity"), "{stderr}");
    for word in ["do-not-show-me", "nor-me", "Authorization", "authorization", "Credential="] {
        assert!(!stderr.contains(word), "{word}: {stderr}");
    }
}
