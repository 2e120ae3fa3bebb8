//! The policy as a document, and the table against that of the operations.

use super::*;
use aws::permissions::OPERATIONS;
use model::names::{AccountId, Region, ServiceName, StageName};
use model::role_path::RolePath;

fn stack(service: &str, stage: &str, region: &str) -> Stack {
    Stack {
        service: ServiceName::parse(service).unwrap(),
        stage: StageName::parse(stage).unwrap(),
        region: Region::parse(region).unwrap(),
        account: AccountId::parse("123456789012").unwrap(),
        role_path: RolePath::default(),
        names: model::stack::DeployedNames::default(),
    }
}

#[test]
fn every_operation_belongs_to_a_command() {
    let named: BTreeSet<(&str, &str)> =
        CallerCommand::ALL.into_iter().flat_map(|it| it.calls().iter().copied().flatten()).copied().collect();
    let known: BTreeSet<(&str, &str)> = OPERATIONS.iter().map(|row| (row.service, row.name)).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "no row in crates/aws/src/permissions/operations.rs: {unknown:?}");
    // `local status` counts what an embedded cloud holds; a profile's role is the profile's own affair.
    let of_no_command = BTreeSet::from([("Lambda", "ListFunctions"), ("STS", "AssumeRole")]);
    let missing: Vec<_> = known.difference(&named).filter(|it| !of_no_command.contains(it)).collect();
    assert!(missing.is_empty(), "add to the commands that call it, in commands.rs: {missing:?}");
}

#[test]
fn the_policy_of_a_reading_command_is_small() {
    let policy = caller_policy(&BTreeSet::from([CallerCommand::Show]), &stack("shop", "dev", "cn-north-1"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&policy.to_json()).unwrap(), @r#"
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "StateMachines",
          "Effect": "Allow",
          "Action": [
            "states:ListExecutions"
          ],
          "Resource": "arn:aws-cn:states:cn-north-1:123456789012:stateMachine:shop-dev-*"
        },
        {
          "Sid": "Executions",
          "Effect": "Allow",
          "Action": [
            "states:DescribeExecution",
            "states:DescribeStateMachineForExecution",
            "states:GetExecutionHistory"
          ],
          "Resource": "arn:aws-cn:states:cn-north-1:123456789012:execution:shop-dev-*"
        },
        {
          "Sid": "LogGroups",
          "Effect": "Allow",
          "Action": [
            "logs:FilterLogEvents"
          ],
          "Resource": "arn:aws-cn:logs:cn-north-1:123456789012:log-group:/aws/lambda/shop-dev-*"
        }
      ]
    }
    "#);
}

#[test]
fn the_whole_policy_is_one_that_iam_takes() {
    let long = stack("a-service-with-a-name-of-35-letters", "a-stage-of-anna-and-bert", "ap-southeast-2");
    for stack in [stack("shop", "dev", "eu-west-1"), long] {
        let all = caller_policy(&CallerCommand::ALL.into_iter().collect(), &stack);
        let text = all.to_string();
        let read = Document::read(&text).unwrap();
        read.check_identity().unwrap();
        assert!(text.len() <= MANAGED_POLICY_LIMIT, "{} characters", text.len());
    }
}

#[test]
fn roles_are_passed_to_the_two_services_alone() {
    let stack = stack("shop", "dev", "eu-west-1");
    let services = |command| {
        let policy = caller_policy(&BTreeSet::from([command]), &stack).to_json();
        let statements = policy["Statement"].as_array().unwrap().clone();
        let passes = statements.into_iter().find(|statement| statement["Sid"] == "PassRoles");
        passes.map(|it| it["Condition"]["StringEquals"]["iam:PassedToService"].to_string()).unwrap_or_default()
    };
    assert_eq!(services(CallerCommand::Deploy), r#"["lambda.amazonaws.com","states.amazonaws.com"]"#);
    assert_eq!(services(CallerCommand::Rollback), r#"["states.amazonaws.com"]"#);
    assert_eq!(services(CallerCommand::Remove), "");
}
