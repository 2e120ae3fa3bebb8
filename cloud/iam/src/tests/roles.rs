//! Roles, their policies, and how the services see them.

use std::time::Duration;

use cloud_core::{Account, Actor, Permit, Principal, RoleDirectory, RoleTrust};

use super::{Fixture, LAMBDA_TRUST, LOGS_POLICY, element};
use crate::Iam;

const LAMBDA: Principal<'_> =
    Principal::Service { name: "lambda.amazonaws.com", resource: "arn:aws:lambda:us-east-1:000000000000:function:f" };
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
    assert!(got.contains("<MaxSessionDuration>3600<"));
    let made =
        fixture.iam("CreateRole", &[("RoleName", "r2"), ("AssumeRolePolicyDocument", LAMBDA_TRUST)]).await.unwrap();
    assert!(!made.contains("MaxSessionDuration"), "CreateRole's answer lacks it on AWS: {made}");
    let attach = [("RoleName", "r"), ("PolicyArn", "longpolicynamebutnoarn")];
    let refused = fixture.iam("AttachRolePolicy", &attach).await.unwrap_err();
    assert_eq!(refused.to_string(), "ValidationError: Invalid ARN:  Could not be parsed!");
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
    let resource = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
    let states = Principal::Service { name: "states.amazonaws.com", resource };
    assert_eq!(fixture.iam.trust(ROLE, states), RoleTrust::Refused);
    let elsewhere = "arn:aws:iam::000000000000:role/path/r";
    assert_eq!(fixture.iam.trust(elsewhere, LAMBDA), RoleTrust::Gone, "a role of this name has another path");
    assert!(!fixture.iam.roles_propagate_slowly());
}

#[tokio::test]
async fn a_role_that_was_deleted_is_told_from_one_that_was_never_made() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    let may = |iam: &Iam| {
        let actor = Actor::Role { arn: ROLE, session: "f" };
        iam.permit(&Permit::new(actor, "states:StartExecution", "*")).is_ok()
    };
    let policy = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyDocument", r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#),
    ];
    fixture.iam("PutRolePolicy", &policy).await.unwrap();
    let session = fixture.iam.open_session(ROLE, LAMBDA, "f").unwrap().access_key_id;
    let session_may = |iam: &Iam| {
        let actor = Actor::Key { id: &session, account: &Account::default() };
        iam.permit(&Permit::new(actor, "states:StartExecution", "*")).is_ok()
    };
    assert!(may(&fixture.iam) && session_may(&fixture.iam));
    fixture.iam("DeleteRolePolicy", &policy[..2]).await.unwrap();
    assert!(!may(&fixture.iam) && !session_may(&fixture.iam), "a change is seen at once");
    fixture.iam("DeleteRole", &policy[..1]).await.unwrap();
    let again = fixture.reopened();
    for iam in [&*fixture.iam, &again] {
        assert_eq!(iam.trust(ROLE, LAMBDA), RoleTrust::Gone);
        assert!(!may(iam));
    }
    assert!(fixture.iam.open_session(ROLE, LAMBDA, "f").is_none());
    fixture.create_role("r", LAMBDA_TRUST).await;
    fixture.iam("PutRolePolicy", &policy).await.unwrap();
    assert_eq!(fixture.iam.trust(ROLE, LAMBDA), RoleTrust::Trusted);
    assert!(may(&fixture.iam));
    assert!(!session_may(&fixture.iam), "another role of the same name is not that of the session");
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

#[tokio::test]
async fn a_boundary_is_set_shown_replaced_and_removed() {
    let fixture = Fixture::new();
    fixture.create_policy("bound").await;
    let bound = "arn:aws:iam::000000000000:policy/bound";
    let missing = "arn:aws:iam::000000000000:policy/missing";
    let role =
        |boundary| [("RoleName", "r"), ("AssumeRolePolicyDocument", LAMBDA_TRUST), ("PermissionsBoundary", boundary)];
    let refused = fixture.iam("CreateRole", &role(missing)).await.unwrap_err();
    assert_eq!(refused.to_string(), format!("NoSuchEntity: Scope ARN: {missing} does not exist or is not attachable."));
    assert_eq!(refused.status, 404);
    let refused = fixture.iam("CreateRole", &role("a-name-is-not-an-arn-here")).await.unwrap_err();
    assert_eq!(refused.to_string(), "ValidationError: ARN a-name-is-not-an-arn-here is not valid.");
    let made = fixture.iam("CreateRole", &role(bound)).await.unwrap();
    assert_eq!(element(&made, "PermissionsBoundaryArn"), bound);
    assert_eq!(element(&made, "PermissionsBoundaryType"), "Policy");
    let policy = fixture.iam("GetPolicy", &[("PolicyArn", bound)]).await.unwrap();
    assert_eq!(
        (element(&policy, "AttachmentCount"), element(&policy, "PermissionsBoundaryUsageCount")),
        ("0".into(), "1".into())
    );
    let listed = fixture.iam("ListRoles", &[]).await.unwrap();
    assert!(!listed.contains("PermissionsBoundary"), "{listed}");
    let used = fixture.iam("DeletePolicy", &[("PolicyArn", bound)]).await.unwrap_err();
    assert_eq!(used.to_string(), "DeleteConflict: Cannot delete a policy attached to entities.");
    let put = |boundary| [("RoleName", "r"), ("PermissionsBoundary", boundary)];
    fixture.iam("PutRolePermissionsBoundary", &put(missing)).await.unwrap_err();
    fixture.iam("PutRolePermissionsBoundary", &put("arn:aws:iam::aws:policy/PowerUserAccess")).await.unwrap();
    let got = fixture.iam("GetRole", &[("RoleName", "r")]).await.unwrap();
    assert_eq!(element(&got, "PermissionsBoundaryArn"), "arn:aws:iam::aws:policy/PowerUserAccess");
    fixture.iam("DeleteRolePermissionsBoundary", &[("RoleName", "r")]).await.unwrap();
    let got = fixture.iam("GetRole", &[("RoleName", "r")]).await.unwrap();
    assert!(!got.contains("PermissionsBoundary"), "{got}");
    let nobody = fixture.iam("DeleteRolePermissionsBoundary", &[("RoleName", "x")]).await.unwrap_err();
    assert_eq!(nobody.to_string(), "NoSuchEntity: The role with name x cannot be found.");
    fixture.iam("DeletePolicy", &[("PolicyArn", bound)]).await.unwrap();
}

#[tokio::test]
async fn a_path_is_in_the_arn_and_lists_the_roles_below_it() {
    let fixture = Fixture::new();
    for (name, path) in [("a", "/team/"), ("b", "/team/x/"), ("c", "/other/"), ("d", "/")] {
        let role = [("RoleName", name), ("AssumeRolePolicyDocument", LAMBDA_TRUST), ("Path", path)];
        let made = fixture.iam("CreateRole", &role).await.unwrap();
        assert_eq!(element(&made, "Arn"), format!("arn:aws:iam::000000000000:role{path}{name}"));
    }
    let listed = fixture.iam("ListRoles", &[("PathPrefix", "/team/")]).await.unwrap();
    assert_eq!(listed.matches("<RoleName>").count(), 2, "{listed}");
    let taken = [("RoleName", "a"), ("AssumeRolePolicyDocument", LAMBDA_TRUST), ("Path", "/other/")];
    let taken = fixture.iam("CreateRole", &taken).await.unwrap_err();
    assert_eq!(taken.to_string(), "EntityAlreadyExists: Role with name a already exists.");
    let wrong = [("RoleName", "e"), ("AssumeRolePolicyDocument", LAMBDA_TRUST), ("Path", "team")];
    assert_eq!(fixture.iam("CreateRole", &wrong).await.unwrap_err().code, "ValidationError");
    let linked = [("RoleName", "e"), ("AssumeRolePolicyDocument", LAMBDA_TRUST), ("Path", "/aws-service-role/a/")];
    let linked = fixture.iam("CreateRole", &linked).await.unwrap_err();
    assert_eq!(
        linked.to_string(),
        "InvalidInput: Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles"
    );
    for list in ["ListRoles", "ListPolicies", "ListInstanceProfiles"] {
        let wrong = fixture.iam(list, &[("PathPrefix", "foo")]).await.unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "ValidationError: The specified value for pathPrefix is invalid. It must begin with the / character and contain only \
             alphanumeric characters and/or / characters."
        );
    }
}
