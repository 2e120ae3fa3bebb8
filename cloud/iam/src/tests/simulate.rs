//! SimulatePrincipalPolicy and SimulateCustomPolicy.

use super::{Fixture, LAMBDA_TRUST, element};

const ROLE: &str = "arn:aws:iam::000000000000:role/r";
const STATES: &str = "{\"Version\":\"2012-10-17\",\"Statement\":[\n {\"Effect\":\"Allow\",\"Action\":\"states:*\",\"Resource\":\"*\"},\n {\"Effect\":\"Deny\",\"Action\":\"states:Delete*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:RequestedRegion\":\"eu-west-1\"}}}]}";

#[tokio::test]
async fn custom_policies_are_judged_alone() {
    let fixture = Fixture::new();
    let ask = async |action: &str, further: &[(&str, &str)]| {
        let mut members = vec![("PolicyInputList.member.1", STATES), ("ActionNames.member.1", action)];
        members.extend(further);
        fixture.iam("SimulateCustomPolicy", &members).await.unwrap()
    };
    let allowed = ask("states:DeleteStateMachine", &[]).await;
    assert_eq!(element(&allowed, "EvalDecision"), "allowed");
    assert_eq!(element(&allowed, "EvalResourceName"), "*");
    assert_eq!(element(&allowed, "SourcePolicyId"), "PolicyInputList.1");
    assert_eq!(element(&allowed, "StartPosition"), "<Line>2</Line><Column>2</Column>");
    assert_eq!(element(&allowed, "MissingContextValues"), "<member>aws:RequestedRegion</member>");
    let region = [
        ("ContextEntries.member.1.ContextKeyName", "aws:RequestedRegion"),
        ("ContextEntries.member.1.ContextKeyType", "string"),
        ("ContextEntries.member.1.ContextKeyValues.member.1", "eu-west-1"),
    ];
    let denied = ask("states:DeleteStateMachine", &region).await;
    assert_eq!(element(&denied, "EvalDecision"), "explicitDeny");
    assert_eq!(denied.matches("<SourcePolicyId>").count(), 1, "only what denies: {denied}");
    assert_eq!(element(&ask("lambda:InvokeFunction", &[]).await, "EvalDecision"), "implicitDeny");
    let bounded = [("PermissionsBoundaryPolicyInputList.member.1", super::LOGS_POLICY)];
    let bounded = ask("states:ListStateMachines", &bounded).await;
    assert_eq!(element(&bounded, "EvalDecision"), "implicitDeny");
    assert_eq!(element(&bounded, "AllowedByPermissionsBoundary"), "false");
}

#[tokio::test]
async fn what_is_asked_is_checked() {
    let fixture = Fixture::new();
    let refused =
        async |members: &[(&str, &str)]| fixture.iam("SimulateCustomPolicy", members).await.unwrap_err().to_string();
    assert!(refused(&[("PolicyInputList.member.1", STATES)]).await.contains("'actionNames'"));
    let action = ("ActionNames.member.1", "states:ListStateMachines");
    assert!(refused(&[action]).await.contains("'policyInputList'"));
    assert_eq!(refused(&[action, ("PolicyInputList.member.1", "[]")]).await, "InvalidInput: Syntax errors in policy.");
    let states = ("PolicyInputList.member.1", STATES);
    let wild = refused(&[states, ("ActionNames.member.1", "states:*")]).await;
    assert_eq!(wild, "InvalidInput: Invalid action: states:*");
    let session = "arn:aws:sts::000000000000:assumed-role/r/s";
    for caller in [ROLE, session, "arn:aws:iam::000000000000:user/"] {
        let told = format!("InvalidInput: Invalid CallerArn: {caller} is not the ARN of an IAM user.");
        assert_eq!(refused(&[states, action, ("CallerArn", caller)]).await, told);
    }
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/ann"},"Action":"*","Resource":"*"}]}"#;
    let policy = ("ResourcePolicy", policy);
    let needs_caller = "InvalidInput: CallerArn is required with a ResourcePolicy.";
    assert_eq!(refused(&[states, action, policy]).await, needs_caller);
    let ann = ("CallerArn", "arn:aws:iam::000000000000:user/ann");
    let logs = ("ActionNames.member.1", "logs:PutLogEvents");
    let by_ann = fixture.iam("SimulateCustomPolicy", &[states, logs, policy, ann]).await.unwrap();
    assert_eq!(element(&by_ann, "EvalDecision"), "allowed");
    let of_role = fixture.iam("SimulatePrincipalPolicy", &[action, policy, ("PolicySourceArn", ROLE)]).await;
    assert_eq!(of_role.unwrap_err().to_string(), needs_caller);
    let user = ("PolicySourceArn", "arn:aws:iam::000000000000:user/local");
    fixture.iam("SimulatePrincipalPolicy", &[action, policy, user]).await.unwrap();
    let missing = [action, ("PolicySourceArn", ROLE)];
    assert_eq!(fixture.iam("SimulatePrincipalPolicy", &missing).await.unwrap_err().code, "NoSuchEntity");
}

#[tokio::test]
async fn a_roles_policies_are_judged_with_those_that_are_added() {
    let fixture = Fixture::new();
    fixture.create_role("r", LAMBDA_TRUST).await;
    let put = [("RoleName", "r"), ("PolicyName", "p"), ("PolicyDocument", STATES)];
    fixture.iam("PutRolePolicy", &put).await.unwrap();
    let ask = async |source: &str, action: &str, further: &[(&str, &str)]| {
        let mut members = vec![("PolicySourceArn", source), ("ActionNames.member.1", action)];
        members.extend(further);
        fixture.iam("SimulatePrincipalPolicy", &members).await.unwrap()
    };
    let own = ask(ROLE, "states:ListStateMachines", &[]).await;
    assert_eq!(
        (element(&own, "EvalDecision"), element(&own, "SourcePolicyId")),
        ("allowed".to_owned(), "role_r_p".to_owned())
    );
    assert_eq!(element(&ask(ROLE, "logs:PutLogEvents", &[]).await, "EvalDecision"), "implicitDeny");
    let added = [("PolicyInputList.member.1", super::LOGS_POLICY)];
    assert_eq!(element(&ask(ROLE, "logs:PutLogEvents", &added).await, "EvalDecision"), "allowed");
    let user = "arn:aws:iam::000000000000:user/local";
    assert_eq!(element(&ask(user, "logs:PutLogEvents", &[]).await, "EvalDecision"), "allowed");
    let elsewhere = [("ResourceArns.member.1", "arn:aws:states:us-east-1:000000000009:stateMachine:m")];
    assert_eq!(element(&ask(ROLE, "states:DescribeStateMachine", &elsewhere).await, "EvalDecision"), "implicitDeny");
}
