//! Managed policies: their versions, and AWS's own.

use super::{Fixture, LAMBDA_TRUST, LOGS_POLICY, element};

const P: &str = "arn:aws:iam::000000000000:policy/p";
const BASIC: &str = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
const OTHER: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;

#[tokio::test]
async fn a_policy_has_versions_of_which_one_counts() {
    let fixture = Fixture::new();
    fixture.create_policy("p").await;
    let create = [("PolicyArn", P), ("PolicyDocument", OTHER), ("SetAsDefault", "true")];
    let created = fixture.iam("CreatePolicyVersion", &create).await.unwrap();
    assert_eq!((element(&created, "VersionId"), element(&created, "IsDefaultVersion")), ("v2".into(), "true".into()));
    let shown = fixture.iam("GetPolicy", &[("PolicyArn", P)]).await.unwrap();
    assert_eq!(element(&shown, "DefaultVersionId"), "v2");
    let version = async |id| fixture.iam("GetPolicyVersion", &[("PolicyArn", P), ("VersionId", id)]).await;
    assert!(element(&version("v2").await.unwrap(), "Document").contains("s3%3AGetObject"));
    let first = version("v1").await.unwrap();
    assert!(
        element(&first, "Document").contains("logs%3APutLogEvents") && element(&first, "IsDefaultVersion") == "false"
    );
    assert_eq!(
        version("v3").await.unwrap_err().to_string(),
        format!("NoSuchEntity: Policy {P} version v3 does not exist or is not attachable.")
    );
    let listed = fixture.iam("ListPolicyVersions", &[("PolicyArn", P), ("MaxItems", "1")]).await.unwrap();
    assert_eq!(element(&listed, "VersionId"), "v2", "the newest comes first");
    let marker = element(&listed, "Marker");
    let rest = fixture.iam("ListPolicyVersions", &[("PolicyArn", P), ("Marker", &marker)]).await.unwrap();
    assert_eq!((element(&rest, "VersionId"), element(&rest, "IsTruncated")), ("v1".into(), "false".into()));
    let delete = async |id| fixture.iam("DeletePolicyVersion", &[("PolicyArn", P), ("VersionId", id)]).await;
    let refused = delete("v2").await.unwrap_err();
    assert_eq!(refused.to_string(), "DeleteConflict: Cannot delete the default version of a policy.");
    let refused = fixture.iam("DeletePolicy", &[("PolicyArn", P)]).await.unwrap_err();
    assert!(refused.to_string().starts_with("DeleteConflict: This policy has more than one version."), "{refused}");
    fixture.iam("SetDefaultPolicyVersion", &[("PolicyArn", P), ("VersionId", "v1")]).await.unwrap();
    delete("v2").await.unwrap();
    fixture.iam("DeletePolicy", &[("PolicyArn", P)]).await.unwrap();
}

#[tokio::test]
async fn a_policy_has_five_versions_and_no_number_twice() {
    let fixture = Fixture::new();
    fixture.create_policy("p").await;
    let create = [("PolicyArn", P), ("PolicyDocument", LOGS_POLICY)];
    for _ in 2..=5 {
        fixture.iam("CreatePolicyVersion", &create).await.unwrap();
    }
    let refused = fixture.iam("CreatePolicyVersion", &create).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (409, "LimitExceeded"));
    fixture.iam("DeletePolicyVersion", &[("PolicyArn", P), ("VersionId", "v5")]).await.unwrap();
    let created = fixture.iam("CreatePolicyVersion", &create).await.unwrap();
    assert_eq!(element(&created, "VersionId"), "v6");
}

#[tokio::test]
async fn policies_of_aws_are_attached_read_and_listed_by_their_names_alone() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    let attach = async |arn| fixture.iam("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", arn)]).await;
    let typo = format!("{BASIC}TYPO");
    let refused = attach(typo.as_str()).await.unwrap_err();
    assert_eq!(refused.to_string(), format!("NoSuchEntity: Policy {typo} does not exist or is not attachable."));
    attach(BASIC).await.unwrap();
    let shown = fixture.iam("GetPolicy", &[("PolicyArn", BASIC)]).await.unwrap();
    assert_eq!((element(&shown, "Path"), element(&shown, "AttachmentCount")), ("/service-role/".into(), "1".into()));
    let version = [("PolicyArn", BASIC), ("VersionId", "v1")];
    let document = element(&fixture.iam("GetPolicyVersion", &version).await.unwrap(), "Document");
    assert!(document.contains("logs%3ACreateLogGroup"), "{document}");
    let unknown = [("PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"), ("VersionId", "v1")];
    assert_eq!(fixture.iam("GetPolicyVersion", &unknown).await.unwrap_err().status, 501);
    let attached = fixture.iam("ListPolicies", &[("Scope", "AWS"), ("OnlyAttached", "true")]).await.unwrap();
    assert_eq!(attached.matches("<PolicyName>").count(), 1, "{attached}");
    let page = fixture.iam("ListPolicies", &[("Scope", "AWS")]).await.unwrap();
    assert_eq!((page.matches("<PolicyName>").count(), element(&page, "IsTruncated")), (100, "true".into()));
    assert!(!fixture.iam("ListPolicies", &[("Scope", "Local")]).await.unwrap().contains("<PolicyName>"));
    let entities = fixture.iam("ListEntitiesForPolicy", &[("PolicyArn", BASIC)]).await.unwrap();
    assert_eq!(element(&entities, "RoleName"), "r");
}

#[tokio::test]
async fn a_role_has_ten_policies_and_none_of_service_linked_roles() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    let attach = async |arn: &str| fixture.iam("AttachRolePolicy", &[("RoleName", "r"), ("PolicyArn", arn)]).await;
    let of_service = attach("arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy").await.unwrap_err();
    let told = "PolicyNotAttachable: Cannot attach a Service Role Policy to a Customer Role.";
    assert_eq!((of_service.status, of_service.to_string().as_str()), (400, told));
    for number in 0..11 {
        fixture.create_policy(&format!("p{number}")).await;
    }
    let arn = |number: usize| format!("arn:aws:iam::000000000000:policy/p{number}");
    for number in 0..10 {
        attach(&arn(number)).await.unwrap();
    }
    let full = attach(&arn(10)).await.unwrap_err();
    let told = "LimitExceeded: Cannot exceed quota for PoliciesPerRole: 10";
    assert_eq!((full.status, full.to_string().as_str()), (409, told));
    attach(&arn(0)).await.unwrap();
    fixture.iam("DetachRolePolicy", &[("RoleName", "r"), ("PolicyArn", &*arn(0))]).await.unwrap();
    attach(&arn(10)).await.unwrap();
}

#[tokio::test]
async fn tag_keys_are_given_once_and_are_not_awss() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    fixture.create_policy("p").await;
    fixture.iam("CreateInstanceProfile", &[("InstanceProfileName", "i")]).await.unwrap();
    let calls: [(&str, &[(&str, &str)]); 6] = [
        ("CreateRole", &[("RoleName", "s"), ("AssumeRolePolicyDocument", LAMBDA_TRUST)]),
        ("TagRole", &[("RoleName", "r")]),
        ("CreatePolicy", &[("PolicyName", "q"), ("PolicyDocument", LOGS_POLICY)]),
        ("TagPolicy", &[("PolicyArn", P)]),
        ("CreateInstanceProfile", &[("InstanceProfileName", "j")]),
        ("TagInstanceProfile", &[("InstanceProfileName", "i")]),
    ];
    let twice = "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    let reserved = "InvalidInput: The tag key AWS:b begins with aws:, which is reserved for AWS internal use.";
    for (operation, members) in calls {
        for (key, told) in [("A", twice), ("a", twice), ("AWS:b", reserved)] {
            let tags = [
                ("Tags.member.1.Key", "a"),
                ("Tags.member.1.Value", "1"),
                ("Tags.member.2.Key", key),
                ("Tags.member.2.Value", "1"),
            ];
            let refused = fixture.iam(operation, &[members, &tags].concat()).await.unwrap_err();
            assert_eq!((refused.status, refused.to_string().as_str()), (400, told), "{operation}");
        }
    }
}

#[tokio::test]
async fn what_tools_ask_of_an_account_is_answered() {
    let fixture = Fixture::new();
    let user = fixture.iam("GetUser", &[]).await.unwrap();
    assert_eq!(element(&user, "Arn"), "arn:aws:iam::000000000000:user/local");
    let nobody = fixture.iam("GetUser", &[("UserName", "x")]).await.unwrap_err();
    assert_eq!(nobody.to_string(), "NoSuchEntity: The user with name x cannot be found.");
    assert_eq!(element(&fixture.iam("ListAccountAliases", &[]).await.unwrap(), "AccountAliases"), "");
    let none = fixture.iam("GetInstanceProfile", &[("InstanceProfileName", "x")]).await.unwrap_err();
    assert_eq!(none.to_string(), "NoSuchEntity: Instance Profile x cannot be found.");
}
