//! What definitions need, one kind of call after the other.

use serde_json::{Value, json};

use super::*;
use crate::fixtures::{key, service, stack};
use crate::policy::Reason;
use model::source::Source;

const MACHINE: &str = "service = \"shop\"\n[state_machines.m]\ndefinition = \"flow.asl.json\"\n";

/// The policy of a machine, a line for each statement and note. `states` are the states of its definition, each on a line.
fn policy_of(states: &[&str], declared: &str) -> String {
    let text = format!("{{\"StartAt\": \"A\", \"States\": {{\n{}\n}}}}", states.join(",\n"));
    let definition = Definition::parse(&Source::new("flow.asl.json", text)).unwrap();
    let service = service(&format!("{MACHINE}{declared}"));
    let policy = policy(&key("m"), &service.state_machines[&key("m")], &definition, &stack());
    let place = |reason: &Reason| format!("{} {}", reason.at, reason.state.as_deref().unwrap_or("-"));
    let mut lines = Vec::new();
    for statement in &policy.statements {
        let places: Vec<String> = statement.reasons.iter().map(place).collect();
        lines.push(format!("{} -> {}", statement.actions.join(" "), statement.resources.join(" ")));
        lines.extend(statement.condition.as_ref().map(|condition| format!("  if {condition}")));
        lines.push(format!("  {}", places.join(", ")));
    }
    lines.extend(policy.notes.iter().map(|note| format!("note {}: {}", place(note), note.why)));
    lines.join("\n")
}

/// A task on one line.
fn task(name: &str, resource: &str, parameters: &Value) -> String {
    let state = json!({"Type": "Task", "Resource": resource, "Parameters": parameters, "End": true});
    format!("{}: {state}", json!(name))
}

fn one(resource: &str, parameters: &Value) -> String {
    policy_of(&[&task("A", &format!("arn:aws:states:::{resource}"), parameters)], "")
}

#[test]
fn functions_are_invoked_in_any_version() {
    let lambda = "arn:aws:lambda:#{AWS::Region}:#{AWS::AccountId}:function";
    let states = [
        task("A", &format!("{lambda}:#{{AWS::StackName}}-send"), &Value::Null),
        task("B", &format!("{lambda}:#{{AWS::StackName}}-send"), &Value::Null),
        task("C", "arn:aws:states:::lambda:invoke.waitForTaskToken", &json!({"FunctionName": "other:live"})),
        task("D", "arn:aws:states:eu-west-1:123456789012:activity:work", &Value::Null),
        task("E", "arn:aws:states:eu-west-1:123456789012:lambda:invoke", &json!({"FunctionName": "other:live"})),
    ];
    insta::assert_snapshot!(policy_of(&states.each_ref().map(String::as_str), ""), @r"
    lambda:InvokeFunction -> arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-send arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-send:*
      flow.asl.json:2 A, flow.asl.json:3 B
    lambda:InvokeFunction -> arn:aws:lambda:eu-west-1:123456789012:function:other:live
      flow.asl.json:4 C, flow.asl.json:6 E
    ");
}

#[test]
fn a_function_that_only_an_execution_knows_is_one_of_those_that_are_named() {
    let dynamic = task("A", "arn:aws:states:::lambda:invoke", &json!({"FunctionName.$": "$.f"}));
    let named = r#""B": {"Type": "Pass", "Result": {"f": "arn:aws:lambda:eu-west-1:1:function:f"}, "Next": "A"}"#;
    insta::assert_snapshot!(policy_of(&[&dynamic], ""), @"note flow.asl.json:2 A: which function it invokes is known only when it runs, so nothing is allowed for it: add [[state_machines.m.permissions]] with lambda:InvokeFunction");
    insta::assert_snapshot!(policy_of(&[&dynamic, named], ""), @r"
    lambda:InvokeFunction -> arn:aws:lambda:eu-west-1:1:function:f arn:aws:lambda:eu-west-1:1:function:f:*
      flow.asl.json:2 A
    note flow.asl.json:2 A: which function it invokes is known only when it runs; it may invoke those that the definition names: for others add [[state_machines.m.permissions]] with lambda:InvokeFunction
    ");
    let declared = "[[state_machines.m.permissions]]\nactions = [\"lambda:Invoke*\"]\nresources = [\"*\"]\n";
    assert_eq!(policy_of(&[&dynamic, named], declared), "");
}

#[test]
fn child_executions_are_started_and_waited_for() {
    let child = json!({"StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:child"});
    insta::assert_snapshot!(one("states:startExecution", &child), @r"
    states:StartExecution -> arn:aws:states:eu-west-1:123456789012:stateMachine:child
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(one("states:startExecution.sync:2", &child), @r"
    states:StartExecution -> arn:aws:states:eu-west-1:123456789012:stateMachine:child
      flow.asl.json:2 A
    states:DescribeExecution states:StopExecution -> arn:aws:states:eu-west-1:123456789012:execution:child:*
      flow.asl.json:2 A
    events:PutTargets events:PutRule events:DescribeRule -> arn:aws:events:eu-west-1:123456789012:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(one("states:startExecution", &json!({"StateMachineArn.$": "$.m"})), @"note flow.asl.json:2 A: which state machine it starts is known only when it runs, so nothing is allowed for it: add [[state_machines.m.permissions]] with states:StartExecution");
}

#[test]
fn messages_items_and_events_go_to_what_is_written_down() {
    insta::assert_snapshot!(one("sqs:sendMessage", &json!({"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/q"})), @r"
    sqs:SendMessage -> arn:aws:sqs:eu-west-1:1:q
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(one("sqs:sendMessage.waitForTaskToken", &json!({"QueueUrl.$": "$.q"})), @"note flow.asl.json:2 A: to which queue it sends is known only when it runs, so nothing is allowed for it: add [[state_machines.m.permissions]] with sqs:SendMessage");
    insta::assert_snapshot!(one("sns:publish", &json!({"TopicArn": "arn:aws:sns:eu-west-1:1:t"})), @r"
    sns:Publish -> arn:aws:sns:eu-west-1:1:t
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(one("dynamodb:putItem", &json!({"TableName": "orders"})), @r"
    dynamodb:PutItem -> arn:aws:dynamodb:eu-west-1:123456789012:table/orders
      flow.asl.json:2 A
    ");
    let entries = json!({"Entries": [{"EventBusName": "own"}, {"Source": "x"}]});
    insta::assert_snapshot!(one("events:putEvents", &entries), @r"
    events:PutEvents -> arn:aws:events:eu-west-1:123456789012:event-bus/default arn:aws:events:eu-west-1:123456789012:event-bus/own
      flow.asl.json:2 A
    ");
}

#[test]
fn an_http_task_calls_one_url_as_one_connection() {
    let connection = "arn:aws:events:eu-west-1:123456789012:connection/shop/0a1b";
    let called = json!({
        "ApiEndpoint": "https://api.example.com/pay", "Method": "POST", "Authentication": {"ConnectionArn": connection},
    });
    insta::assert_snapshot!(one("http:invoke", &called), @r#"
    states:InvokeHTTPEndpoint -> arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-m
      if {"StringEquals":{"states:HTTPEndpoint":"https://api.example.com/pay","states:HTTPMethod":"POST"}}
      flow.asl.json:2 A
    events:RetrieveConnectionCredentials -> arn:aws:events:eu-west-1:123456789012:connection/shop/0a1b
      flow.asl.json:2 A
    secretsmanager:GetSecretValue secretsmanager:DescribeSecret -> arn:aws:secretsmanager:eu-west-1:123456789012:secret:events!connection/shop/*
      flow.asl.json:2 A
    "#);
    insta::assert_snapshot!(one("http:invoke", &json!({"ApiEndpoint.$": "$.url", "Method": "GET"})), @r"
    note flow.asl.json:2 A: which URL it calls is known only when it runs, so nothing is allowed for it: add [[state_machines.m.permissions]] with states:InvokeHTTPEndpoint
    note flow.asl.json:2 A: as which connection it calls is known only when it runs, so nothing is allowed for it: add [[state_machines.m.permissions]] with events:RetrieveConnectionCredentials, secretsmanager:GetSecretValue, secretsmanager:DescribeSecret
    ");
}

#[test]
fn sdk_calls_get_the_action_and_the_resource_if_it_is_written_down() {
    insta::assert_snapshot!(one("aws-sdk:dynamodb:query", &json!({"TableName": "t", "IndexName": "i"})), @r"
    dynamodb:Query -> arn:aws:dynamodb:eu-west-1:123456789012:table/t/index/i
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(one("aws-sdk:s3:headObject", &json!({"Bucket": "b", "Key": "k"})), @r"
    s3:GetObject -> arn:aws:s3:::b/k
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(one("aws-sdk:sfn:sendTaskSuccess", &json!({"TaskToken.$": "$.t"})), @r"
    states:SendTaskSuccess -> *
      flow.asl.json:2 A
    note flow.asl.json:2 A: what states:SendTaskSuccess acts on can't be read off here, so it is allowed on everything: to narrow it, add [[state_machines.m.permissions]] with states:SendTaskSuccess and the ARNs
    ");
    insta::assert_snapshot!(one("aws-sdk:secretsmanager:getSecretValue", &json!({"SecretId": "db"})), @r"
    secretsmanager:GetSecretValue -> arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-??????
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(one("aws-sdk:bedrockruntime:invokeModel", &json!({})), @"note flow.asl.json:2 A: what InvokeModel of bedrockruntime needs is not known here, so nothing is allowed for it: add [[state_machines.m.permissions]]");
    insta::assert_snapshot!(one("batch:submitJob.sync", &json!({})), @"note flow.asl.json:2 A: what submitJob of batch needs is not known here, so nothing is allowed for it: add [[state_machines.m.permissions]]");
}

#[test]
fn what_the_service_file_declares_needs_no_note() {
    let declared = |actions: &str| {
        format!("[[state_machines.m.permissions]]\nactions = [\"{actions}\"]\nresources = [\"arn:aws:x:::y\"]\n")
    };
    let with = |resource: &str, actions: &str| {
        let task = task("A", &format!("arn:aws:states:::{resource}"), &json!({}));
        policy_of(&[&task], &declared(actions))
    };
    assert_eq!(with("aws-sdk:sfn:sendTaskSuccess", "states:SendTask*"), "");
    assert_eq!(with("aws-sdk:bedrockruntime:invokeModel", "bedrock:InvokeModel"), "");
    assert_eq!(with("sns:publish", "SNS:Publish"), "");
    assert!(with("sns:publish", "sns:Subscribe").contains("note"));
}

#[test]
fn a_task_with_credentials_needs_nothing_but_the_other_role() {
    let task = |role: &str| {
        format!(
            r#""A": {{"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:2:function:f", "End": true, "Credentials": {role}}}"#
        )
    };
    insta::assert_snapshot!(policy_of(&[&task(r#"{"RoleArn": "arn:aws:iam::2:role/r"}"#)], ""), @r"
    sts:AssumeRole -> arn:aws:iam::2:role/r
      flow.asl.json:2 A
    ");
    insta::assert_snapshot!(policy_of(&[&task(r#"{"RoleArn.$": "$.r"}"#)], ""), @"note flow.asl.json:2 A: as which role it makes the call is known only when it runs, so nothing is allowed for it: add [[state_machines.m.permissions]] with sts:AssumeRole");
}

#[test]
fn a_distributed_map_runs_itself_and_reads_and_writes_its_buckets() {
    let map = r#""A": {"Type": "Map", "End": true,
"ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "in", "Key": "a.csv"}},
"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}, "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}},
"ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "out", "Prefix": "results/"}}}"#;
    insta::assert_snapshot!(policy_of(&[map], ""), @r"
    s3:GetObject -> arn:aws:s3:::in/a.csv
      flow.asl.json:3 A
    states:StartExecution -> arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-m
      flow.asl.json:4 A
    states:DescribeExecution states:StopExecution -> arn:aws:states:eu-west-1:123456789012:execution:shop-dev-m:*
      flow.asl.json:4 A
    states:RedriveExecution -> arn:aws:states:eu-west-1:123456789012:execution:shop-dev-m/*:*
      flow.asl.json:4 A
    s3:PutObject s3:GetObject s3:ListMultipartUploadParts s3:AbortMultipartUpload -> arn:aws:s3:::out/results/*
      flow.asl.json:5 A
    ");
    let listing = r#""A": {"Type": "Map", "End": true,
"ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN"},
"Parameters": {"Bucket": "in", "Prefix": "p/"}}}"#;
    insta::assert_snapshot!(policy_of(&[listing], ""), @r"
    s3:ListBucket -> arn:aws:s3:::in
      flow.asl.json:3 A
    s3:GetObject -> arn:aws:s3:::in/p/*
      flow.asl.json:3 A
    ");
}

proptest::proptest! {
    #[test]
    fn no_task_makes_it_panic(service in "[a-z0-9:.é]{0,20}", value in "\\PC{0,30}") {
        let members = [
            "FunctionName", "StateMachineArn", "QueueUrl", "TopicArn", "TableName", "ApiEndpoint", "Method", "Bucket", "SecretId",
        ];
        let mut parameters: serde_json::Map<_, _> = members.iter().map(|name| ((*name).to_owned(), json!(value))).collect();
        parameters.insert("Entries".to_owned(), json!([{"EventBusName": value}]));
        parameters.insert("Authentication".to_owned(), json!({"ConnectionArn": value}));
        let parameters = Value::Object(parameters);
        one(&service, &parameters);
        for known in ["lambda:invoke", "states:startExecution.sync", "sqs:sendMessage", "events:putEvents", "http:invoke"] {
            one(known, &parameters);
        }
    }
}
