//! Where the embedded cloud and its HTTP APIs answer: by name, by address, at the same port again, for every kind of client.

use std::net::TcpListener;

use crate::support::{Ended, Home, curl, endpoint, epoch_ms, free_port};
use serde_json::Value;

/// The URL of the lesson's endpoint without a name that would have to be resolved.
fn by_address(home: &Home) -> String {
    let status = home.json(&["local", "status", "--json"]);
    let url = endpoint(&home.json(&["info", "--local", "--json"]));
    let id = match url.split_once(".execute-api.localhost") {
        Some((id, _)) => id.trim_start_matches("http://").to_owned(),
        None => url.split('/').nth(4).unwrap_or_default().to_owned(),
    };
    format!("{}/_api/{id}/dev/start", status["endpoint"].as_str().expect("an endpoint"))
}

#[test]
fn an_api_answers_by_address_as_it_does_by_name() {
    let home = Home::new();
    home.ok(&["deploy", "--local"]);
    let url = by_address(&home);
    let body = format!(r#"{{"taskName": "by-address", "startAt": {}}}"#, epoch_ms(3_600_000));
    let (status, answer) = curl(&home, &url, &body);
    assert_eq!((status, &answer["params"]["name"]), (200, &"by-address".into()), "{answer:#}");
    let (status, answer) = curl(&home, &url.replace("/dev/", "/prod/"), &body);
    assert_eq!((status, &answer["message"]), (404, &"Not Found".into()));
    let id = url.split('/').nth(4).expect("an id").to_owned();
    let (status, _) = curl(&home, &url.replace(&id, "nosuchapi1"), &body);
    assert_eq!(status, 404);
    let mut preflight = home.command("curl");
    preflight.args(["-sSi", "-X", "OPTIONS", "-H", "Origin: https://example.com"]);
    preflight.args(["-H", "Access-Control-Request-Method: POST", &url]);
    let preflight = Ended::of(preflight.output().expect("curl")).stdout.to_ascii_lowercase();
    assert!(preflight.contains("access-control-allow-origin: *"), "{preflight}");
    assert!(preflight.contains("content-security-policy: sandbox"), "a page there is not the cloud's own: {preflight}");
    let mut foreign = home.command("curl");
    foreign.args(["-sS", "-H", "Host: example.com", &url]);
    let foreign = Ended::of(foreign.output().expect("curl")).stdout;
    assert!(foreign.contains("names another machine"), "{foreign}");
}

#[test]
fn the_printed_url_is_one_that_programs_of_this_machine_resolve() {
    use std::net::ToSocketAddrs;

    let home = Home::new();
    let deployed = home.json(&["deploy", "--local", "--json"]);
    let url = endpoint(&deployed["info"]);
    assert_eq!(endpoint(&home.json(&["info", "--local", "--json"])), url);
    let host = url.trim_start_matches("http://").split('/').next().expect("a host");
    assert!(host.to_socket_addrs().is_ok_and(|mut found| found.next().is_some()), "{url}");
    let printed = home.ok(&["start", "--local", "--task", "t", "--at", "+1h", "--print-curl"]);
    assert!(printed.trim_end().ends_with(&url), "{printed}");
}

#[test]
fn the_port_stays_the_same_until_another_program_has_it() {
    let home = Home::new();
    let port = free_port();
    let at = format!("http://127.0.0.1:{port}");
    home.ok(&["local", "start", "--port", &port.to_string()]);
    home.ok(&["local", "stop"]);
    assert_eq!(home.json(&["local", "start", "--json"])["endpoint"], at.as_str());
    home.ok(&["local", "stop"]);
    let taken = TcpListener::bind(("127.0.0.1", port)).expect("the port is free again");
    let started = home.ok(&["local", "start"]);
    assert!(started.contains(&format!("Port {port}, which it had before, is taken by another program")), "{started}");
    home.ok(&["local", "stop"]);
    drop(taken);
    home.ok(&["local", "reset"]);
    assert_ne!(home.json(&["local", "start", "--json"])["endpoint"], at.as_str(), "a reset forgets it");
}

#[test]
fn the_variables_aim_a_shell_at_the_cloud() {
    let home = Home::new();
    home.ok(&["local", "start"]);
    let program = env!("CARGO_BIN_EXE_workshop");
    let mut shell = home.command("sh");
    shell.env("AWS_PROFILE", "other").env("SHELL", "/bin/zsh");
    shell.args(["-c", &format!("eval \"$({program} local env)\" && env && {program} list")]);
    let ended = Ended::of(shell.output().expect("sh"));
    let endpoint = home.json(&["local", "status", "--json"])["endpoint"].as_str().expect("an endpoint").to_owned();
    for line in
        [&format!("AWS_ENDPOINT_URL={endpoint}"), "AWS_DISABLE_HOST_PREFIX_INJECTION=true", "AWS_REGION=us-east-1"]
    {
        assert!(ended.stdout.lines().any(|it| it == line), "{line}\n{ended:#?}");
    }
    assert!(!ended.stdout.contains("AWS_PROFILE"), "{ended:#?}");
    assert_eq!(ended.code, Some(6), "it reaches the cloud, where nothing is deployed: {ended:#?}");

    let fish = Ended::of(home.workshop(&["local", "env"]).env("SHELL", "/usr/bin/fish").output().expect("workshop"));
    assert!(fish.stdout.starts_with("set -gx AWS_ENDPOINT_URL http"), "{fish:#?}");
    let profile = home.ok(&["local", "env", "--aws-config", "--region", "eu-west-1"]);
    assert!(profile.starts_with(&format!("[profile workshop]\nendpoint_url = {endpoint}\nregion = eu-west-1\n")));
    // The profile works: it has all that a client needs.
    std::fs::create_dir_all(home.path(".aws")).expect("a folder");
    std::fs::write(home.path(".aws/config"), profile).expect("a file");
    let listed = home.run(&["list", "--profile", "workshop"]);
    assert!(listed.code == Some(6) && listed.stderr.contains("eu-west-1"), "{listed:#?}");
}

#[test]
fn prefixes_of_sdks_and_requests_as_through_a_proxy_are_understood() {
    let home = Home::new();
    let endpoint: Value = home.json(&["local", "start", "--json"])["endpoint"].clone();
    let endpoint = endpoint.as_str().expect("an endpoint");
    let port = endpoint.rsplit(':').next().expect("a port");
    let list = |arguments: &[&str]| {
        let mut curl = home.command("curl");
        curl.args(["-sS", "--aws-sigv4", "aws:amz:us-east-1:states", "-u", "test:test"]);
        curl.args(["-H", "X-Amz-Target: AWSStepFunctions.ListStateMachines", "-d", "{}"]).args(arguments);
        Ended::of(curl.output().expect("curl")).stdout
    };
    assert!(list(&["-H", &format!("Host: sync-127.0.0.1:{port}"), endpoint]).contains("stateMachines"));
    let proxied = list(&["-x", endpoint, &format!("http://sync-localhost:{port}/")]);
    assert!(proxied.contains("stateMachines"), "{proxied}");
    let foreign = list(&["-x", endpoint, "http://example.com/"]);
    assert!(foreign.contains("names another machine"), "{foreign}");
}
