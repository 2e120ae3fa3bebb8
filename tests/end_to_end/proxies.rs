//! A company's network: everything goes through a proxy, which opens TLS with an authority of its own.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Mutex;

use crate::credentials::stand_in::StandIn;
use crate::support::{Ended, Home, free_port, project, python_tool};

/// A running proxy in front of a stand-in for AWS.
struct Proxy {
    home: Home,
    child: Child,
    port: u16,
    dialogue: Mutex<Dialogue>,
    aws: StandIn,
}

/// What a proxy says of what it was asked for, and how it is told that somebody listens.
struct Dialogue {
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

/// A line that nobody asks for.
const MARK: &str = "that is all";

impl Proxy {
    fn start(user_and_password: Option<&str>) -> Self {
        Self::before(StandIn::start(), user_and_password)
    }

    fn before(aws: StandIn, user_and_password: Option<&str>) -> Self {
        let home = Home::new();
        let backend = aws.url.rsplit(':').next().expect("a port");
        let mut command = home.command(python_tool("python"));
        command.arg(project().join("tests/clients/tls_proxy.py")).arg(home.path("")).arg(backend);
        command.args(user_and_password).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("python starts");
        let input = child.stdin.take().expect("a pipe");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let port = output.next().expect("the proxy says its port").expect("a line").parse().expect("a port");
        Self { home, child, port, dialogue: Mutex::new(Dialogue { input, output }), aws }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn bundle(&self) -> String {
        self.home.path("ca.pem").display().to_string()
    }

    /// `workshop info` with keys and these variables.
    fn info(&self, variables: &[(&str, &str)]) -> Ended {
        let mut command = self.home.workshop(&["info"]);
        command.env("AWS_ACCESS_KEY_ID", "AKIAPROXY").env("AWS_SECRET_ACCESS_KEY", "s").env("AWS_REGION", "eu-west-1");
        // No waiting between the attempts.
        command.env("WORKSHOP_TIME_SCALE", "0.01").envs(variables.iter().copied());
        Ended::of(command.output().expect("workshop starts"))
    }

    /// What was asked for since the last time: all that stands before a mark which the proxy gives back.
    fn asked(&self) -> Vec<String> {
        let mut dialogue = self.dialogue.lock().expect("nobody panics while asking");
        writeln!(dialogue.input, "{MARK}").expect("the proxy runs");
        let lines = dialogue.output.by_ref().map(|line| line.expect("the proxy runs"));
        lines.take_while(|line| line != MARK).collect()
    }

    /// A failure's words, without ports and folders that differ from run to run.
    fn plain(&self, text: &str) -> String {
        let home = self.home.path("").display().to_string();
        text.replace(&self.port.to_string(), "PORT").replace(home.trim_end_matches('/'), "HOME")
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn is_there(proxy: &Proxy) -> bool {
    proxy.aws.caller().is_some_and(|(key, region)| key == "AKIAPROXY" && region == "eu-west-1")
}

#[test]
fn aws_is_called_through_the_proxy_with_the_companys_certificates() {
    let proxy = Proxy::start(None);
    let ended = proxy.info(&[("HTTPS_PROXY", &proxy.url()), ("AWS_CA_BUNDLE", &proxy.bundle())]);
    assert!(is_there(&proxy), "{ended:#?}\n{:?}", proxy.asked());
    let asked = proxy.asked();
    assert!(asked.contains(&"CONNECT sts.eu-west-1.amazonaws.com:443".to_owned()), "{asked:?}");
    assert!(asked.contains(&"CONNECT apigateway.eu-west-1.amazonaws.com:443".to_owned()), "{asked:?}");
    assert!(asked.iter().all(|line| line.starts_with("CONNECT ")), "{asked:?}");

    // The profile's bundle does as well.
    let config = proxy.home.path("config").display().to_string();
    std::fs::write(&config, format!("[default]\nca_bundle = {}\n", proxy.bundle())).expect("a file");
    let ended = proxy.info(&[("https_proxy", &proxy.url()), ("AWS_CONFIG_FILE", &config)]);
    assert!(is_there(&proxy), "{ended:#?}\n{:?}", proxy.asked());

    // Without it nobody is trusted who is not in the system's list.
    let ended = proxy.info(&[("HTTPS_PROXY", &proxy.url())]);
    assert_eq!(ended.code, Some(5), "{ended:#?}");
    assert!(ended.stderr.contains("AWS_CA_BUNDLE=/path/to/ca.pem"), "{ended:#?}");
}

#[test]
fn a_plain_endpoint_has_its_own_variable() {
    let proxy = Proxy::start(None);
    let endpoint = ("AWS_ENDPOINT_URL", "http://aws.example");
    let ended = proxy.info(&[("HTTP_PROXY", &proxy.url()), endpoint]);
    assert!(is_there(&proxy), "{ended:#?}");
    assert_eq!(proxy.asked().first().map(String::as_str), Some("POST http://aws.example/"));
    // Another name: calls of the run above that its end has cut off may still reach the proxy.
    let direct = ("AWS_ENDPOINT_URL", "http://direct.example");
    for except in [("NO_PROXY", "direct.example"), ("no_proxy", "*")] {
        let ended = proxy.info(&[("HTTP_PROXY", &proxy.url()), direct, except]);
        assert_eq!(ended.code, Some(5), "{ended:#?}");
        let asked = proxy.asked();
        assert!(!asked.iter().any(|line| line.contains("direct.example")), "{asked:?}\n{ended:#?}");
    }
    // This machine is never on the other side of a proxy.
    let near = proxy.aws.url.clone();
    let ended = proxy.info(&[("HTTP_PROXY", &proxy.url()), ("AWS_ENDPOINT_URL", &near)]);
    assert!(is_there(&proxy), "{ended:#?}");
    assert_eq!(proxy.asked(), Vec::<String>::new());
}

/// Credentials that are fetched go the same way.
#[test]
fn roles_are_assumed_through_the_proxy() {
    let proxy = Proxy::start(None);
    let config = proxy.home.path("config").display().to_string();
    let text = "[profile r]\nrole_arn = arn:aws:iam::000000000000:role/r\nweb_identity_token_file = TOKEN\n\
        [profile s]\nsso_start_url = https://corp.example/start\nsso_region = eu-west-1\nsso_account_id = 000000000000\n\
        sso_role_name = r\n";
    let token = proxy.home.path("token").display().to_string();
    std::fs::write(&token, "a token").expect("a file");
    std::fs::write(&config, text.replace("TOKEN", &token)).expect("a file");
    let cache = proxy.home.path(".aws/sso/cache");
    std::fs::create_dir_all(&cache).expect("a folder");
    let cached = format!(
        r#"{{"accessToken":"t","expiresAt":"{}","region":"eu-west-1","startUrl":"https://corp.example/start"}}"#,
        crate::credentials::stand_in::until()
    );
    // The SHA-1 of the start URL.
    std::fs::write(cache.join("f7c9b39d0b4c7a7d82c79307585f77e1c5e74378.json"), cached).expect("a file");
    for (profile, host, key) in [
        ("r", "CONNECT sts.eu-west-1.amazonaws.com:443", "ASIAWEBIDENTITY"),
        ("s", "CONNECT portal.sso.eu-west-1.amazonaws.com:443", "AKIASSO"),
    ] {
        let mut command = proxy.home.workshop(&["info", "--profile", profile, "--region", "eu-west-1"]);
        command.env("AWS_CONFIG_FILE", &config).env("HTTPS_PROXY", proxy.url()).env("AWS_CA_BUNDLE", proxy.bundle());
        let ended = Ended::of(command.output().expect("workshop starts"));
        assert_eq!(proxy.aws.caller().map(|(key, _)| key).as_deref(), Some(key), "{ended:#?}");
        let asked = proxy.asked();
        assert!(asked.iter().any(|line| line == host), "{asked:?}");
    }
}

#[test]
fn a_proxy_that_wants_a_password_gets_it_and_nobody_else_sees_it() {
    let proxy = Proxy::start(Some("anna:p@ss"));
    let bundle = ("AWS_CA_BUNDLE", &*proxy.bundle());
    let with = |user: &str| format!("http://{user}127.0.0.1:{}", proxy.port);
    let ended = proxy.info(&[("HTTPS_PROXY", &with("anna:p%40ss@")), bundle]);
    assert!(is_there(&proxy), "{ended:#?}");
    let ended = proxy.info(&[("HTTPS_PROXY", &with("anna:secret@")), bundle]);
    assert_eq!(ended.code, Some(5), "{ended:#?}");
    assert!(!ended.stderr.contains("secret"), "{ended:#?}");
    insta::assert_snapshot!(proxy.plain(&ended.stderr), @r"
    No project here: using the lesson that workshop brings (step-functions-example).
    error: The proxy http://127.0.0.1:PORT (HTTPS_PROXY) wants other credentials than its URL has (407).
      try: User and password belong into the variable, such as http://USER:PASSWORD@HOST:PORT (%40 for an @). A host that the proxy holds back has to be let through by whoever runs it; NO_PROXY lists the hosts that are called without it.
    ");
    for (variable, endpoint) in [("HTTPS_PROXY", "https://aws.example"), ("HTTP_PROXY", "http://aws.example")] {
        let ended = proxy.info(&[(variable, &proxy.url()), bundle, ("AWS_ENDPOINT_URL", endpoint)]);
        let told = format!("The proxy http://127.0.0.1:PORT ({variable}) wants a user and a password (407).");
        assert!(proxy.plain(&ended.stderr).contains(&told), "{ended:#?}");
    }
}

#[test]
fn a_proxy_that_is_not_there_is_named() {
    let proxy = Proxy::start(None);
    let nobody = free_port();
    let url = format!("http://anna:secret@127.0.0.1:{nobody}");
    for (variable, endpoint) in [("HTTPS_PROXY", "https://aws.example"), ("http_proxy", "http://aws.example")] {
        let ended = proxy.info(&[(variable, &url), ("AWS_ENDPOINT_URL", endpoint)]);
        assert_eq!(ended.code, Some(5), "{ended:#?}");
        let told = ended.stderr.replace(&nobody.to_string(), "PORT");
        assert!(!told.contains("secret"), "{told}");
        let sentence = format!("The proxy http://127.0.0.1:PORT ({variable}) can't be reached");
        assert!(told.contains(&sentence), "{told}");
    }
    for wrong in [("AWS_CA_BUNDLE", "/nowhere/ca.pem"), ("HTTPS_PROXY", "socks5://p:1080")] {
        let ended = proxy.info(&[wrong]);
        assert_eq!(ended.code, Some(2), "{ended:#?}");
        assert!(ended.stderr.contains(wrong.0) && ended.stderr.contains(wrong.1), "{ended:#?}");
    }
}

/// The embedded cloud is on this machine, whatever the variables say.
#[test]
fn the_embedded_cloud_needs_no_proxy() {
    let home = Home::new();
    let nobody = format!("http://127.0.0.1:{}", free_port());
    let mut command = home.workshop(&["deploy", "--local"]);
    command.env("HTTP_PROXY", &nobody).env("HTTPS_PROXY", &nobody).env("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    let ended = Ended::of(command.env("AWS_PROFILE", "nobody").output().expect("workshop starts"));
    assert_eq!(ended.code, Some(0), "{ended:#?}");
}

#[test]
fn the_deployed_endpoint_is_called_through_the_proxy() {
    for (endpoint, asked) in [
        ("https://x1.execute-api.eu-west-1.amazonaws.com", "CONNECT x1.execute-api.eu-west-1.amazonaws.com:443"),
        ("http://x1.example", "POST http://x1.example/dev/"),
    ] {
        let api = format!(
            r#"{{"apiId":"x1","name":"step-functions-example-dev","protocolType":"HTTP","routeSelectionExpression":"r",
            "apiEndpoint":"{endpoint}","tags":{{"workshop:stack":"step-functions-example-dev"}}}}"#
        );
        let proxy = Proxy::before(StandIn::with_apis(&api), None);
        let mut command = proxy.home.workshop(&["start", "--task", "t", "--at", "+2s", "--region", "eu-west-1"]);
        command.env("AWS_ACCESS_KEY_ID", "AKIAPROXY").env("AWS_SECRET_ACCESS_KEY", "s");
        command.env("AWS_CA_BUNDLE", proxy.bundle()).env("AWS_ENDPOINT_URL", &proxy.aws.url);
        command.env("HTTP_PROXY", proxy.url()).env("HTTPS_PROXY", proxy.url());
        let ended = Ended::of(command.output().expect("workshop starts"));
        let lines = proxy.asked();
        assert!(lines.iter().any(|line| line.starts_with(asked)), "{lines:?}\n{ended:#?}");
    }
}
