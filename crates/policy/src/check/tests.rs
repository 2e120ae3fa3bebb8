//! Tests of checks.

use super::*;

const LAMBDA: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":"sts:AssumeRole"}}"#;

fn check_trust(document: &str) -> Result<(), Malformed> {
    Document::read(document)?.check_trust()
}

fn trust_error(document: &str) -> String {
    check_trust(document).unwrap_err().to_string()
}

fn identity_error(statements: &str) -> String {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
    Document::read(&document).and_then(|document| document.check_identity()).unwrap_err().to_string()
}

#[test]
fn a_trust_policy_for_a_service() {
    assert_eq!(check_trust(LAMBDA), Ok(()));
}

#[test]
fn wrong_trust_policies() {
    assert_eq!(trust_error("{"), "This policy contains invalid Json");
    assert_eq!(trust_error("[]"), "Syntax errors in policy.");
    assert_eq!(
        trust_error(r#"{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole"}]}"#),
        "Missing required field Principal"
    );
    assert_eq!(trust_error(r#"{"Statement":[{"Effect":"Allow","Principal":"*"}]}"#), "Missing required field Action");
    assert_eq!(
        trust_error(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:Get"}]}"#),
        "AssumeRole policy may only specify STS AssumeRole actions."
    );
    assert_eq!(
        trust_error(r#"{"Statement":[{"Effect":"Allow","Principal":{"Service":"lambda"},"Action":"sts:AssumeRole"}]}"#),
        "Invalid principal in policy: \"SERVICE\":\"lambda\""
    );
    assert_eq!(
        trust_error(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}]}"#),
        "Has prohibited field Resource"
    );
}

#[test]
fn a_trust_policy_names_somebody() {
    let with = |principal: &str| {
        let statement = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"WHO"}}"#;
        check_trust(&format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statement.replace("WHO", principal)))
    };
    for (principal, is_taken) in [
        ("*", true),
        ("111122223333", true),
        ("arn:aws:iam::111122223333:root", true),
        ("arn:aws:iam::111122223333:user/a/b", true),
        ("arn:aws:iam::111122223333:role/r", true),
        ("arn:aws:sts::111122223333:assumed-role/r/session", true),
        ("arn:aws-cn:iam::111122223333:role/r", true),
        ("AROASYM4G4YTTFNAVB4I7", true),
        ("123", false),
        ("", false),
        ("r", false),
        ("arn:aws:iam::111122223333:role/*", false),
        ("arn:aws:iam::111122223333:role", false),
        ("arn:aws:iam::111122223333:policy/p", false),
        ("arn:aws:iam::1111:root", false),
        ("arn:aws:lambda:us-east-1:111122223333:function:f", false),
        ("lambda.amazonaws.com", false),
    ] {
        let expected = (!is_taken).then(|| format!("Invalid principal in policy: \"AWS\":\"{principal}\""));
        assert_eq!(with(principal).err().map(|error| error.to_string()), expected);
    }
}

#[test]
fn a_trust_policy_says_whom_it_is_for() {
    let others = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"sts:AssumeRole","NotPrincipal":{"AWS":"111122223333"}}]}"#;
    assert_eq!(trust_error(others), "Has prohibited field NotPrincipal");
}

#[test]
fn a_service_has_a_name_without_wildcards() {
    let with = |service: &str| check_trust(&LAMBDA.replace("lambda.amazonaws.com", service));
    for taken in [
        "lambda.amazonaws.com",
        "states.us-east-1.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "replicator.lambda.amazonaws.com",
        "not-known-here.amazonaws.com",
        "a.aws.internal",
    ] {
        assert_eq!(with(taken), Ok(()), "{taken}");
    }
    for refused in [
        "*.amazonaws.com",
        "lambda*.amazonaws.com",
        "?.amazonaws.com",
        "*",
        ".amazonaws.com",
        "a..amazonaws.com",
        "a b.amazonaws.com",
    ] {
        let told = format!("Invalid principal in policy: \"SERVICE\":\"{refused}\"");
        assert_eq!(with(refused).unwrap_err().to_string(), told);
    }
}

#[test]
fn a_variable_stands_in_the_last_part_of_an_arn_alone() {
    let with = |resource: &str| {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}"#);
        let document = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        Document::read(&document).unwrap().check_identity()
    };
    for resource in [
        "arn:aws:iam::111122223333:role/${aws:username}",
        "arn:aws:s3:::${aws:PrincipalTag/team, 'a:b'}/*",
        "arn:aws:logs:us-east-1:12:log-group:${aws:PrincipalArn}:*",
    ] {
        assert_eq!(with(resource), Ok(()), "{resource}");
    }
    for resource in [
        "arn:aws:iam::${aws:PrincipalAccount}:role/x",
        "arn:aws:sqs:${aws:RequestedRegion}:111122223333:q",
        "arn:aws:${aws:username}:::x",
        "arn:${aws:username}:s3:::x",
    ] {
        assert_eq!(with(resource), Err(Malformed::Legacy), "{resource}");
    }
    let told = with("arn:x:s3:::${a:b}:c").unwrap_err().to_string();
    assert_eq!(told, "Partition \"x\" is not valid for resource \"arn:x:s3:::${a:b}:c\".");
    assert_eq!(with("${aws:username}"), Err(Malformed::NotAnArn("${aws:username}".to_owned())));
}

#[test]
fn wrong_identity_policies() {
    assert_eq!(identity_error(r#"{"Effect":"Allow","Resource":"*"}"#), "Policy statement must contain actions.");
    assert_eq!(identity_error(r#"{"Effect":"Allow","Action":"states:*"}"#), "Policy statement must contain resources.");
    assert_eq!(
        identity_error(r#"{"Effect":"Allow","Action":"x","Resource":"*"}"#),
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    );
    assert_eq!(
        identity_error(r#"{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}"#),
        "Resource bucket must be in ARN format or \"*\"."
    );
    let with =
        |action: &str, resource: &str| format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#);
    assert_eq!(identity_error(&with("s3:List:Bucket", "*")), "Actions/Condition can contain only one colon.");
    assert_eq!(identity_error(&with("a a:b", "*")), "Vendor a a is not valid");
    assert_eq!(identity_error(&with("s3:*", "a:b")), "Partition \"b\" is not valid for resource \"arn:b:*:*:*:*\".");
    assert_eq!(
        identity_error(&with("s3:*", "arn:x:s3:::b")),
        "Partition \"x\" is not valid for resource \"arn:x:s3:::b\"."
    );
    assert_eq!(
        identity_error(&with("iam:*", "arn:aws:iam:eu-west-1::role/r")),
        "IAM resource arn:aws:iam:eu-west-1::role/r cannot contain region information."
    );
    assert_eq!(
        identity_error(&with("s3:*", "arn:aws:s3:eu-west-1::b")),
        "Resource arn:aws:s3:eu-west-1::b can not contain region information."
    );
    let document = |version: &str| format!(r#"{{{version}"Statement":{}}}"#, with("s3:*", "arn:aws:fdsasf"));
    let checked = |version: &str| Document::read(&document(version)).unwrap().check_identity();
    assert_eq!(checked(r#""Version":"2012-10-17","#), Ok(()));
    for old in ["", r#""Version":"2008-10-17","#] {
        assert_eq!(checked(old), Err(Malformed::OldVersion), "{old}");
    }
    assert_eq!(
        identity_error(r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#),
        "Policy document should not specify a principal."
    );
}

#[test]
fn a_date_is_one() {
    let until = |date: &str| {
        let condition = format!(r#"{{"DateLessThan":{{"aws:CurrentTime":"{date}"}}}}"#);
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#);
        let document = format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#);
        Document::read(&document).unwrap().check_identity()
    };
    for date in ["2026-01-02T03:04:05Z", "2026-01-02", "1767323045", "${aws:CurrentTime}"] {
        assert_eq!(until(date), Ok(()), "{date}");
    }
    assert_eq!(until("tomorrow").unwrap_err().to_string(), "The policy failed legacy parsing");
}

#[test]
fn wrong_ids() {
    let statement = |sid: &str| format!(r#"{{"Sid":"{sid}","Effect":"Allow","Action":"*","Resource":"*"}}"#);
    assert_eq!(
        identity_error(&statement("a-b")),
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
    );
    assert_eq!(
        identity_error(&format!("{},{}", statement("a"), statement("a"))),
        "Statement IDs (SID) in a single policy must be unique."
    );
    let without = format!(r#"{{"Version":"2012-10-17","Statement":[{},{}]}}"#, statement(""), statement(""));
    assert_eq!(Document::read(&without).unwrap().check_identity(), Ok(()));
}

/// Seen in hashicorp/terraform-provider-aws#12267 and #7756, and terraform-aws-modules/terraform-aws-eks#2594.
#[test]
fn a_trust_policy_has_principals_that_can_be() {
    let told = |principal: &str| {
        let statement = r#"{"Effect":"Allow","Principal":WHO,"Action":"sts:AssumeRole"}"#.replace("WHO", principal);
        check_trust(&format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#))
    };
    for nobody in [r#"{"AWS":[]}"#, "{}"] {
        assert_eq!(told(nobody), Err(Malformed::NoPrincipals), "{nobody}");
    }
    for provider in [
        "accounts.google.com",
        "arn:aws:iam::111122223333:oidc-provider/a.example/id",
        "arn:aws:iam::111122223333:saml-provider/p",
    ] {
        assert_eq!(told(&format!(r#"{{"Federated":"{provider}"}}"#)), Ok(()), "{provider}");
    }
    for nothing in ["", "arn:aws:iam::111122223333:role/r", "arn:aws:iam::111122223333:oidc-provider/", "a..b"] {
        assert_eq!(told(&format!(r#"{{"Federated":"{nothing}"}}"#)), Err(Malformed::FederatedPrincipal), "{nothing}");
    }
    assert_eq!(told(r#"{"AWS":"AROAEXAMPLEEXAMPLE123"}"#), Ok(()));
    assert!(told(r#"{"AWS":"AKIAIOSFODNN7EXAMPLE"}"#).is_err(), "a key is nobody");
}

/// Seen in hashicorp/terraform#14652 and hashicorp/terraform-provider-aws#12267.
#[test]
fn white_space_before_a_policy_is_refused() {
    let identity = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}"#;
    for space in [" ", "\n"] {
        assert_eq!(Document::read_trust(&format!("{space}{LAMBDA}")), Err(Malformed::LeadingSpaces));
        assert_eq!(Document::read_identity(&format!("{space}{identity}")), Err(Malformed::Legacy));
    }
    assert!(Document::read_trust(&format!("{LAMBDA}\n")).is_ok());
    assert!(Document::read_identity(&format!("{identity}\n")).is_ok());
}
