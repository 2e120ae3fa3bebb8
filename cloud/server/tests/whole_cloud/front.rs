//! What arrives on a connection, byte by byte: who is let in, and what is refused before its body is there.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Clock, Random, Stop};
use cloud_server::{CloudFront, CloudKeys, Peer, console_url};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use crate::world::World;

const OTHER: Peer = Peer::Other(65534);
const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/";

/// A connection of somebody to a cloud.
fn connect(world: &World, peer: Peer) -> DuplexStream {
    connect_narrowly(world, peer, 1 << 16)
}

/// A connection that carries so many bytes at a time.
fn connect_narrowly(world: &World, peer: Peer, bytes: usize) -> DuplexStream {
    let keys = CloudKeys { access_key_id: "AKIAOWN".to_owned(), secret_access_key: "secret".to_owned() };
    let front = CloudFront::new(
        Arc::clone(&world.cloud),
        keys,
        Clock::system(),
        Clock::system(),
        Random::from_seed(1),
        Stop::new(),
    );
    let (client, server) = tokio::io::duplex(bytes);
    let source = SocketAddr::from(([127, 0, 0, 1], 50_000));
    tokio::spawn(async move { front.serve_connection(server, source, peer).await });
    client
}

/// Sends one request and reads until the connection ends.
async fn ask(peer: Peer, head: &str, body: &str) -> String {
    let world = World::new(1);
    let mut stream = connect(&world, peer);
    let request = format!(
        "{head}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        if body.is_empty() { "0".to_owned() } else { body.len().to_string() }
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn states(headers: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: localhost:4566\r\nX-Amz-Target: AWSStepFunctions.ListStateMachines\r\n\
         {SIGNED}states/aws4_request, SignedHeaders=host, Signature=x\r\n{headers}"
    )
}

#[tokio::test]
async fn the_page_is_for_who_has_its_address_and_for_no_other_page_or_user() {
    let keys = CloudKeys { access_key_id: "AKIAOWN".to_owned(), secret_access_key: "secret".to_owned() };
    let port = World::new(1).cloud.endpoint().rsplit(':').next().and_then(|port| port.parse().ok()).unwrap();
    let address = console_url(&keys, port, "");
    let (_, token) = address.split_once("?token=").unwrap();
    let token = token.split('#').next().unwrap();
    let exchange = format!("GET /_workshop/console/?token={token} HTTP/1.1\r\n");
    let own = "Host: localhost:4566\r\n";
    for peer in [Peer::Owner, Peer::Unknown] {
        let answer = ask(peer, &format!("{exchange}{own}"), "").await;
        assert!(answer.starts_with("HTTP/1.1 303 ") && answer.contains("HttpOnly; SameSite=Strict"), "{answer}");
        let answer = ask(peer, &format!("GET /_workshop/console/ HTTP/1.1\r\n{own}"), "").await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    }
    for (peer, headers) in [
        (OTHER, own),
        (Peer::Owner, "Host: localhost:4566\r\nOrigin: http://localhost:3000\r\n"),
        (Peer::Owner, "Host: localhost:4566\r\nSec-Fetch-Site: cross-site\r\n"),
        (Peer::Owner, "Host: rebound.example\r\n"),
    ] {
        let answer = ask(peer, &format!("{exchange}{headers}"), "").await;
        assert!(!answer.starts_with("HTTP/1.1 3") && !answer.contains("set-cookie"), "{headers}: {answer}");
    }
}

#[tokio::test]
async fn any_key_is_the_owners_and_nobody_elses() {
    assert!(ask(Peer::Owner, &states(""), "{}").await.starts_with("HTTP/1.1 200"));
    for peer in [OTHER, Peer::Unknown] {
        let refused = ask(peer, &states(""), "{}").await;
        assert!(refused.starts_with("HTTP/1.1 400") && refused.contains("UnrecognizedClientException"), "{refused}");
        assert!(refused.contains("workshop local env"), "{refused}");
    }
}

#[tokio::test]
async fn pages_and_foreign_names_reach_no_service() {
    for header in ["Origin: https://example.com\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n"] {
        let refused = ask(Peer::Owner, &states(header), "{}").await;
        assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("another origin"), "{refused}");
        let health = format!("GET /_workshop/health HTTP/1.1\r\nHost: localhost:4566\r\n{header}");
        assert!(ask(Peer::Owner, &health, "").await.starts_with("HTTP/1.1 403"));
        // The endpoint of an API answers pages by its own rules: here it is not there.
        let endpoint = format!("GET / HTTP/1.1\r\nHost: abc.execute-api.localhost:4566\r\n{header}");
        assert!(ask(Peer::Owner, &endpoint, "").await.starts_with("HTTP/1.1 404"));
    }
    let own = states("Origin: http://localhost:4566\r\nSec-Fetch-Site: same-origin\r\n");
    assert!(ask(Peer::Owner, &own, "{}").await.starts_with("HTTP/1.1 200"));
    let foreign = "GET /_workshop/health HTTP/1.1\r\nHost: example.com\r\n";
    assert!(ask(Peer::Owner, foreign, "").await.contains("names another machine"));
}

#[tokio::test]
async fn the_request_behind_a_refused_one_is_answered_however_slowly_both_arrive() {
    let foreign = "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 60\r\n\r\n";
    let health = "GET /_workshop/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let wire = format!("{foreign}{}{health}", " ".repeat(60));
    for bytes in [1, 7, 61, 300] {
        let world = World::new(1);
        let (mut reading, mut writing) = tokio::io::split(connect_narrowly(&world, Peer::Owner, bytes));
        let mut answered = String::new();
        let exchange =
            async { tokio::join!(writing.write_all(wire.as_bytes()), reading.read_to_string(&mut answered)) };
        let exchanged = Clock::system().timeout(Duration::from_secs(20), exchange).await;
        assert!(exchanged.is_ok(), "in pieces of {bytes}: {answered}");
        assert!(answered.starts_with("HTTP/1.1 403") && answered.contains("HTTP/1.1 200"), "{bytes}: {answered}");
    }
}

#[tokio::test]
async fn what_is_no_request_behind_an_answer_is_told_after_it_however_slowly_both_arrive() {
    let foreign = "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 60\r\n\r\n";
    let foreign = format!("{foreign}{}", " ".repeat(60));
    let health = "GET /_workshop/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
    for (first, status) in [(foreign.as_str(), 403), (health, 200)] {
        let wire = format!("{first}no request\r\n\r\n");
        for bytes in [1, 7, 61, 300] {
            let world = World::new(1);
            let (mut reading, mut writing) = tokio::io::split(connect_narrowly(&world, Peer::Owner, bytes));
            let mut answered = String::new();
            let exchange =
                async { tokio::join!(writing.write_all(wire.as_bytes()), reading.read_to_string(&mut answered)) };
            let exchanged = Clock::system().timeout(Duration::from_secs(20), exchange).await;
            assert!(exchanged.is_ok(), "in pieces of {bytes}: {answered}");
            let (first, second) = answered.split_at(answered.rfind("HTTP/1.1 ").unwrap_or_default());
            assert!(first.starts_with(&format!("HTTP/1.1 {status}")) && first.ends_with('}'), "{bytes}: {answered}");
            assert!(second.starts_with("HTTP/1.1 400"), "{bytes}: {answered}");
        }
    }
}

#[tokio::test]
async fn administration_is_the_owners_and_endpoints_are_everybodys() {
    let health = "GET /_workshop/health HTTP/1.1\r\nHost: localhost\r\n";
    assert!(ask(Peer::Owner, health, "").await.starts_with("HTTP/1.1 200"));
    for request in [health, "POST /_workshop/shutdown HTTP/1.1\r\nHost: localhost\r\nx-workshop: 1\r\n"] {
        let refused = ask(OTHER, request, "").await;
        assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("another user"), "{refused}");
    }
    // Not even the cloud's own page: the console has paths of its own, which ask for its cookie.
    let by_page =
        "POST /_workshop/time HTTP/1.1\r\nHost: 127.0.0.1:4566\r\nOrigin: http://127.0.0.1:4566\r\nx-workshop: 1\r\n";
    let refused = ask(Peer::Owner, by_page, r#"{"advanceMs":1}"#).await;
    assert!(refused.starts_with("HTTP/1.1 403") && refused.contains("Only programs"), "{refused}");
    let by_name = "GET / HTTP/1.1\r\nHost: abc.execute-api.localhost\r\n";
    let by_path = "GET /_api/abc/dev HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n";
    for endpoint in [by_name, by_path] {
        assert!(ask(OTHER, endpoint, "").await.starts_with("HTTP/1.1 404"), "{endpoint}");
    }
    let none = ask(OTHER, "GET /_api/a.b/dev HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n", "").await;
    assert!(none.starts_with("HTTP/1.1 403"), "what names no API is for a service: {none}");
    // A request as through a proxy is for whom its first line names.
    let proxied = "GET http://example.com/_workshop/health HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n";
    assert!(ask(Peer::Owner, proxied, "").await.contains("names another machine"));
}

#[tokio::test]
async fn what_is_not_signed_is_refused_in_its_protocol_before_its_body_comes() {
    let world = World::new(1);
    let refused = async |peer: Peer, lines: &str| {
        let mut stream = connect(&world, peer);
        let head = format!("{lines}\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 50000\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let code = ["MissingAuthenticationTokenException", "MissingAuthenticationToken"]
            .into_iter()
            .find(|code| answer.contains(code))
            .unwrap_or(&answer);
        format!("{} {code}", &answer[9..12])
    };
    let form = "POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8";
    // Of the cloud's own user the body may say that it needs no signature: `who_has_a_token_of_elsewhere_need_not_sign`.
    assert_eq!(refused(OTHER, form).await, "403 MissingAuthenticationToken");
    let half_signed = format!("{form}\r\nAuthorization: AWS4-HMAC-SHA256 Signature=x");
    assert!(refused(Peer::Owner, &half_signed).await.starts_with("400 "), "it lacks something");
    let target = "POST / HTTP/1.1\r\nX-Amz-Target: AWSStepFunctions.StartExecution";
    assert_eq!(refused(Peer::Owner, target).await, "400 MissingAuthenticationTokenException");
    let path = "POST /2015-03-31/functions HTTP/1.1";
    assert_eq!(refused(Peer::Owner, path).await, "403 MissingAuthenticationTokenException");
}

#[tokio::test]
async fn a_service_that_is_not_there_is_named_as_its_clients_read_errors() {
    let told = async |line: &str, service: &str, kind: &str, body: &str| {
        let signed = format!("{SIGNED}{service}/aws4_request, SignedHeaders=host, Signature=x");
        ask(Peer::Owner, &format!("{line}\r\nHost: localhost\r\n{signed}\r\nContent-Type: {kind}\r\n"), body).await
    };
    let form = "application/x-www-form-urlencoded";
    let stacks = told("POST / HTTP/1.1", "cloudformation", form, "Action=DescribeStacks").await;
    assert!(stacks.contains("<ErrorResponse") && stacks.contains("cloudformation:DescribeStacks"), "{stacks}");
    let regions = told("POST / HTTP/1.1", "ec2", form, "Action=DescribeRegions").await;
    assert!(regions.contains("<Response><Errors><Error><Code>NotImplemented</Code>"), "{regions}");
    let buckets = told("GET / HTTP/1.1", "s3", "application/xml", "").await;
    assert!(buckets.contains("<Error><Code>NotImplemented</Code><Message>The embedded cloud does not"), "{buckets}");
    let jobs = told("GET /v1/jobs HTTP/1.1", "batch", "application/json", "").await;
    assert!(jobs.contains(r#"{"message":"The embedded cloud does not implement batch: GET /v1/jobs yet."}"#), "{jobs}");
}

#[tokio::test]
async fn a_body_is_refused_by_the_size_that_its_operation_takes() {
    let world = World::new(1);
    let told = async |line: &str, service: &str, bytes: usize| {
        let mut stream = connect(&world, Peer::Owner);
        let signed = format!("{SIGNED}{service}/aws4_request, SignedHeaders=host, Signature=x");
        let head =
            format!("{line}\r\nHost: localhost\r\n{signed}\r\nExpect: 100-continue\r\nContent-Length: {bytes}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 400];
        let read = stream.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    };
    let create = "POST /2015-03-31/functions HTTP/1.1";
    assert!(told(create, "lambda", 70_167_211).await.starts_with("HTTP/1.1 100 Continue"));
    let refused = told(create, "lambda", 70_167_212).await;
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    assert!(
        refused.contains("Request must be smaller than 70167211 bytes for the CreateFunction operation"),
        "{refused}"
    );
    let invoke = "POST /2015-03-31/functions/x/invocations HTTP/1.1";
    assert!(told(invoke, "lambda", 6_291_456).await.starts_with("HTTP/1.1 100 Continue"));
    let refused = told(invoke, "lambda", 6_291_457).await;
    assert!(
        refused.contains("Request must be smaller than 6291456 bytes for the InvokeFunction operation"),
        "{refused}"
    );
    let start = "POST / HTTP/1.1\r\nX-Amz-Target: AWSStepFunctions.StartExecution";
    assert!(told(start, "states", 1 << 20).await.starts_with("HTTP/1.1 100 Continue"));
    let refused = told(start, "states", (1 << 20) + 1).await;
    assert!(refused.starts_with("HTTP/1.1 413") && refused.contains("\"__type\""), "{refused}");
    let lines = "POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328.PutLogEvents";
    assert!(told(lines, "logs", 8 << 20).await.starts_with("HTTP/1.1 100 Continue"));
    assert!(told("POST / HTTP/1.1", "iam", 2 << 20).await.contains("<Code>RequestEntityTooLargeException</Code>"));
}

#[tokio::test]
async fn who_has_a_token_of_elsewhere_need_not_sign() {
    let head = "POST / HTTP/1.1\r\nHost: localhost:4566\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let role = "RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fr&RoleSessionName=me&WebIdentityToken=abcd";
    let answer = ask(Peer::Owner, head, &format!("Action=AssumeRoleWithWebIdentity&{role}")).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("<Code>InvalidIdentityToken</Code>"), "{answer}");
    let answer = ask(Peer::Owner, head, "Action=AssumeRole").await;
    assert!(answer.contains("<Code>MissingAuthenticationToken</Code>"), "{answer}");
    let answer = ask(OTHER, head, &format!("Action=AssumeRoleWithWebIdentity&{role}")).await;
    assert!(answer.contains("<Code>MissingAuthenticationToken</Code>"), "{answer}");
}

#[tokio::test]
async fn a_live_tail_comes_piece_by_piece_and_ends_with_its_client() {
    let world = World::new(1);
    world.logs("000000000000", "CreateLogGroup", &serde_json::json!({"logGroupName": "g"})).await;
    let mut stream = connect(&world, Peer::Owner);
    let body = r#"{"logGroupIdentifiers":["arn:aws:logs:us-east-1:000000000000:log-group:g"]}"#;
    let head = format!(
        "POST / HTTP/1.1\r\nHost: streaming-localhost:4566\r\nX-Amz-Target: Logs_20140328.StartLiveTail\r\n\
         {SIGNED}logs/aws4_request, SignedHeaders=host, Signature=x\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut seen = String::new();
    let mut piece = [0; 1024];
    while !seen.contains("sessionStart") {
        let count = stream.read(&mut piece).await.unwrap();
        assert!(count > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
    assert!(seen.starts_with("HTTP/1.1 200 ") && seen.contains("application/vnd.amazon.eventstream"), "{seen}");
    assert!(seen.contains("transfer-encoding: chunked") && seen.contains("initial-response"), "{seen}");
}
