//! Functions among the other services: what their roles need, their URLs, and the logs that they are sent.

use std::time::Duration;

use cloud_core::testing::run_for;
use cloud_core::{Request, Response, Signed};
use hyper::Method;
use serde_json::{Value, json};

use crate::world::{World, read};

const ACCOUNT: &str = "000000000000";
const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

fn allow(actions: &[&str]) -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}).to_string()
}

async fn configure(world: &World, input: &Value) -> String {
    let path = "/2015-03-31/functions/send/configuration";
    let answer = world.rest(ACCOUNT, "lambda", Method::PUT, path, input).await;
    read(&answer)["message"].as_str().unwrap_or("taken").to_owned()
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_function_whose_role_lacks_what_a_setting_needs_is_refused() {
    let world = World::new(1);
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    world.create_function(ACCOUNT, "send", &role).await;
    let vpc = json!({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}});
    let queue = json!({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"}});
    let topic = json!({"DeadLetterConfig": {"TargetArn": "arn:aws:sns:us-east-1:000000000000:t"}});
    let mut told = Vec::new();
    for (actions, input) in [
        (&[][..], &vpc),
        (&["ec2:CreateNetworkInterface"], &vpc),
        (&["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"], &vpc),
        (&["ec2:*"], &vpc),
        (&["ec2:*"], &queue),
        (&["ec2:*", "sqs:SendMessage"], &queue),
        (&["ec2:*"], &topic),
        (&["ec2:*", "sns:Publish"], &topic),
        // What is there is looked at again when something of it changes.
        (&["sqs:*"], &json!({"DeadLetterConfig": {"TargetArn": ""}})),
        (&["sqs:*"], &json!({"Timeout": 9})),
    ] {
        world.put_policy(ACCOUNT, "r", &allow(if actions.is_empty() { &["s3:*"] } else { actions })).await;
        told.push(configure(&world, input).await);
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    The provided execution role does not have permissions to call CreateNetworkInterface on EC2
    The provided execution role does not have permissions to call DescribeNetworkInterfaces on EC2
    The provided execution role does not have permissions to call DeleteNetworkInterface on EC2
    taken
    The provided execution role does not have permissions to call SendMessage on SQS
    taken
    The provided execution role does not have permissions to call Publish on SNS
    taken
    The provided execution role does not have permissions to call CreateNetworkInterface on EC2
    taken
    ");
}

/// Asks as somebody who does not sign.
async fn ask(world: &World, host: &str, path: &str) -> Response {
    let request = world.request(ACCOUNT, "lambda").with_path(Method::GET, path, "", "").with_header("host", host);
    world.cloud.answer(Request { scope: None, signed: Signed::Not, ..request }).await
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_function_url_answers_by_its_name_and_by_a_path() {
    let world = World::new(1);
    let role = world.create_role(ACCOUNT).await;
    world.create_function(ACCOUNT, "send", &role).await;
    let url = json!({"AuthType": "NONE"});
    let made = world.rest(ACCOUNT, "lambda", Method::POST, "/2021-10-31/functions/send/url", &url).await;
    let address = read(&made)["FunctionUrl"].as_str().unwrap().to_owned();
    let host = address.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let id = host.split('.').next().unwrap();
    assert_eq!(host, format!("{id}.lambda-url.us-east-1.localhost:4566"));
    assert_eq!(ask(&world, &host, "/a").await.status, 403, "nobody was let in");
    for (id, action, member, value) in [
        ("url", "lambda:InvokeFunctionUrl", "FunctionUrlAuthType", json!("NONE")),
        ("invoke", "lambda:InvokeFunction", "InvokedViaFunctionUrl", json!(true)),
    ] {
        let mut grant = json!({"StatementId": id, "Action": action, "Principal": "*"});
        grant[member] = value;
        let path = "/2015-03-31/functions/send/policy";
        assert_eq!(world.rest(ACCOUNT, "lambda", Method::POST, path, &grant).await.status, 201);
    }
    for (host, path) in [(host.as_str(), "/a".to_owned()), ("127.0.0.1:4566", format!("/_url/{id}/a"))] {
        let (answer, ()) = tokio::join!(ask(&world, host, &path), run_for(&world.control, Duration::from_secs(2)));
        assert_eq!((answer.status, read(&answer)), (200, json!({"sent": true})), "{path}");
        let is_sandboxed = answer.has_header("content-security-policy");
        assert_eq!(is_sandboxed, path.starts_with("/_url/"), "what has the cloud's own origin is kept apart");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_permission_names_no_role_that_is_gone() {
    let world = World::new(1);
    let role = world.create_role(ACCOUNT).await;
    world.create_function(ACCOUNT, "send", &role).await;
    let trust = TRUST.replace("lambda.amazonaws.com", "events.amazonaws.com");
    let friend = world.create_role_named(ACCOUNT, "friend", &trust).await;
    let path = "/2015-03-31/functions/send/policy";
    let grant = |id: &str| json!({"StatementId": id, "Action": "lambda:InvokeFunction", "Principal": friend});
    let granted = world.rest(ACCOUNT, "lambda", Method::POST, path, &grant("there")).await;
    assert_eq!(granted.status, 201, "whomever it trusts");
    world.query(ACCOUNT, "iam", "DeleteRole", &[("RoleName", "friend")]).await.unwrap();
    let refused = world.rest(ACCOUNT, "lambda", Method::POST, path, &grant("gone")).await;
    let text = "The provided principal was invalid. Please check the principal and try again.";
    assert_eq!((refused.status, &read(&refused)["message"]), (400, &json!(text)));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_function_is_sent_what_its_group_logs() {
    let world = World::new(1);
    let role = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &role).await;
    world.logs(ACCOUNT, "CreateLogGroup", &json!({"logGroupName": "g"})).await;
    world.logs(ACCOUNT, "CreateLogStream", &json!({"logGroupName": "g", "logStreamName": "s"})).await;
    let filter = json!({"logGroupName": "g", "filterName": "all", "filterPattern": "", "destinationArn": function});
    let refused = world.logs(ACCOUNT, "PutSubscriptionFilter", &filter).await;
    assert!(refused["message"].as_str().unwrap().starts_with("Could not execute the lambda function."), "{refused}");
    let grant = json!({
        "StatementId": "logs", "Action": "lambda:InvokeFunction", "Principal": "logs.amazonaws.com",
        "SourceArn": "arn:aws:logs:us-east-1:000000000000:log-group:g:*", "SourceAccount": ACCOUNT
    });
    world.rest(ACCOUNT, "lambda", Method::POST, "/2015-03-31/functions/send/policy", &grant).await;
    assert_eq!(world.logs(ACCOUNT, "PutSubscriptionFilter", &filter).await, Value::Null);
    let moment = world.now().as_millisecond();
    let events = json!([{"timestamp": moment, "message": "one"}]);
    let put = json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events});
    world.logs(ACCOUNT, "PutLogEvents", &put).await;
    run_for(&world.control, Duration::from_secs(5)).await;
    let lines = world.logs(ACCOUNT, "FilterLogEvents", &json!({"logGroupName": "/aws/lambda/send"})).await;
    let lines = lines["events"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["message"].as_str().unwrap().contains("sending"));
    assert_eq!(lines.count(), 1, "it ran once");
}

/// How often a function has run, by its log.
async fn runs(world: &World, function: &str) -> usize {
    run_for(&world.control, Duration::from_secs(5)).await;
    let lines =
        world.logs(ACCOUNT, "FilterLogEvents", &json!({"logGroupName": format!("/aws/lambda/{function}")})).await;
    let lines = lines["events"].as_array().into_iter().flatten();
    lines.filter(|event| event["message"].as_str().unwrap().contains("sending")).count()
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_destination_is_told_as_the_functions_role() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let told = world.create_function(ACCOUNT, "told", &all).await;
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    world.put_policy(ACCOUNT, "r", &allow(&["logs:*"])).await;
    world.create_function(ACCOUNT, "send", &role).await;
    let config = json!({"DestinationConfig": {"OnSuccess": {"Destination": told}}});
    let path = "/2019-09-25/functions/send/event-invoke-config";
    let refused = world.rest(ACCOUNT, "lambda", Method::PUT, path, &config).await;
    let text = format!("The function execution role does not have permissions to call InvokeFunction on {told}");
    assert_eq!((refused.status, read(&refused)["message"].as_str()), (400, Some(text.as_str())));
    world.put_policy(ACCOUNT, "r", &allow(&["logs:*", "lambda:InvokeFunction"])).await;
    assert_eq!(world.rest(ACCOUNT, "lambda", Method::PUT, path, &config).await.status, 200);
    for (actions, expected) in [(&["logs:*"][..], 0), (&["logs:*", "lambda:InvokeFunction"], 1)] {
        world.put_policy(ACCOUNT, "r", &allow(actions)).await;
        let request = world.request(ACCOUNT, "lambda");
        let path = "/2015-03-31/functions/send/invocations";
        let request = request.with_path(Method::POST, path, "", "{}").with_header("x-amz-invocation-type", "Event");
        assert_eq!(world.cloud.answer(request).await.status, 202);
        assert_eq!(runs(&world, "told").await, expected, "{actions:?}");
    }
    assert_eq!(runs(&world, "send").await, 2);
}
