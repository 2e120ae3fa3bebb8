//! Security Token Service.

use super::{ACCOUNT_TRUST, Fixture, element};

#[tokio::test]
async fn a_user_and_a_session_are_told_apart() {
    let fixture = Fixture::new();
    let user = fixture.sts_as("test", "GetCallerIdentity", &[]).await.unwrap();
    assert_eq!(element(&user, "Arn"), "arn:aws:iam::000000000000:user/local");
    fixture.create_role("r", ACCOUNT_TRUST).await;
    let assume = [("RoleArn", "arn:aws:iam::000000000000:role/r"), ("RoleSessionName", "ci")];
    let assumed = fixture.sts_as("test", "AssumeRole", &assume).await.unwrap();
    assert_eq!(element(&assumed, "Expiration"), "2026-01-02T04:04:05Z");
    let key = element(&assumed, "AccessKeyId");
    let session = fixture.sts_as(&key, "GetCallerIdentity", &[]).await.unwrap();
    assert_eq!(element(&session, "Arn"), "arn:aws:sts::000000000000:assumed-role/r/ci");
}

#[tokio::test]
async fn a_role_that_trusts_a_role_trusts_its_sessions() {
    let fixture = Fixture::new();
    fixture.create_role("first", ACCOUNT_TRUST).await;
    let trust = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:role/first"},"Action":"sts:AssumeRole"}]}"#;
    fixture.create_role("second", trust).await;
    let arn = |role: &str| format!("arn:aws:iam::000000000000:role/{role}");
    let first = arn("first");
    let second = arn("second");
    let direct = fixture.sts_as("test", "AssumeRole", &[("RoleArn", &second), ("RoleSessionName", "ci")]).await;
    assert_eq!(direct.unwrap_err().code, "AccessDenied");
    let assumed = fixture.sts_as("test", "AssumeRole", &[("RoleArn", &first), ("RoleSessionName", "ci")]).await;
    let key = element(&assumed.unwrap(), "AccessKeyId");
    assert!(fixture.sts_as(&key, "AssumeRole", &[("RoleArn", &second), ("RoleSessionName", "ci")]).await.is_ok());
}

#[tokio::test]
async fn an_external_id_must_be_the_one_of_the_trust_policy() {
    let fixture = Fixture::new();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"secret"}}}]}"#;
    fixture.create_role("r", trust).await;
    let assume = [("RoleArn", "arn:aws:iam::000000000000:role/r"), ("RoleSessionName", "ci"), ("ExternalId", "secret")];
    assert!(fixture.sts_as("test", "AssumeRole", &assume).await.is_ok());
    assert_eq!(fixture.sts_as("test", "AssumeRole", &assume[..2]).await.unwrap_err().code, "AccessDenied");
}

#[tokio::test]
async fn session_tokens_have_their_length() {
    let fixture = Fixture::new();
    let token = fixture.sts_as("test", "GetSessionToken", &[("DurationSeconds", "900")]).await.unwrap();
    assert_eq!(element(&token, "Expiration"), "2026-01-02T03:19:05Z");
    let short = fixture.sts_as("test", "GetSessionToken", &[("DurationSeconds", "899")]).await.unwrap_err();
    assert_eq!(short.code, "ValidationError");
}
