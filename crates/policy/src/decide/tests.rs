//! Tests of decisions.

use proptest::prelude::*;

use super::*;
use crate::condition::{Comparison, Condition};

const USER: Caller<'_> = Caller::Aws("arn:aws:iam::000000000000:user/local");
const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

fn read(statements: &str) -> Document {
    Document::read(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap()
}

fn assume(document: &Document, caller: Caller<'_>) -> bool {
    let request = Request::new(caller, "sts:AssumeRole", "arn:aws:iam::000000000000:role/r");
    decide([document], &request) == Decision::Allowed
}

#[test]
fn a_trust_policy_lets_its_service_in() {
    let document =
        read(r#"{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}"#);
    assert!(assume(&document, Caller::Service("lambda.amazonaws.com")));
    assert!(!assume(&document, Caller::Service("states.amazonaws.com")));
    assert!(!assume(&document, USER));
}

#[test]
fn the_account_and_deny() {
    let account = read(r#"{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"}"#);
    assert!(assume(&account, USER));
    let denied = read(
        r#"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"},
           {"Sid":"no","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}"#,
    );
    assert!(!assume(&denied, USER));
    let request = Request::new(USER, "sts:AssumeRole", "*");
    let Decision::DeniedBy(by) = decide([&account, &denied], &request) else {
        panic!("it is denied");
    };
    assert_eq!((by.document, by.index, by.statement.sid.as_deref()), (1, 1, Some("no")));
}

#[test]
fn actions_and_resources() {
    let document = read(
        r#"{"Effect":"Allow","Action":["lambda:Invoke*","logs:?et"],"Resource":"arn:aws:lambda:*:000000000000:function:f"}"#,
    );
    let decide = |action: &str, resource: &str| decide([&document], &Request::new(USER, action, resource));
    assert_eq!(decide("LAMBDA:invokefunction", FUNCTION), Decision::Allowed);
    assert_eq!(decide("lambda:GetFunction", FUNCTION), Decision::NotAllowed);
    assert_eq!(decide("lambda:InvokeFunction", &format!("{FUNCTION}:1")), Decision::NotAllowed);
    assert_eq!(decide("lambda:InvokeFunction", "*"), Decision::NotAllowed);
}

#[test]
fn negated_elements() {
    let document = read(r#"{"Effect":"Allow","NotAction":"iam:*","NotResource":"arn:aws:s3:::secret/*"}"#);
    let decide = |action: &str, resource: &str| decide([&document], &Request::new(USER, action, resource));
    assert_eq!(decide("s3:GetObject", "arn:aws:s3:::open/1"), Decision::Allowed);
    assert_eq!(decide("iam:GetRole", "arn:aws:s3:::open/1"), Decision::NotAllowed);
    assert_eq!(decide("s3:GetObject", "arn:aws:s3:::secret/1"), Decision::NotAllowed);
    let others = read(r#"{"Effect":"Deny","NotPrincipal":{"AWS":"000000000000"},"Action":"*"}"#);
    let stranger = Request::new(Caller::Aws("arn:aws:iam::000000000001:user/x"), "sts:AssumeRole", "*");
    assert!(matches!(super::decide([&others], &stranger), Decision::DeniedBy(_)));
    assert_eq!(super::decide([&others], &Request::new(USER, "sts:AssumeRole", "*")), Decision::NotAllowed);
}

#[test]
fn all_conditions_must_hold() {
    let source = "arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/start";
    let statement = Statement::new(Effect::Allow)
        .with_principal(Principal::service("apigateway.amazonaws.com"))
        .with_actions("lambda:InvokeFunction")
        .with_resources(FUNCTION)
        .with_condition(Condition::new(Comparison::ArnLike, "AWS:SourceArn", source))
        .with_condition(Condition::new(Comparison::StringEquals, "AWS:SourceAccount", "000000000000"));
    let document = Document::new(vec![statement]);
    let decide = |source: &str, account: &str| {
        let arn = format!("arn:aws:execute-api:us-east-1:000000000000:{source}");
        let context = Context::default().with("aws:SourceArn", arn).with("aws:SourceAccount", account);
        let caller = Caller::Service("apigateway.amazonaws.com");
        decide([&document], &Request::new(caller, "lambda:InvokeFunction", FUNCTION).with_context(context))
    };
    assert_eq!(decide("abc/dev/POST/start", "000000000000"), Decision::Allowed);
    assert_eq!(decide("abc/dev/GET/start", "000000000000"), Decision::NotAllowed);
    assert_eq!(decide("other/dev/POST/start", "000000000000"), Decision::NotAllowed);
    assert_eq!(decide("abc/dev/POST/start", "111111111111"), Decision::NotAllowed);
}

#[test]
fn variables_are_those_of_the_request() {
    let document = read(r#"{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*"}"#);
    let of = |name: &str| {
        let request = Request::new(USER, "s3:GetObject", "arn:aws:s3:::home/ann/x");
        decide([&document], &request.with_context(Context::default().with("aws:username", name)))
    };
    assert_eq!(of("ann"), Decision::Allowed);
    assert_eq!(of("bob"), Decision::NotAllowed);
    assert_eq!(of("*"), Decision::NotAllowed, "a name's star is no wildcard");
}

#[test]
fn a_variable_without_a_value_makes_a_statement_that_is_about_nothing() {
    let decide = |statement: &str| {
        let context = Context::default().with("aws:RequestedRegion", "us-east-1");
        let document = read(statement);
        let request = Request::new(USER, "s3:GetObject", "arn:aws:s3:::b/k").with_context(context);
        super::decide([&document], &request) == Decision::Allowed
    };
    assert!(!decide(r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}"}"#));
    assert!(!decide(r#"{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::b/${aws:username}"}"#));
    let region = |operator: &str| {
        decide(&format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"aws:RequestedRegion":"${{aws:username}}"}}}}}}"#
        ))
    };
    assert!(!region("StringEquals") && !region("StringNotEquals") && !region("StringNotLike"));
}

#[test]
fn the_missing_statement_allows_the_request() {
    let request = Request::new(USER, "states:StartExecution", "arn:aws:states:us-east-1:000000000000:stateMachine:m");
    assert_eq!(decide([], &request), Decision::NotAllowed);
    let document = Document::new(vec![request.missing_statement()]);
    assert_eq!(decide([&document], &request), Decision::Allowed);
    assert_eq!(document.check_identity(), Ok(()));
}

proptest! {
    /// Neither the order of statements nor their spread over documents decides; a deny always wins.
    #[test]
    fn order_does_not_matter(
        statements in proptest::collection::vec((any::<bool>(), 0usize..3), 0..6), cut in 0usize..6,
    ) {
        let of = |statements: &[(bool, usize)]| {
            let statements = statements.iter().map(|(allows, action)| {
                let effect = if *allows { Effect::Allow } else { Effect::Deny };
                Statement::new(effect).with_actions(["s3:Get*", "s3:PutObject", "*"][*action]).with_resources("*")
            });
            Document::new(statements.collect())
        };
        let request = Request::new(USER, "s3:GetObject", "arn:aws:s3:::b/k");
        let about = |allows: bool| statements.iter().any(|(effect, action)| *effect == allows && *action != 1);
        let expected = (about(false), about(true));
        let decided = |documents: &[Document]| match decide(documents, &request) {
            Decision::DeniedBy(_) => (true, about(true)),
            Decision::Allowed => (false, true),
            Decision::NotAllowed => (false, false),
        };
        prop_assert_eq!(decided(&[of(&statements)]), expected);
        let (first, second) = statements.split_at(cut.min(statements.len()));
        prop_assert_eq!(decided(&[of(first), of(second)]), expected);
        let mut reversed = statements.clone();
        reversed.reverse();
        prop_assert_eq!(decided(&[of(&reversed)]), expected);
    }
}
