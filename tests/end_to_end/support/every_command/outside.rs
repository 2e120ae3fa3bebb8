//! What somebody else changes in the account, behind the deployer's back.

use serde_json::{Value, json};

use crate::support::cloud::Cloud;

const STACK: &str = "step-functions-example-dev";
const ACCOUNT: &str = "us-east-1:000000000000";
const TAGS: [&str; 2] = ["workshop:stack", "workshop:key"];

fn ok(answer: (u16, String)) -> Value {
    assert!((200..300).contains(&answer.0), "{answer:?}");
    serde_json::from_str(&answer.1).unwrap_or_default()
}

fn states(cloud: &Cloud, operation: &str, body: &Value) -> Value {
    ok(cloud.call("states", "POST", "/", &format!("AWSStepFunctions.{operation}"), &body.to_string()))
}

fn iam(cloud: &Cloud, form: &str) {
    ok(cloud.call("iam", "POST", "/", "", &format!("{form}&Version=2010-05-08")));
}

fn machine(key: &str) -> String {
    format!("arn:aws:states:{ACCOUNT}:stateMachine:{STACK}-{key}")
}

fn role(key: &str) -> String {
    format!("{STACK}-us-east-1-{key}")
}

/// The stack's API, and the items of a part of it.
fn api(cloud: &Cloud) -> String {
    let apis = ok(cloud.call("apigateway", "GET", "/v2/apis", "", ""));
    apis["items"][0]["apiId"].as_str().expect("an API").to_owned()
}

fn parts(cloud: &Cloud, path: &str) -> Vec<Value> {
    ok(cloud.call("apigateway", "GET", path, "", ""))["items"].as_array().expect("items").clone()
}

/// An execution of the state machine that is about to go.
pub fn start_extra(cloud: &Cloud) {
    states(cloud, "StartExecution", &json!({ "stateMachineArn": machine("extraFlow"), "name": "left", "input": "{}" }));
}

/// That execution ends.
pub fn stop_extra(cloud: &Cloud) {
    let arn = format!("{}:left", machine("extraFlow").replace(":stateMachine:", ":execution:"));
    states(cloud, "StopExecution", &json!({ "executionArn": arn }));
}

/// Nothing leads to the live version of `sendEmail` any more.
pub fn delete_alias(cloud: &Cloud) {
    ok(cloud.call("lambda", "DELETE", &format!("/2015-03-31/functions/{STACK}-sendEmail/aliases/live"), "", ""));
}

/// A managed policy is attached to a role.
pub fn attach_a_policy(cloud: &Cloud) {
    let arn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    for key in ["extra", "sendEmail"] {
        let form = format!("Action=AttachRolePolicy&RoleName={}&PolicyArn={arn}", role(key));
        // The role may be gone already.
        let _ = cloud.call("iam", "POST", "/", "", &format!("{form}&Version=2010-05-08"));
    }
}

/// Trust, routes and the stage are changed by hand. The embedded cloud knows one format of events, so integrations are not.
pub fn drift(cloud: &Cloud) {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","ec2.amazonaws.com"]},"Action":"sts:AssumeRole"}]}"#;
    iam(cloud, &format!("Action=UpdateAssumeRolePolicy&RoleName={}&PolicyDocument={trust}", role("sendEmail")));
    let api = format!("/v2/apis/{}", api(cloud));
    let integrations = parts(cloud, &format!("{api}/integrations"));
    let id = |integration: &Value| integration["integrationId"].as_str().expect("an id").to_owned();
    let patch = |path: &str, body: &Value| ok(cloud.call("apigateway", "PATCH", path, "", &body.to_string()));
    for route in parts(cloud, &format!("{api}/routes")) {
        let others = integrations.iter().map(&id).map(|it| format!("integrations/{it}"));
        let other = others.into_iter().find(|it| route["target"] != **it).expect("another integration");
        let path = format!("{api}/routes/{}", route["routeId"].as_str().expect("an id"));
        patch(&path, &json!({ "target": other }));
    }
    patch(&format!("{api}/stages/dev"), &json!({ "autoDeploy": false }));
}

/// Nothing shows any more whose it is.
pub fn untag_everything(cloud: &Cloud) {
    for key in ["startStateMachine", "sendEmail", "myStateMachine", "extra", "extraFlow"] {
        iam(
            cloud,
            &format!(
                "Action=UntagRole&RoleName={}&TagKeys.member.1={}&TagKeys.member.2={}",
                role(key),
                TAGS[0],
                TAGS[1]
            ),
        );
    }
    let query = format!("tagKeys={}&tagKeys={}", TAGS[0], TAGS[1]);
    for key in ["startStateMachine", "sendEmail", "extra"] {
        let arn = format!("arn:aws:lambda:{ACCOUNT}:function:{STACK}-{key}");
        ok(cloud.call("lambda", "DELETE", &format!("/2017-03-31/tags/{arn}?{query}"), "", ""));
        let group = format!("arn:aws:logs:{ACCOUNT}:log-group:/aws/lambda/{STACK}-{key}");
        let body = json!({ "resourceArn": group, "tagKeys": TAGS });
        ok(cloud.call("logs", "POST", "/", "Logs_20140328.UntagResource", &body.to_string()));
    }
    let activity = format!("arn:aws:states:{ACCOUNT}:activity:{STACK}-extraTask");
    for arn in [machine("myStateMachine"), machine("extraFlow"), activity] {
        states(cloud, "UntagResource", &json!({ "resourceArn": arn, "tagKeys": TAGS }));
    }
    let arn = format!("arn:aws:apigateway:us-east-1::/apis/{}", api(cloud));
    let arn = percent_encoding::utf8_percent_encode(&arn, percent_encoding::NON_ALPHANUMERIC);
    ok(cloud.call("apigateway", "DELETE", &format!("/v2/tags/{arn}?{query}"), "", ""));
}
