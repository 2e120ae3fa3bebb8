//! Tests of how policies combine: the cases of AWS's guide.

use super::*;
use crate::principal::Caller;

const ROLE: &str = "arn:aws:iam::111111111111:role/r";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/r/s";
const FUNCTION: &str = "arn:aws:lambda:us-east-1:111111111111:function:f";

fn identity(effect: &str) -> Document {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Action":"lambda:InvokeFunction","Resource":"*"}}}}"#
    );
    Document::read(&text).unwrap()
}

fn resource(effect: &str, principal: &str) -> Document {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Principal":{principal},"Action":"lambda:*","Resource":"*"}}}}"#
    );
    Document::read(&text).unwrap()
}

/// What the policies say, in AWS's words.
fn told(policies: &Policies<'_>) -> String {
    let caller = Caller::Session { session: SESSION, role: ROLE };
    match evaluate(policies, &Request::new(caller, "lambda:InvokeFunction", FUNCTION)) {
        Ok(()) => "allowed".to_owned(),
        Err(Denial { kind, by: Some(_) }) => format!("explicit {kind}"),
        Err(Denial { kind, by: None }) => format!("no {kind}"),
    }
}

fn nothing() -> Document {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    Document::read(text).unwrap()
}

#[test]
fn within_an_account_either_side_may_allow() {
    let allow = identity("Allow");
    let nothing = nothing();
    let none = || Policies::new(Identity::Documents(Vec::new()));
    assert_eq!(told(&none()), "no identity-based policy");
    assert_eq!(told(&Policies::new(Identity::Documents(vec![&nothing, &allow]))), "allowed");
    assert_eq!(told(&Policies::new(Identity::Everything)), "allowed");
    for (principal, expected) in [
        (format!(r#"{{"AWS":"{SESSION}"}}"#), "allowed"),
        (format!(r#"{{"AWS":"{ROLE}"}}"#), "allowed"),
        (r#""*""#.to_owned(), "allowed"),
        (r#"{"AWS":"111111111111"}"#.to_owned(), "no identity-based policy"),
        (r#"{"AWS":"arn:aws:iam::111111111111:root"}"#.to_owned(), "no identity-based policy"),
        (r#"{"AWS":"222222222222"}"#.to_owned(), "no identity-based policy"),
    ] {
        let resource = resource("Allow", &principal);
        assert_eq!(told(&Policies { resource: Some(&resource), ..none() }), expected, "{principal}");
    }
}

#[test]
fn boundaries_and_sessions_limit_what_is_granted_to_a_role() {
    let allow = identity("Allow");
    let nothing = nothing();
    let role = resource("Allow", &format!(r#"{{"AWS":"{ROLE}"}}"#));
    let session = resource("Allow", &format!(r#"{{"AWS":"{SESSION}"}}"#));
    let all = || Policies::new(Identity::Documents(vec![&allow]));
    assert_eq!(told(&Policies { boundary: Some(&nothing), ..all() }), "no permissions boundary");
    assert_eq!(told(&Policies { boundary: Some(&allow), ..all() }), "allowed");
    assert_eq!(told(&Policies { session: Some(vec![&nothing]), ..all() }), "no session policy");
    assert_eq!(told(&Policies { session: Some(vec![&nothing, &allow]), ..all() }), "allowed");
    for limited in [
        Policies { boundary: Some(&nothing), ..Policies::new(Identity::Documents(Vec::new())) },
        Policies { session: Some(vec![&nothing]), ..Policies::new(Identity::Documents(Vec::new())) },
    ] {
        assert_ne!(told(&Policies { resource: Some(&role), ..limited.clone() }), "allowed");
        assert_eq!(told(&Policies { resource: Some(&session), ..limited }), "allowed");
    }
}

#[test]
fn a_deny_anywhere_wins() {
    let allow = identity("Allow");
    let deny = identity("Deny");
    let all = || Policies::new(Identity::Documents(vec![&allow]));
    let everybody = resource("Deny", r#""*""#);
    assert_eq!(told(&Policies::new(Identity::Documents(vec![&allow, &deny]))), "explicit identity-based policy");
    assert_eq!(told(&Policies { boundary: Some(&deny), ..all() }), "explicit permissions boundary");
    assert_eq!(told(&Policies { session: Some(vec![&allow, &deny]), ..all() }), "explicit session policy");
    assert_eq!(told(&Policies { resource: Some(&everybody), ..all() }), "explicit resource-based policy");
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let allow = identity("Allow");
    let account = resource("Allow", r#"{"AWS":"111111111111"}"#);
    let there = |identity, resource| Policies { resource, is_same_account: false, ..Policies::new(identity) };
    assert_eq!(told(&there(Identity::Documents(vec![&allow]), Some(&account))), "allowed");
    assert_eq!(told(&there(Identity::Everything, Some(&account))), "allowed");
    assert_eq!(told(&there(Identity::Documents(vec![&allow]), None)), "no resource-based policy");
    assert_eq!(told(&there(Identity::Documents(Vec::new()), Some(&account))), "no identity-based policy");
    assert_eq!(told(&there(Identity::Documents(Vec::new()), None)), "no identity-based policy");
}

#[test]
fn a_service_is_let_in_by_the_resource_alone() {
    let gateway = resource("Allow", r#"{"Service":"apigateway.amazonaws.com"}"#);
    let policies = Policies { resource: Some(&gateway), ..Policies::new(Identity::Nobody) };
    let ask = |service| evaluate(&policies, &Request::new(Caller::Service(service), "lambda:InvokeFunction", FUNCTION));
    assert_eq!(ask("apigateway.amazonaws.com"), Ok(()));
    assert_eq!(ask("events.amazonaws.com"), Err(Denial::implicit(PolicyKind::Resource)));
}

#[test]
fn keys_are_asked_for_by_conditions_and_variables_alone() {
    let asks = |document: &str| Document::read(document).unwrap().asks_for_keys();
    let statement = |version: &str, rest: &str| {
        format!(r#"{{"Version":"{version}","Statement":[{{"Effect":"Allow","Action":"a:*",{rest}}}]}}"#)
    };
    assert!(!asks(&statement("2012-10-17", r#""Resource":"*""#)));
    assert!(asks(&statement("2012-10-17", r#""Resource":["x","home/${aws:username}"]"#)));
    assert!(asks(&statement("2012-10-17", r#""NotResource":"${aws:username}""#)));
    assert!(!asks(&statement("2008-10-17", r#""Resource":"${aws:username}""#)), "no variables in this version");
    assert!(asks(&statement("2008-10-17", r#""Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#)));
}
