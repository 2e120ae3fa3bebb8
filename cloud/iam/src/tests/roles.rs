//! Roles, their policies, and how the services see them.

use std::time::Duration;

use cloud_core::{Principal, RoleDirectory, RoleTrust};

use super::{Fixture, LAMBDA_TRUST, LOGS_POLICY, element};

const LAMBDA: Principal<'_> = Principal::Service("lambda.amazonaws.com");
const ROLE: &str = "arn:aws:iam::000000000000:role/r";

#[tokio::test]
async fn a_role_from_its_creation_to_its_deletion() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    let role = [("RoleName", "r")];
    let got = fixture.iam("GetRole", &role).await.unwrap();
    assert_eq!(element(&got, "Arn"), ROLE);
    assert_eq!(element(&got, "CreateDate"), "2026-01-02T03:04:05Z");
    assert_eq!(element(&got, "RequestId"), "request-1");
    let policy = [("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", LOGS_POLICY)];
    let put = fixture.iam("PutRolePolicy", &policy).await.unwrap();
    assert!(!put.contains("PutRolePolicyResult"), "an operation without an output has no result: {put}");
    let names = fixture.iam("ListRolePolicies", &role).await.unwrap();
    assert_eq!(element(&names, "member"), "p");
    let refused = fixture.iam("DeleteRole", &role).await.unwrap_err();
    assert_eq!(refused.to_string(), "DeleteConflict: Cannot delete entity, must delete policies first.");
    fixture.iam("DeleteRolePolicy", &policy[..2]).await.unwrap();
    fixture.iam("DeleteRole", &role).await.unwrap();
    let gone = fixture.iam("GetRole", &role).await.unwrap_err();
    assert_eq!(gone.to_string(), "NoSuchEntity: The role with name r cannot be found.");
}

#[tokio::test]
async fn wrong_documents_are_refused() {
    let fixture = Fixture::new();
    let wrong = [("RoleName", "r"), ("AssumeRolePolicyDocument", "{")];
    let error = fixture.iam("CreateRole", &wrong).await.unwrap_err();
    assert_eq!(error.to_string(), "MalformedPolicyDocument: This policy contains invalid Json");
    assert_eq!(error.status, 400);
    fixture.create_role("r", LAMBDA_TRUST).await;
    let wrong = [("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", LAMBDA_TRUST)];
    let error = fixture.iam("PutRolePolicy", &wrong).await.unwrap_err();
    assert_eq!(error.to_string(), "MalformedPolicyDocument: Policy document should not specify a principal.");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let fixture = Fixture::new();
        fixture.create_role("r", LAMBDA_TRUST).await;
        ids.push(element(&fixture.iam("GetRole", &[("RoleName", "r")]).await.unwrap(), "RoleId"));
    }
    assert_eq!(ids[0], ids[1]);
    assert!(ids[0].starts_with("AROA") && ids[0].len() == 21, "{}", ids[0]);
}

#[tokio::test]
async fn services_know_whom_a_role_trusts() {
    let fixture = Fixture::new();
    assert_eq!(fixture.iam.trust(ROLE, LAMBDA), RoleTrust::Missing);
    fixture.create_role("r", LAMBDA_TRUST).await;
    assert_eq!(fixture.iam.trust(ROLE, LAMBDA), RoleTrust::Trusted);
    assert_eq!(fixture.iam.trust(ROLE, Principal::Service("states.amazonaws.com")), RoleTrust::Refused);
    assert_eq!(fixture.iam.trust("arn:aws:iam::000000000000:role/path/r", LAMBDA), RoleTrust::Missing);
    assert!(!fixture.iam.roles_propagate_slowly());
}

#[tokio::test]
async fn a_new_role_takes_its_time_where_that_is_shown() {
    let fixture = Fixture::new();
    fixture.faults.set("role-propagation=5s".parse().unwrap());
    assert!(fixture.iam.roles_propagate_slowly());
    fixture.control.advance(Duration::from_secs(1));
    fixture.faults.remembering(fixture.create_role("r", LAMBDA_TRUST)).await;
    fixture.control.advance(Duration::from_secs(4));
    assert_eq!(fixture.iam.trust(ROLE, LAMBDA), RoleTrust::Propagating);
    fixture.control.advance(Duration::from_secs(2));
    assert_eq!(fixture.iam.trust(ROLE, LAMBDA), RoleTrust::Trusted);
}
