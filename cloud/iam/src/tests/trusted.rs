//! Whom trust policies name: roles that are there, and as long as they are.

use super::{ACCOUNT_TRUST, Fixture, LAMBDA_TRUST, LOGS_POLICY, element};
use crate::role::url_encoded;

const FIRST: &str = "arn:aws:iam::000000000000:role/first";
const SECOND: &str = "arn:aws:iam::000000000000:role/second";

fn trust(principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"}}]}}"#
    )
}

async fn assume(fixture: &Fixture, key: &str, role: &str) -> Result<String, String> {
    let members = [("RoleArn", role), ("RoleSessionName", "ci")];
    let assumed = fixture.sts_as(key, "AssumeRole", &members).await;
    assumed.map(|answer| element(&answer, "AccessKeyId")).map_err(|refused| refused.code)
}

async fn shown(fixture: &Fixture, role: &str) -> String {
    element(&fixture.iam("GetRole", &[("RoleName", role)]).await.unwrap(), "AssumeRolePolicyDocument")
}

async fn id(fixture: &Fixture, role: &str) -> String {
    element(&fixture.iam("GetRole", &[("RoleName", role)]).await.unwrap(), "RoleId")
}

#[tokio::test]
async fn a_role_that_is_made_again_is_not_trusted_any_more() {
    for (principal, session) in [(FIRST, ""), ("arn:aws:sts::000000000000:assumed-role/first/ci", ":ci")] {
        let fixture = Fixture::new();
        fixture.create_role("first", ACCOUNT_TRUST).await;
        fixture.create_role("second", &trust(principal)).await;
        let old = id(&fixture, "first").await;
        let key = assume(&fixture, "test", FIRST).await.unwrap();
        assert!(assume(&fixture, &key, SECOND).await.is_ok());
        assert_eq!(shown(&fixture, "second").await, url_encoded(&trust(principal)));
        fixture.iam("DeleteRole", &[("RoleName", "first")]).await.unwrap();
        let gone = url_encoded(&trust(&format!("{old}{session}")));
        assert_eq!(shown(&fixture, "second").await, gone);
        fixture.create_role("first", ACCOUNT_TRUST).await;
        assert_eq!(shown(&fixture, "second").await, gone, "another role of this name was not meant");
        let listed = fixture.iam("ListRoles", &[("PathPrefix", "/")]).await.unwrap();
        assert!(listed.contains(&gone), "{listed}");
        let new_key = assume(&fixture, "test", FIRST).await.unwrap();
        assert_eq!(assume(&fixture, &new_key, SECOND).await, Err("AccessDenied".to_owned()));
        let again = [("RoleName", "second"), ("PolicyDocument", &*trust(principal))];
        fixture.iam("UpdateAssumeRolePolicy", &again).await.unwrap();
        assert!(assume(&fixture, &new_key, SECOND).await.is_ok(), "saving it again means the role that is there");
        assert_eq!(assume(&fixture, &key, SECOND).await, Err("AccessDenied".to_owned()), "its role is gone");
    }
}

#[tokio::test]
async fn what_is_trusted_survives_a_restart_and_rows_without_ids_keep_their_meaning() {
    let fixture = Fixture::new();
    fixture.create_role("first", ACCOUNT_TRUST).await;
    fixture.create_role("second", &trust(FIRST)).await;
    let second = || fixture.iam.role(SECOND).unwrap();
    assert_eq!(second().trusted_ids[FIRST], id(&fixture, "first").await);
    assert_eq!(fixture.reopened().role(SECOND), Some(second()));
    fixture.iam("DeleteRole", &[("RoleName", "first")]).await.unwrap();
    let mut older = second();
    assert_ne!(fixture.iam.trust_policy(&older), trust(FIRST));
    older.trusted_ids.clear();
    assert_eq!(fixture.iam.trust_policy(&older), trust(FIRST));
}

#[tokio::test]
async fn a_trust_policy_names_who_is_there() {
    let fixture = Fixture::new();
    fixture.create_role("first", LAMBDA_TRUST).await;
    let other = [("RoleName", "theirs"), ("AssumeRolePolicyDocument", LAMBDA_TRUST)];
    fixture.iam_as("000000000002", "CreateRole", &other).await.unwrap();
    for (principal, is_taken) in [
        (FIRST, true),
        ("arn:aws:iam::000000000000:root", true),
        ("arn:aws:iam::000000000000:user/local", true),
        ("arn:aws:sts::000000000000:assumed-role/first/any", true),
        ("arn:aws:iam::000000000002:role/theirs", true),
        ("*", true),
        // Nothing is known of this account: it may be one of AWS's.
        ("arn:aws:iam::111122223333:role/unheard", true),
        ("arn:aws:iam::111122223333:user/unheard", true),
        ("arn:aws:iam::000000000000:role/itself", false),
        ("arn:aws:iam::000000000000:role/path/first", false),
        ("arn:aws:iam::000000000000:user/ann", false),
        ("arn:aws:sts::000000000000:assumed-role/unheard/any", false),
        ("arn:aws:iam::000000000002:role/unheard", false),
        ("arn:aws:iam::000000000002:user/ann", false),
    ] {
        let document = trust(principal);
        let create = [("RoleName", "itself"), ("AssumeRolePolicyDocument", &*document)];
        let created = fixture.iam("CreateRole", &create).await;
        let update = [("RoleName", "first"), ("PolicyDocument", &*document)];
        let updated = fixture.iam("UpdateAssumeRolePolicy", &update).await;
        if is_taken {
            assert!(created.is_ok() && updated.is_ok(), "{principal}");
            fixture.iam("DeleteRole", &create[..1]).await.unwrap();
            continue;
        }
        let told = format!("MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"{principal}\"");
        assert_eq!(created.unwrap_err().to_string(), told);
        assert_eq!(updated.unwrap_err().to_string(), told);
    }
    let itself = [("RoleName", "first"), ("PolicyDocument", &*trust(FIRST))];
    fixture.iam("UpdateAssumeRolePolicy", &itself).await.unwrap();
    let nobody = [("RoleName", "nobody"), ("PolicyDocument", "{")];
    let refused = fixture.iam("UpdateAssumeRolePolicy", &nobody).await.unwrap_err();
    assert_eq!(refused.code, "NoSuchEntity", "the role itself is looked for first");
}

#[tokio::test]
async fn policies_of_a_session_are_there() {
    let fixture = Fixture::new();
    fixture.create_role("first", ACCOUNT_TRUST).await;
    fixture.create_policy("p").await;
    let theirs = [("PolicyName", "q"), ("PolicyDocument", LOGS_POLICY)];
    fixture.iam_as("000000000002", "CreatePolicy", &theirs).await.unwrap();
    let with = async |arn: &str| {
        let members = [("RoleArn", FIRST), ("RoleSessionName", "ci"), ("PolicyArns.member.1.arn", arn)];
        fixture.sts_as("test", "AssumeRole", &members).await
    };
    for taken in ["arn:aws:iam::000000000000:policy/p", "arn:aws:iam::aws:policy/ReadOnlyAccess"] {
        assert!(with(taken).await.is_ok(), "{taken}");
    }
    for refused in ["arn:aws:iam::000000000000:policy/none", "arn:aws:iam::000000000002:policy/q"] {
        let told = format!("ValidationError: Policy {refused} does not exist or is not attachable.");
        assert_eq!(with(refused).await.unwrap_err().to_string(), told);
    }
}
