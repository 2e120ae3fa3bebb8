//! The guard decides on requests that the SDK's own code has signed.

mod presigned;

use std::time::Duration;

use cloud_core::{ClockControl, Location};
use hyper::http::{HeaderName, HeaderValue};
use jiff::Timestamp;

use super::*;

const STRANGER: Peer = Peer::Other(65534);

fn keys() -> CloudKeys {
    CloudKeys { access_key_id: "AKIAOWN".to_owned(), secret_access_key: "secret".to_owned() }
}

fn guard() -> (Guard, ClockControl) {
    let (clock, control) = Clock::moved_by_hand("2026-01-01T00:00:00Z".parse().unwrap());
    (Guard::new(keys(), clock), control)
}

fn session(expires_at: &str) -> SessionKeys {
    SessionKeys {
        secret_access_key: "session secret".to_owned(),
        session_token: "token".to_owned(),
        expires_at: expires_at.parse().unwrap(),
    }
}

/// A request that this key signs now, as the SDK sends it.
fn signed(guard: &Guard, access_key: &str, secret: &str, token: Option<&str>, body: &'static str) -> Request {
    let request = Request::internal(String::new(), Timestamp::UNIX_EPOCH, &Location::default(), "states");
    let mut request = request
        .with_path(hyper::Method::POST, "/a%20b/../c", "x=1&y=%2F", body)
        .with_header("host", "127.0.0.1:4566")
        .with_header("x-amz-target", "AWSStepFunctions.ListStateMachines")
        .with_header("user-agent", "not signed");
    let identity = aws_credential_types::Credentials::from_keys(access_key, secret, token.map(str::to_owned)).into();
    let params = aws_sigv4::sign::v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name("states")
        .time(guard.machine.now().into())
        .settings(aws_sigv4::http_request::SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let pairs: Vec<(String, String)> =
        request.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let signable = aws_sigv4::http_request::SignableRequest::new(
        "POST",
        format!("http://127.0.0.1:4566{}?{}", request.path, request.raw_query),
        pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())),
        aws_sigv4::http_request::SignableBody::Bytes(body.as_bytes()),
    );
    let (instructions, _) = aws_sigv4::http_request::sign(signable.unwrap(), &params).unwrap().into_parts();
    for (name, value) in instructions.headers() {
        request.headers.insert(HeaderName::try_from(name).unwrap(), HeaderValue::try_from(value).unwrap());
    }
    rescoped(request)
}

/// The scope is read again from the header, as it is when a request arrives.
fn rescoped(mut request: Request) -> Request {
    request.scope = cloud_core::Scope::of(&request.headers, &request.raw_query);
    request
}

fn decide(guard: &Guard, request: &Request, peer: Peer) -> Result<(), Refusal> {
    let sessions = |key: &str| (key == "ASIAROLE").then(|| session("2026-01-01T01:00:00Z"));
    match guard.admit(request, peer, sessions)? {
        Some(check) => Guard::verify(request, &check),
        None => Ok(()),
    }
}

#[test]
fn the_clouds_own_user_comes_in_with_any_key_and_others_with_the_clouds_own() {
    let (guard, _) = guard();
    let made_up = signed(&guard, "test", "test", None, "{}");
    assert_eq!(decide(&guard, &made_up, Peer::Owner), Ok(()));
    assert_eq!(decide(&guard, &made_up, STRANGER), Err(Refusal::Stranger));
    assert_eq!(decide(&guard, &made_up, Peer::Unknown), Err(Refusal::Stranger));
    let own = signed(&guard, "AKIAOWN", "secret", None, "{}");
    for peer in [Peer::Owner, STRANGER, Peer::Unknown] {
        assert_eq!(decide(&guard, &own, peer), Ok(()), "{peer:?}");
    }
}

#[test]
fn known_keys_are_verified_whoever_connects() {
    let (guard, _) = guard();
    let wrong = signed(&guard, "AKIAOWN", "guessed", None, "{}");
    assert_eq!(decide(&guard, &wrong, Peer::Owner), Err(Refusal::WrongSignature));
    let role = |secret: &str, token: Option<&str>| {
        decide(&guard, &signed(&guard, "ASIAROLE", secret, token, "{}"), Peer::Owner)
    };
    assert_eq!(role("session secret", Some("token")), Ok(()));
    assert_eq!(role("guessed", Some("token")), Err(Refusal::WrongSignature));
    assert_eq!(role("session secret", Some("other")), Err(Refusal::UnknownKey));
    assert_eq!(role("session secret", None), Err(Refusal::UnknownKey));
}

#[test]
fn what_was_signed_may_not_be_changed() {
    let (guard, _) = guard();
    let signed = signed(&guard, "AKIAOWN", "secret", None, "{}");
    let changed: [Request; 5] = [
        Request { body: "{} ".into(), ..signed.clone() },
        Request { path: "/c".to_owned(), ..signed.clone() },
        Request { raw_query: "x=2&y=%2F".to_owned(), ..signed.clone() },
        Request { method: hyper::Method::PUT, ..signed.clone() },
        signed.clone().with_header("x-amz-target", "AWSStepFunctions.DeleteStateMachine"),
    ];
    for request in changed {
        let refused = decide(&guard, &request, STRANGER);
        // `/a%20b/../c` and `/c` are the same path to the signing code.
        let expected = if request.path == "/c" { Ok(()) } else { Err(Refusal::WrongSignature) };
        assert_eq!(refused, expected, "{request:?}");
    }
}

#[test]
fn signatures_end_after_five_minutes_and_sessions_with_their_time() {
    let (guard, control) = guard();
    let request = signed(&guard, "AKIAOWN", "secret", None, "{}");
    let role = signed(&guard, "ASIAROLE", "session secret", Some("token"), "{}");
    control.advance(Duration::from_mins(5));
    assert_eq!(decide(&guard, &request, STRANGER), Ok(()));
    control.advance(Duration::from_secs(1));
    let text = match decide(&guard, &request, STRANGER) {
        Err(Refusal::WrongScope(text)) => text,
        other => panic!("{other:?}"),
    };
    insta::assert_snapshot!(text, @"Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T000501Z - 5 min.)");
    control.advance(Duration::from_hours(1));
    assert_eq!(decide(&guard, &role, Peer::Owner), Err(Refusal::Expired));
    let (earlier, _) = self::guard();
    let refused = decide(&earlier, &signed(&guard, "AKIAOWN", "secret", None, "{}"), STRANGER);
    assert!(
        matches!(&refused, Err(Refusal::WrongScope(text)) if text.starts_with("Signature not yet current")),
        "{refused:?}"
    );
}

#[test]
fn a_header_that_lacks_something_is_told_what() {
    let (guard, _) = guard();
    let refused = |authorization: &str| {
        let request = signed(&guard, "AKIAOWN", "secret", None, "{}").with_header("authorization", authorization);
        match decide(&guard, &rescoped(request), Peer::Owner) {
            Err(Refusal::Incomplete(text) | Refusal::WrongScope(text)) => text,
            other => panic!("{authorization}: {other:?}"),
        }
    };
    let scope = "Credential=AKIAOWN/20260101/eu-west-1/states/aws4_request";
    insta::assert_snapshot!(
        [
            refused("Bearer abc"),
            refused(&format!("AWS4-HMAC-SHA256 {scope}")),
            refused("AWS4-HMAC-SHA256 Credential=AKIAOWN, SignedHeaders=host, Signature=x"),
            refused("AWS4-HMAC-SHA256 Credential=AKIAOWN/20260102/eu-west-1/states/aws4_request, SignedHeaders=host, Signature=x"),
            refused("AWS4-HMAC-SHA256 Credential=AKIAOWN/20260101/eu-west-1/states/aws5, SignedHeaders=host, Signature=x"),
            refused(&format!("AWS4-HMAC-SHA256 xCredential=AKIAOWN/20260101/us-east-1/iam/aws4_request, {scope}, SignedHeaders=host, Signature=x")),
        ]
        .join("\n"),
        @r"
    Unsupported AWS 'algorithm': 'Bearer'.
    Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter.
    Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIAOWN'
    Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260102' != '20260101', from '20260101T000000Z'.
    Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'.
    Authorization header is malformed.
    "
    );
    let request = signed(&guard, "AKIAOWN", "secret", None, "{}");
    let mut undated = request.clone();
    undated.headers.remove("x-amz-date");
    assert!(matches!(decide(&guard, &undated, STRANGER), Err(Refusal::Incomplete(_))));
    let mut unsigned = request;
    unsigned.headers.remove("authorization");
    assert_eq!(decide(&guard, &rescoped(unsigned), Peer::Owner), Err(Refusal::Unsigned));
}

#[test]
fn each_protocol_has_its_own_codes() {
    use cloud_core::Protocol;
    let shown = |protocol: Protocol| {
        let all = [
            Refusal::Unsigned,
            Refusal::Incomplete(String::new()),
            Refusal::UnknownKey,
            Refusal::UnknownPresigner,
            Refusal::Expired,
            Refusal::WrongSignature,
        ];
        all.map(|refusal| {
            let error = refusal.error(protocol);
            format!("{} {}", error.status, error.code)
        })
        .join(", ")
    };
    insta::assert_snapshot!(shown(Protocol::Json10), @"400 MissingAuthenticationTokenException, 400 IncompleteSignatureException, 400 UnrecognizedClientException, 400 UnrecognizedClientException, 400 ExpiredTokenException, 400 InvalidSignatureException");
    insta::assert_snapshot!(shown(Protocol::LambdaRest), @"403 MissingAuthenticationTokenException, 403 IncompleteSignatureException, 403 UnrecognizedClientException, 403 UnrecognizedClientException, 403 ExpiredTokenException, 403 InvalidSignatureException");
    insta::assert_snapshot!(shown(Protocol::Query("")), @"403 MissingAuthenticationToken, 400 IncompleteSignature, 403 InvalidClientTokenId, 403 InvalidClientTokenId, 403 ExpiredToken, 403 SignatureDoesNotMatch");
}

#[test]
fn administration_is_the_owners() {
    let (guard, _) = guard();
    let request = Request::internal(String::new(), Timestamp::UNIX_EPOCH, &Location::default(), "");
    let anybody = Request { scope: None, ..request };
    assert!(guard.admit_to_administration(&anybody, Peer::Owner).is_ok_and(|check| check.is_none()));
    assert!(guard.admit_to_administration(&anybody, STRANGER).is_err());
    let role = signed(&guard, "ASIAROLE", "session secret", Some("token"), "");
    assert!(guard.admit_to_administration(&role, STRANGER).is_err());
    let own = signed(&guard, "AKIAOWN", "secret", None, "");
    assert!(guard.admit_to_administration(&own, STRANGER).is_ok_and(|check| check.is_some()));
}
