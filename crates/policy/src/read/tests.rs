//! Tests of reading documents.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn error(text: &str) -> Malformed {
    Document::read(text).unwrap_err()
}

#[test]
fn what_is_read_is_written_in_order() {
    let text = r#"{"Statement":[{"Resource":["a","b"],"Condition":{"ArnLike":{"AWS:SourceArn":"x","aws:b":["1",2,true]},
        "Null":{"aws:c":false}},"Action":"s3:*","Principal":{"Service":["s"],"AWS":"*"},"Effect":"Deny","Sid":"1"}],
        "Id":"i","Version":"2012-10-17"}"#;
    let expected = r#"{"Version":"2012-10-17","Id":"i","Statement":[{"Sid":"1","Effect":"Deny","Principal":{"Service":["s"],"AWS":"*"},"Action":"s3:*","Resource":["a","b"],"Condition":{"ArnLike":{"AWS:SourceArn":"x","aws:b":["1","2","true"]},"Null":{"aws:c":"false"}}}]}"#;
    let document = Document::read(text).unwrap();
    assert_eq!(document.to_string(), expected);
    assert_eq!(Document::read(expected).as_ref(), Ok(&document));
}

#[test]
fn negated_elements_are_kept() {
    let text = r#"{"Statement":{"Effect":"Allow","NotPrincipal":"*","NotAction":["a:b"],"NotResource":"*"}}"#;
    assert_eq!(Document::read(text).unwrap().to_string(), text);
}

#[test]
fn no_json_and_no_policy() {
    assert_eq!(error("{"), Malformed::Json);
    assert_eq!(error(r#"{"Statement":[]} x"#), Malformed::Json);
    for text in ["[]", "{}", r#"{"Statement":[]}"#, r#"{"Statement":"x"}"#, r#"{"Statement":[1]}"#] {
        assert_eq!(error(text), Malformed::Syntax, "{text}");
    }
    for version in [json!("2012"), json!(1), json!(null)] {
        assert_eq!(error(&json!({"Version": version, "Statement": []}).to_string()), Malformed::Version);
    }
}

#[test]
fn statements_that_are_none() {
    for statement in [
        r#"{}"#,
        r#"{"Effect":"Allow","Effect":"Deny"}"#,
        r#"{"Effect":"Allow","Actions":"*"}"#,
        r#"{"Effect":"Allow","Action":1}"#,
        r#"{"Effect":"Allow","Action":[["a"]]}"#,
        r#"{"Effect":"Allow","Action":"*","NotAction":"*"}"#,
        r#"{"Effect":"Allow","Principal":"me"}"#,
        r#"{"Effect":"Allow","Principal":{"Person":"me"}}"#,
        r#"{"Effect":"Allow","Condition":[]}"#,
        r#"{"Effect":"Allow","Condition":{"StringIs":{"a":"b"}}}"#,
        r#"{"Effect":"Allow","Condition":{"StringLike":{"a":{}}}}"#,
        r#"{"Effect":"Allow","Condition":{"StringLike":{"a":"b","a":"c"}}}"#,
    ] {
        assert_eq!(error(&format!(r#"{{"Statement":{statement}}}"#)), Malformed::Syntax, "{statement}");
    }
}

fn one_or_many() -> impl Strategy<Value = OneOrMany<String>> {
    prop_oneof![
        "[a-z:*]{1,6}".prop_map(OneOrMany::One),
        proptest::collection::vec("[a-z:*]{1,6}", 0..3).prop_map(OneOrMany::Many),
    ]
}

fn selection() -> impl Strategy<Value = Selection<OneOrMany<String>>> {
    (one_or_many(), any::<bool>()).prop_map(|(named, only)| match only {
        true => Selection::Only(named),
        false => Selection::Except(named),
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        sid in proptest::option::of("[A-Za-z0-9]{0,5}"),
        actions in proptest::option::of(selection()),
        resources in proptest::option::of(selection()),
        services in one_or_many(),
        key in "aws:[A-Za-z]{1,5}",
        values in one_or_many(),
    ) {
        let mut statement = Statement::new(Effect::Deny);
        statement.sid = sid;
        statement.actions = actions;
        statement.resources = resources;
        statement.principal = Some(Selection::Only(Principal::Named(vec![(PrincipalType::Service, services)])));
        let operator = Operator::read("ForAnyValue:StringLikeIfExists").unwrap();
        statement.conditions = vec![Condition { operator, key, values }];
        let document = Document::new(vec![statement]).with_id("x");
        prop_assert_eq!(Document::read(&document.to_string()), Ok(document));
    }

    #[test]
    fn no_text_is_a_panic(text in ".{0,40}") {
        let _ = Document::read(&text);
    }
}
