//! Signatures in the query, made by botocore 1.43.11 at the guard's time:
//! `generate_presigned_url(..., ExpiresIn=900, HttpMethod='GET')`.

use hyper::Method;

use super::*;

/// `sts get_caller_identity` with the cloud's own keys.
const OWN: &str = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&\
    X-Amz-Credential=AKIAOWN%2F20260101%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&\
    X-Amz-SignedHeaders=host&X-Amz-Signature=f849290ff2538f4204a0210688fb138cb77d18555ec560e4b88c01d6e59984a1";

/// The same with the keys of a session.
const SESSION: &str = "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&\
    X-Amz-Credential=ASIAROLE%2F20260101%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&\
    X-Amz-SignedHeaders=host&X-Amz-Security-Token=token&\
    X-Amz-Signature=ceaef26d83d90af139de9a809434e66dfac58ec6131f95a2deb47cce96b8a72c";

/// `lambda get_function` of `a b:c` and `$LATEST`, with the cloud's own keys.
const FUNCTION_PATH: &str = "/2015-03-31/functions/a%20b%3Ac";
const FUNCTION: &str = "Qualifier=%24LATEST&X-Amz-Algorithm=AWS4-HMAC-SHA256&\
    X-Amz-Credential=AKIAOWN%2F20260101%2Feu-west-1%2Flambda%2Faws4_request&X-Amz-Date=20260101T000000Z&\
    X-Amz-Expires=900&X-Amz-SignedHeaders=host&\
    X-Amz-Signature=cb4a79c0bbc67d1fdc0cd3d717809f090c58ce32b042d47099dd6bba1c150d66";

fn request(method: Method, path: &str, query: &str) -> Request {
    let request = Request::internal(String::new(), Timestamp::UNIX_EPOCH, &Location::default(), "");
    rescoped(request.with_path(method, path, query, "").with_header("host", "127.0.0.1:4566"))
}

fn get(query: &str) -> Request {
    request(Method::GET, "/", query)
}

#[test]
fn known_keys_are_let_in_whoever_connects() {
    let (guard, _) = guard();
    for peer in [Peer::Owner, STRANGER, Peer::Unknown] {
        assert_eq!(decide(&guard, &get(OWN), peer), Ok(()), "{peer:?}");
        assert_eq!(decide(&guard, &get(SESSION), peer), Ok(()), "{peer:?}");
        assert_eq!(decide(&guard, &request(Method::GET, FUNCTION_PATH, FUNCTION), peer), Ok(()), "{peer:?}");
    }
    let check = guard.admit_to_administration(&get(OWN), STRANGER).unwrap().unwrap();
    assert_eq!(Guard::verify(&get(OWN), &check), Ok(()));
}

#[test]
fn made_up_keys_in_a_link_are_refused() {
    let (guard, _) = guard();
    let made_up = get(&OWN.replace("AKIAOWN", "test"));
    assert_eq!(decide(&guard, &made_up, Peer::Owner), Err(Refusal::UnknownPresigner));
    assert_eq!(decide(&guard, &made_up, STRANGER), Err(Refusal::Stranger));
}

#[test]
fn what_was_presigned_may_not_be_changed() {
    let (guard, _) = guard();
    let changed = [
        request(Method::POST, "/", OWN),
        request(Method::GET, "/other", OWN),
        get(&OWN.replace("GetCallerIdentity", "GetSessionToken")),
        get(&OWN.replace("Version", "Other=1&Version")),
        get(&OWN.replace("Expires=900", "Expires=901")),
        get(&OWN.replace("Signature=f", "Signature=a")),
        get(&format!("{OWN}&X-Amz-Expires=900")),
        get(&format!("{OWN}&x-amz-expires=900")),
        get(&OWN.replace("SignedHeaders=host", "SignedHeaders=other")),
        get(OWN).with_header("host", "localhost:4566"),
        Request { body: "{}".into(), ..get(OWN) },
    ];
    for request in changed {
        assert_eq!(decide(&guard, &request, STRANGER), Err(Refusal::WrongSignature), "{request:?}");
    }
    let redirected = get(OWN).with_header("x-amz-target", "AWSStepFunctions.DeleteStateMachine");
    let refused = decide(&guard, &redirected, STRANGER);
    assert!(matches!(&refused, Err(Refusal::WrongScope(text)) if text.ends_with(": x-amz-target")), "{refused:?}");
    assert_eq!(decide(&guard, &get(OWN).with_header("x-amz-user-agent", "js"), STRANGER), Ok(()));
    let token = get(&SESSION.replace("Token=token", "Token=other"));
    assert_eq!(decide(&guard, &token, STRANGER), Err(Refusal::UnknownKey));
    assert_eq!(
        decide(&guard, &get(&SESSION.replace("&X-Amz-Security-Token=token", "")), STRANGER),
        Err(Refusal::UnknownKey)
    );
}

#[test]
fn a_presigned_request_is_valid_as_long_as_it_says() {
    let (guard, control) = guard();
    control.advance(Duration::from_secs(900));
    assert_eq!(decide(&guard, &get(OWN), STRANGER), Ok(()));
    control.advance(Duration::from_secs(1));
    let text = match decide(&guard, &get(OWN), STRANGER) {
        Err(Refusal::WrongScope(text)) => text,
        other => panic!("{other:?}"),
    };
    insta::assert_snapshot!(text, @"Signature expired: 20260101T000000Z is now earlier than 20260101T000001Z (20260101T001501Z - 900 sec.)");
    control.advance(Duration::from_hours(1));
    assert_eq!(decide(&guard, &get(SESSION), STRANGER), Err(Refusal::Expired));
}

#[test]
fn a_query_that_lacks_something_is_told_what() {
    let (guard, _) = guard();
    let refused = |query: &str| match decide(&guard, &get(query), Peer::Owner) {
        Err(Refusal::Incomplete(text) | Refusal::WrongScope(text)) => text,
        other => panic!("{query}: {other:?}"),
    };
    insta::assert_snapshot!(
        [
            refused("X-Amz-Algorithm"),
            refused(&OWN.replace("X-Amz-Expires=900&", "")),
            refused(&OWN.replace("HMAC", "ECDSA")),
            refused(&OWN.replace("Expires=900", "Expires=604801")),
            refused(&OWN.replace("Expires=900", "Expires=0")),
            refused(&OWN.replace("Date=20260101", "Date=20260102")),
            refused(&OWN.replace("%2Faws4_request", "")),
        ]
        .join("\n"),
        @r"
    AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.
    AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.
    Unsupported AWS 'algorithm': 'AWS4-ECDSA-SHA256'.
    X-Amz-Expires must be a number of seconds from 1 to 604800. Got '604801'.
    X-Amz-Expires must be a number of seconds from 1 to 604800. Got '0'.
    Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260101' != '20260102', from '20260102T000000Z'.
    Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIAOWN/20260101/eu-west-1/sts'
    "
    );
    assert_eq!(decide(&guard, &get("Action=GetCallerIdentity"), Peer::Owner), Err(Refusal::Unsigned));
}
