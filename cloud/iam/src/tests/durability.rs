//! Memory and disk agree, wherever the caller of a writing operation goes away.

use std::collections::BTreeSet;

use cloud_core::testing::drop_at_every_await;

use super::{ACCOUNT_TRUST, Fixture, LAMBDA_TRUST, LOGS_POLICY};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

const P: &str = "arn:aws:iam::000000000000:policy/p";
const Q: &str = "arn:aws:iam::000000000000:policy/q";

/// A valid call of each operation that writes, on what [`begin`] makes.
const WRITES: &[(&str, &[(&str, &str)])] = &[
    ("CreateRole", &[("RoleName", "new"), ("AssumeRolePolicyDocument", LAMBDA_TRUST)]),
    ("DeleteRole", &[("RoleName", "bare")]),
    ("UpdateRole", &[("RoleName", "r"), ("Description", "changed")]),
    ("UpdateAssumeRolePolicy", &[("RoleName", "r"), ("PolicyDocument", ACCOUNT_TRUST)]),
    ("TagRole", &[("RoleName", "r"), ("Tags.member.1.Key", "b"), ("Tags.member.1.Value", "2")]),
    ("UntagRole", &[("RoleName", "r"), ("TagKeys.member.1", "a")]),
    ("PutRolePermissionsBoundary", &[("RoleName", "r"), ("PermissionsBoundary", READ_ONLY)]),
    ("DeleteRolePermissionsBoundary", &[("RoleName", "r")]),
    ("PutRolePolicy", &[("RoleName", "r"), ("PolicyName", "other"), ("PolicyDocument", LOGS_POLICY)]),
    ("DeleteRolePolicy", &[("RoleName", "r"), ("PolicyName", "inline")]),
    ("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", P)]),
    ("DetachRolePolicy", &[("RoleName", "r"), ("PolicyArn", READ_ONLY)]),
    ("CreatePolicy", &[("PolicyName", "new"), ("PolicyDocument", LOGS_POLICY)]),
    ("DeletePolicy", &[("PolicyArn", P)]),
    ("CreatePolicyVersion", &[("PolicyArn", Q), ("PolicyDocument", LOGS_POLICY)]),
    ("SetDefaultPolicyVersion", &[("PolicyArn", Q), ("VersionId", "v2")]),
    ("DeletePolicyVersion", &[("PolicyArn", Q), ("VersionId", "v2")]),
    ("TagPolicy", &[("PolicyArn", Q), ("Tags.member.1.Key", "b"), ("Tags.member.1.Value", "2")]),
    ("UntagPolicy", &[("PolicyArn", Q), ("TagKeys.member.1", "a")]),
    ("CreateInstanceProfile", &[("InstanceProfileName", "new")]),
    ("DeleteInstanceProfile", &[("InstanceProfileName", "empty")]),
    ("AddRoleToInstanceProfile", &[("InstanceProfileName", "empty"), ("RoleName", "bare")]),
    ("RemoveRoleFromInstanceProfile", &[("InstanceProfileName", "full"), ("RoleName", "r")]),
    (
        "TagInstanceProfile",
        &[("InstanceProfileName", "full"), ("Tags.member.1.Key", "b"), ("Tags.member.1.Value", "2")],
    ),
    ("UntagInstanceProfile", &[("InstanceProfileName", "full"), ("TagKeys.member.1", "a")]),
];

async fn begin() -> Fixture {
    let fixture = Fixture::new();
    fixture.create_role("bare", LAMBDA_TRUST).await;
    let tagged = [
        ("RoleName", "r"),
        ("AssumeRolePolicyDocument", LAMBDA_TRUST),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "1"),
    ];
    fixture.iam("CreateRole", &tagged).await.unwrap();
    let inline = [("RoleName", "r"), ("PolicyName", "inline"), ("PolicyDocument", LOGS_POLICY)];
    fixture.iam("PutRolePolicy", &inline).await.unwrap();
    fixture.iam("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", READ_ONLY)]).await.unwrap();
    fixture.create_policy("p").await;
    fixture.create_policy("q").await;
    fixture.iam("CreatePolicyVersion", &[("PolicyArn", Q), ("PolicyDocument", LOGS_POLICY)]).await.unwrap();
    fixture
        .iam("TagPolicy", &[("PolicyArn", Q), ("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "1")])
        .await
        .unwrap();
    for profile in ["empty", "full"] {
        fixture.iam("CreateInstanceProfile", &[("InstanceProfileName", profile)]).await.unwrap();
    }
    let full = [("InstanceProfileName", "full"), ("RoleName", "r")];
    fixture.iam("AddRoleToInstanceProfile", &full).await.unwrap();
    fixture
}

fn assert_agrees(fixture: &Fixture, operation: &str) {
    let reopened = fixture.reopened();
    assert_eq!(fixture.iam.roles.read(Clone::clone), reopened.roles.read(Clone::clone), "{operation}");
    assert_eq!(fixture.iam.policies.read(Clone::clone), reopened.policies.read(Clone::clone), "{operation}");
    let profiles = |iam: &crate::Iam| iam.instance_profiles.read(Clone::clone);
    assert_eq!(profiles(&fixture.iam), profiles(&reopened), "{operation}");
    let deleted = |iam: &crate::Iam| iam.deleted_roles.read(Clone::clone);
    assert_eq!(deleted(&fixture.iam), deleted(&reopened), "{operation}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn memory_and_disk_agree_wherever_an_operation_is_dropped() {
    for (operation, members) in WRITES {
        let call = |fixture: Fixture| async move { fixture.iam(operation, members).await.unwrap() };
        let check = |fixture: Fixture| async move { assert_agrees(&fixture, operation) };
        let awaits = drop_at_every_await(begin, call, check).await;
        assert!(awaits > 1, "{operation} never waited");
    }
}

#[test]
fn every_operation_that_writes_is_dropped() {
    let dropped: BTreeSet<&str> = WRITES.iter().map(|(operation, _)| *operation).collect();
    let writes = crate::OPERATIONS.iter().map(|operation| operation.info).filter(|info| info.access.writes());
    assert_eq!(dropped, writes.map(|info| info.name).collect());
}
