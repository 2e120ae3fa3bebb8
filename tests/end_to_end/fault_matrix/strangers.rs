//! What others have beside the stack: things of each kind whose names begin as the stack's do, and that carry no tag of it.

use base64::Engine;
use serde_json::json;

use super::scenario::{STACK, zip_of};
use crate::support::cloud::{Cloud, Prepared};

/// An account in which only strangers have something; an execution of theirs waits.
pub fn account() -> Prepared {
    let cloud = Cloud::start(None, &[]);
    let name = format!("{STACK}-stranger");
    role(&cloud, &format!("{STACK}-us-east-1-stranger"), "");
    function(&cloud, &name);
    log_group(&cloud, &format!("/aws/lambda/{name}"));
    state_machine(&cloud, &name);
    start(&cloud, &name, "theirs");
    activity(&cloud, &name);
    ok(cloud.call("apigateway", "POST", "/v2/apis", "", &json!({ "name": name, "protocolType": "HTTP" }).to_string()));
    cloud.stopped()
}

/// A role that functions and state machines may assume; `tags` are members of the request.
pub fn role(cloud: &Cloud, name: &str, tags: &str) {
    let trust = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A\
                 %7B%22Service%22%3A%5B%22lambda.amazonaws.com%22%2C%22states.amazonaws.com%22%5D%7D%2C%22Action%22%3A\
                 %22sts%3AAssumeRole%22%7D%7D";
    let body = format!("Action=CreateRole&Version=2010-05-08&RoleName={name}&AssumeRolePolicyDocument={trust}{tags}");
    ok(cloud.call("iam", "POST", "/", "", &body));
}

/// A function without tags that runs as the strangers' role.
pub fn function(cloud: &Cloud, name: &str) {
    let zip = base64::engine::general_purpose::STANDARD.encode(zip_of("stranger"));
    let body = json!({
        "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Description": "a stranger's",
        "Role": format!("arn:aws:iam::000000000000:role/{STACK}-us-east-1-stranger"), "Code": { "ZipFile": zip },
    });
    ok(cloud.call("lambda", "POST", "/2015-03-31/functions", "", &body.to_string()));
}

/// A log group without tags, as Lambda makes them.
pub fn log_group(cloud: &Cloud, name: &str) {
    let body = json!({ "logGroupName": name }).to_string();
    ok(cloud.call("logs", "POST", "/", "Logs_20140328.CreateLogGroup", &body));
}

/// A state machine without tags that waits for longer than any test takes.
pub fn state_machine(cloud: &Cloud, name: &str) {
    let definition = json!({ "Comment": "a stranger's", "StartAt": "Hold", "States": {
        "Hold": { "Type": "Wait", "Seconds": 100_000, "End": true } } });
    let role = format!("arn:aws:iam::000000000000:role/{STACK}-us-east-1-stranger");
    let body = json!({ "name": name, "definition": definition.to_string(), "roleArn": role }).to_string();
    ok(cloud.call("states", "POST", "/", "AWSStepFunctions.CreateStateMachine", &body));
}

/// An activity without tags.
pub fn activity(cloud: &Cloud, name: &str) {
    ok(cloud.call("states", "POST", "/", "AWSStepFunctions.CreateActivity", &json!({ "name": name }).to_string()));
}

/// Starts an execution of a state machine.
pub fn start(cloud: &Cloud, machine: &str, execution: &str) {
    let arn = format!("arn:aws:states:us-east-1:000000000000:stateMachine:{machine}");
    let body = json!({ "stateMachineArn": arn, "name": execution, "input": "{}" }).to_string();
    ok(cloud.call("states", "POST", "/", "AWSStepFunctions.StartExecution", &body));
}

/// An answer that is a success.
pub fn ok((status, text): (u16, String)) -> String {
    assert!((200..300).contains(&status), "{status} {text}");
    text
}
