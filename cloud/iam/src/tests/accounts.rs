//! Accounts are apart.

use super::{ACCOUNT_TRUST, Fixture, LAMBDA_TRUST, LOGS_POLICY, element};

const OTHER: &str = "000000000002";
const POLICY: &str = "arn:aws:iam::000000000000:policy/p";

#[tokio::test]
async fn what_one_account_has_another_does_not() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    fixture.create_policy("p").await;
    fixture.iam("CreateInstanceProfile", &[("InstanceProfileName", "x")]).await.unwrap();
    let members = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyArn", POLICY),
        ("PermissionsBoundary", POLICY),
        ("VersionId", "v1"),
        ("PolicyDocument", LOGS_POLICY),
        ("TagKeys.member.1", "a"),
        ("Tags.member.1.Key", "a"),
        ("Tags.member.1.Value", "1"),
        ("InstanceProfileName", "x"),
        ("PolicySourceArn", "arn:aws:iam::000000000000:role/r"),
        ("ActionNames.member.1", "logs:PutLogEvents"),
        ("PolicyInputList.member.1", LOGS_POLICY),
    ];
    for operation in crate::OPERATIONS.iter().map(|operation| operation.info.name) {
        let answer = fixture.iam_as(OTHER, operation, &members).await;
        match operation {
            "ListRoles" | "ListPolicies" => assert!(!answer.unwrap().contains("::000000000000:"), "{operation}"),
            "GetUser" | "ListAccountAliases" | "ListInstanceProfiles" => {
                assert!(!answer.unwrap().contains("::000000000000:"), "{operation}");
            }
            "SimulateCustomPolicy" => assert!(answer.is_ok(), "it is about the input alone"),
            "CreateRole" => assert!(answer.unwrap_err().message.contains("assumeRolePolicyDocument")),
            "CreateInstanceProfile" => {
                assert!(answer.unwrap().contains("arn:aws:iam::000000000002:instance-profile/x"))
            }
            "GetInstanceProfile"
            | "DeleteInstanceProfile"
            | "TagInstanceProfile"
            | "UntagInstanceProfile"
            | "ListInstanceProfileTags" => assert!(!answer.unwrap_or_default().contains("::000000000000:")),
            "CreatePolicy" => assert!(answer.unwrap().contains("arn:aws:iam::000000000002:policy/p")),
            "UpdateAssumeRolePolicy" => assert_eq!(answer.unwrap_err().code, "NoSuchEntity"),
            _ => assert_eq!(answer.unwrap_err().code, "NoSuchEntity", "{operation}"),
        }
    }
    let roles = fixture.iam("ListRoles", &[]).await.unwrap();
    assert_eq!(element(&roles, "RoleName"), "r");
    assert!(fixture.iam("GetPolicy", &[("PolicyArn", POLICY)]).await.is_ok());
    fixture.iam("GetInstanceProfile", &[("InstanceProfileName", "x")]).await.unwrap();
}

#[tokio::test]
async fn another_accounts_policy_can_not_be_attached() {
    let fixture = Fixture::new();
    fixture.create_policy("p").await;
    let trust = [("RoleName", "r"), ("AssumeRolePolicyDocument", LAMBDA_TRUST)];
    fixture.iam_as(OTHER, "CreateRole", &trust).await.unwrap();
    let attach = fixture.iam_as(OTHER, "AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", POLICY)]).await;
    let expected = format!("NoSuchEntity: Policy {POLICY} does not exist or is not attachable.");
    assert_eq!(attach.unwrap_err().to_string(), expected);
    let of_aws = [("RoleName", "r"), ("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess")];
    fixture.iam_as(OTHER, "AttachRolePolicy", &of_aws).await.unwrap();
}

#[tokio::test]
async fn a_role_of_another_account_is_assumed_where_it_trusts_the_caller() {
    let fixture = Fixture::new();
    let trust = [("RoleName", "open"), ("AssumeRolePolicyDocument", ACCOUNT_TRUST)];
    fixture.iam_as(OTHER, "CreateRole", &trust).await.unwrap();
    let assume = [("RoleArn", "arn:aws:iam::000000000002:role/open"), ("RoleSessionName", "ci")];
    let assumed = fixture.sts_as("test", "AssumeRole", &assume).await.unwrap();
    let key = element(&assumed, "AccessKeyId");
    assert_eq!(fixture.iam.session_account(&key).unwrap().as_str(), OTHER);
    assert_eq!(fixture.iam.session_account("test"), None);
    let roles = fixture.iam_as(&key, "ListRoles", &[]).await.unwrap();
    assert_eq!(element(&roles, "RoleName"), "open", "the session acts in the role's account");
    let refused = fixture.sts_as("000000000003", "AssumeRole", &assume).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "AccessDenied: User: arn:aws:iam::000000000003:user/local is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000002:role/open"
    );
}
