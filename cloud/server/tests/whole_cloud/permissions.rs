//! Roles may do what their policies allow, in every service, and nothing else.

use std::time::Duration;

use crate::world::{World, read};
use cloud_core::Request;
use cloud_core::testing::run_for;
use hyper::Method;
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "000000000000";
const OTHER: &str = "000000000002";
/// Lets everybody in the account, and the services, have a role.
pub(crate) const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com","states.amazonaws.com"],"AWS":"000000000000"},"Action":"sts:AssumeRole"}]}"#;

/// A policy of these statements.
pub(crate) fn policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn allow(action: &str, resource: &str) -> String {
    policy(&format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#))
}

/// Runs a machine to its end; gives the error and the cause of its failure, or nothing.
pub(crate) async fn run(world: &World, machine: &str) -> Option<(String, String)> {
    let started = world.states(ACCOUNT, "StartExecution", &json!({"stateMachineArn": machine})).await;
    run_for(&world.control, Duration::from_secs(30)).await;
    let execution = json!({"executionArn": started["executionArn"]});
    let ended = world.states(ACCOUNT, "DescribeExecution", &execution).await;
    assert_ne!(ended["status"], "RUNNING", "{ended}");
    let text = |name: &str| ended[name].as_str().unwrap_or_default().to_owned();
    (ended["status"] == "FAILED").then(|| (text("error"), text("cause")))
}

/// The cause without what differs from run to run.
fn steady(cause: &str) -> String {
    let session = |rest: &str| rest.split_once(' ').map(|(name, rest)| format!("role/m/{} {rest}", name.len()));
    let cause = cause.split_once("role/m/").and_then(|(start, rest)| Some(format!("{start}{}", session(rest)?)));
    let cause = cause.unwrap_or_default();
    match cause.split_once("Request ID: ") {
        Some((start, rest)) => {
            let end = rest.find([';', ')']).unwrap_or(rest.len());
            format!("{start}Request ID: ID{}", rest.get(end..).unwrap_or_default())
        }
        None => cause,
    }
}

pub(crate) fn task(resource: &str, parameters: &Value) -> Value {
    json!({"StartAt": "T", "States": {"T": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": true}}})
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_machines_role_decides_what_its_tasks_may_do() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &all).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let child = world.create_machine(ACCOUNT, "child", &all, &pass).await;
    let role = world.create_role_named(ACCOUNT, "m", TRUST).await;
    let mut told = Vec::new();
    for (name, resource, parameters, action, of) in [
        ("plain", function.as_str(), json!({}), "lambda:InvokeFunction", function.as_str()),
        (
            "invoke",
            "arn:aws:states:::lambda:invoke",
            json!({"FunctionName": function}),
            "lambda:InvokeFunction",
            function.as_str(),
        ),
        (
            "parent",
            "arn:aws:states:::states:startExecution",
            json!({"StateMachineArn": child}),
            "states:StartExecution",
            child.as_str(),
        ),
        ("sfn", "arn:aws:states:::aws-sdk:sfn:listStateMachines", json!({}), "states:ListStateMachines", "*"),
        (
            "lambda",
            "arn:aws:states:::aws-sdk:lambda:getFunction",
            json!({"FunctionName": "send"}),
            "lambda:GetFunction",
            function.as_str(),
        ),
        ("logs", "arn:aws:states:::aws-sdk:cloudwatchlogs:describeLogGroups", json!({}), "logs:DescribeLogGroups", "*"),
    ] {
        world.put_policy(ACCOUNT, "m", &allow("s3:*", "*")).await;
        let machine = world.create_machine(ACCOUNT, name, &role, &task(resource, &parameters)).await;
        let (error, cause) = run(&world, &machine).await.unwrap();
        told.push(format!("{error}: {}", steady(&cause)));
        world.put_policy(ACCOUNT, "m", &allow(action, of)).await;
        assert_eq!(run(&world, &machine).await, None, "{name}");
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    Lambda.AWSLambdaException: User: arn:aws:sts::000000000000:assumed-role/m/32 is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:send because no identity-based policy allows the lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: ID; Proxy: null)
    Lambda.AWSLambdaException: User: arn:aws:sts::000000000000:assumed-role/m/32 is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:send because no identity-based policy allows the lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: ID; Proxy: null)
    StepFunctions.AWSStepFunctionsException: User: arn:aws:sts::000000000000:assumed-role/m/32 is not authorized to perform: states:StartExecution on resource: arn:aws:states:us-east-1:000000000000:stateMachine:child because no identity-based policy allows the states:StartExecution action (Service: AWSStepFunctions; Status Code: 400; Error Code: AccessDeniedException; Request ID: ID; Proxy: null)
    Sfn.SfnException: User: arn:aws:sts::000000000000:assumed-role/m/32 is not authorized to perform: states:ListStateMachines on resource: arn:aws:states:us-east-1:000000000000:stateMachine:* because no identity-based policy allows the states:ListStateMachines action (Service: Sfn, Status Code: 400, Request ID: ID) (SDK Attempt Count: 1)
    Lambda.LambdaException: User: arn:aws:sts::000000000000:assumed-role/m/32 is not authorized to perform: lambda:GetFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:send because no identity-based policy allows the lambda:GetFunction action (Service: Lambda, Status Code: 403, Request ID: ID) (SDK Attempt Count: 1)
    CloudWatchLogs.CloudWatchLogsException: User: arn:aws:sts::000000000000:assumed-role/m/32 is not authorized to perform: logs:DescribeLogGroups on resource: arn:aws:logs:us-east-1:000000000000:log-group::log-stream: because no identity-based policy allows the logs:DescribeLogGroups action (Service: CloudWatchLogs, Status Code: 400, Request ID: ID) (SDK Attempt Count: 1)
    ");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_functions_own_policy_lets_a_machine_in_too() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &all).await;
    let role = world.create_role_named(ACCOUNT, "m", TRUST).await;
    let machine = world.create_machine(ACCOUNT, "m", &role, &task(&function, &json!({}))).await;
    assert!(run(&world, &machine).await.is_some());
    let grant = |id: &str, principal: &str| json!({"StatementId": id, "Action": "lambda:InvokeFunction", "Principal": principal});
    let path = "/2015-03-31/functions/send/policy";
    world.rest(ACCOUNT, "lambda", Method::POST, path, &grant("account", ACCOUNT)).await;
    assert!(run(&world, &machine).await.is_some(), "naming the account leaves it to the role's policies");
    world.rest(ACCOUNT, "lambda", Method::POST, path, &grant("role", &role)).await;
    assert_eq!(run(&world, &machine).await, None);
    world.put_policy(ACCOUNT, "m", &policy(r#"{"Effect":"Deny","Action":"lambda:*","Resource":"*"}"#)).await;
    let (_, cause) = run(&world, &machine).await.unwrap();
    assert!(cause.contains(" with an explicit deny in an identity-based policy (Service: AWSLambda"), "{cause}");
}

/// A client with the credentials of a role's session.
pub(crate) struct Session<'w> {
    world: &'w World,
    key: String,
}

impl<'w> Session<'w> {
    pub(crate) async fn open(world: &'w World, role: &str, further: &[(&str, &str)]) -> Self {
        let mut members = vec![("RoleArn", role), ("RoleSessionName", "me")];
        members.extend(further);
        let answer = world.query(ACCOUNT, "sts", "AssumeRole", &members).await.unwrap();
        let (_, rest) = answer.split_once("<AccessKeyId>").unwrap();
        Self { world, key: rest.split_once('<').unwrap().0.to_owned() }
    }

    pub(crate) fn request(&self, service: &str) -> Request {
        let mut request = self.world.request(ACCOUNT, service);
        if let Some(scope) = &mut request.scope {
            self.key.clone_into(&mut scope.access_key);
        }
        request
    }

    /// What Step Functions refuses, or nothing.
    async fn states(&self, operation: &str, input: &Value) -> Option<String> {
        let request = self.request("states").with_target("AWSStepFunctions", operation, input.to_string());
        let response = self.world.cloud.answer(request).await;
        let answer = read(&response);
        (answer["__type"] == "AccessDeniedException").then(|| {
            assert_eq!(response.status, 400);
            answer["message"].as_str().unwrap().to_owned()
        })
    }

    async fn rest(&self, service: &str, method: Method, path: &str, body: &Value) -> (u16, String) {
        let request = self.request(service).with_path(method, path, "", body.to_string());
        let response = self.world.cloud.answer(request).await;
        (response.status, String::from_utf8_lossy(&response.body).into_owned())
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_session_is_refused_as_each_service_refuses() {
    let world = World::new(1);
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    let session = Session::open(&world, &role, &[]).await;
    let mut told = vec![session.states("ListStateMachines", &json!({})).await.unwrap()];
    let machine = json!({"stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m:live"});
    told.push(session.states("StartExecution", &machine).await.unwrap());
    let rest = async |service: &str, path: &str| {
        let (status, text) = session.rest(service, Method::GET, path, &Value::Null).await;
        format!("{status} {text}")
    };
    told.push(rest("lambda", "/2015-03-31/functions/f%3Alive").await);
    told.push(rest("apigateway", "/v2/apis").await);
    let group = r#"{"logGroupName":"g","logStreamName":"s"}"#;
    for operation in ["DescribeLogStreams", "CreateLogStream"] {
        let request = session.request("logs").with_target("Logs_20140328", operation, group);
        told.push(read(&world.cloud.answer(request).await)["message"].to_string());
    }
    for (action, member) in [("GetRole", ("RoleName", "r")), ("CreateRole", ("RoleName", "new"))] {
        let refused = world.query_with(session.request("iam"), action, &[member]).await.unwrap_err();
        told.push(refused.lines().map(str::trim).collect());
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: states:ListStateMachines on resource: arn:aws:states:us-east-1:000000000000:stateMachine:* because no identity-based policy allows the states:ListStateMachines action
    User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: states:StartExecution on resource: arn:aws:states:us-east-1:000000000000:stateMachine:m because no identity-based policy allows the states:StartExecution action
    403 {"Type":"User","Message":"User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: lambda:GetFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:f:live because no identity-based policy allows the lambda:GetFunction action"}
    403 {"message":"User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: apigateway:GET on resource: arn:aws:apigateway:us-east-1::/apis because no identity-based policy allows the apigateway:GET action"}
    "User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: logs:DescribeLogStreams on resource: arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream: because no identity-based policy allows the logs:DescribeLogStreams action"
    "User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: logs:CreateLogStream on resource: arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s because no identity-based policy allows the logs:CreateLogStream action"
    <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: iam:GetRole on resource: role r because no identity-based policy allows the iam:GetRole action</Message></Error><RequestId>request-8</RequestId></ErrorResponse>
    <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::000000000000:role/new because no identity-based policy allows the iam:CreateRole action</Message></Error><RequestId>request-9</RequestId></ErrorResponse>
    "#);
    let identity = world.query_with(session.request("sts"), "GetCallerIdentity", &[]).await.unwrap();
    assert!(identity.contains("assumed-role/r/me"), "{identity}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn conditions_see_the_request_the_resource_and_who_asks() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let machine = world.create_machine(ACCOUNT, "m", &all, &pass).await;
    let tags = json!({"resourceArn": machine, "tags": [{"key": "team", "value": "blue"}]});
    world.states(ACCOUNT, "TagResource", &tags).await;
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    let tag = [("RoleName", "r"), ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "blue")];
    world.query(ACCOUNT, "iam", "TagRole", &tag).await.unwrap();
    let session = Session::open(&world, &role, &[]).await;
    let when = |condition: &str| {
        policy(&format!(r#"{{"Effect":"Allow","Action":"states:*","Resource":"*","Condition":{condition}}}"#))
    };
    let describe = json!({"stateMachineArn": machine});
    for (condition, holds) in [
        (r#"{"StringEquals":{"aws:ResourceTag/team":"blue"}}"#, true),
        (r#"{"StringEquals":{"aws:ResourceTag/team":"red"}}"#, false),
        (r#"{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}"#, true),
        (r#"{"StringEquals":{"aws:RequestedRegion":"us-east-1"}}"#, true),
        (r#"{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}"#, false),
        (r#"{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::000000000000:role/r"}}"#, true),
        (r#"{"StringEquals":{"aws:PrincipalAccount":"000000000000"}}"#, true),
        (r#"{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}"#, true),
        (r#"{"DateLessThan":{"aws:CurrentTime":"2026-01-02T00:00:00Z"}}"#, true),
        (r#"{"DateGreaterThan":{"aws:CurrentTime":"2026-01-02T00:00:00Z"}}"#, false),
        (r#"{"Bool":{"aws:SecureTransport":"true"}}"#, true),
        (r#"{"StringLike":{"aws:userid":"*:me"}}"#, true),
    ] {
        world.put_policy(ACCOUNT, "r", &when(condition)).await;
        let refused = session.states("DescribeStateMachine", &describe).await;
        assert_eq!(refused.is_none(), holds, "{condition} {refused:?}");
    }
    let qualified = json!({"stateMachineArn": format!("{machine}:live")});
    world.put_policy(ACCOUNT, "r", &when(r#"{"StringEquals":{"states:StateMachineQualifier":"live"}}"#)).await;
    assert_eq!(session.states("StartExecution", &qualified).await, None);
    assert!(session.states("StartExecution", &describe).await.is_some());
    let tagged = json!({"resourceArn": machine, "tags": [{"key": "a", "value": "b"}]});
    for (condition, holds) in [
        (r#"{"StringEquals":{"aws:RequestTag/a":"b"}}"#, true),
        (r#"{"StringEquals":{"aws:RequestTag/a":"c"}}"#, false),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}}"#, true),
        (r#"{"ForAllValues:StringEquals":{"aws:TagKeys":["b"]}}"#, false),
    ] {
        world.put_policy(ACCOUNT, "r", &when(condition)).await;
        assert_eq!(session.states("TagResource", &tagged).await.is_none(), holds, "{condition}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn tags_are_shown_to_who_may_list_them() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &all).await;
    let path = format!("/2017-03-31/tags/{}", function.replace(':', "%3A"));
    world.rest(ACCOUNT, "lambda", Method::POST, &path, &json!({"Tags": {"team": "blue"}})).await;
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    let session = Session::open(&world, &role, &[]).await;
    let shown = async || {
        let request = session.request("lambda").with_path(Method::GET, "/2015-03-31/functions/send", "", "");
        read(&world.cloud.answer(request).await)
    };
    world.put_policy(ACCOUNT, "r", &allow("lambda:GetFunction", "*")).await;
    let without = shown().await;
    assert_eq!((without.get("Tags"), &without["TagsError"]["ErrorCode"]), (None, &json!("AccessDeniedException")));
    insta::assert_snapshot!(without["TagsError"]["Message"].as_str().unwrap(), @"User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: lambda:ListTags on resource: arn:aws:lambda:us-east-1:000000000000:function:send because no identity-based policy allows the lambda:ListTags action");
    let both = policy(r#"{"Effect":"Allow","Action":["lambda:GetFunction","lambda:ListTags"],"Resource":"*"}"#);
    world.put_policy(ACCOUNT, "r", &both).await;
    let with = shown().await;
    assert_eq!((&with["Tags"], with.get("TagsError")), (&json!({"team": "blue"}), None));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_role_is_passed_with_permission_only() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    let session = Session::open(&world, &role, &[]).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let create = |name: &str| json!({"name": name, "roleArn": all, "definition": pass.to_string()});
    world.put_policy(ACCOUNT, "r", &allow("states:*", "*")).await;
    insta::assert_snapshot!(session.states("CreateStateMachine", &create("m")).await.unwrap(), @"User: arn:aws:sts::000000000000:assumed-role/r/me is not authorized to perform: iam:PassRole on resource: arn:aws:iam::000000000000:role/all because no identity-based policy allows the iam:PassRole action");
    let passing = |service: &str| {
        policy(&format!(
            r#"{{"Effect":"Allow","Action":"states:*","Resource":"*"}},{{"Effect":"Allow","Action":"iam:PassRole","Resource":"{all}","Condition":{{"StringEquals":{{"iam:PassedToService":"{service}"}}}}}}"#
        ))
    };
    world.put_policy(ACCOUNT, "r", &passing("lambda.amazonaws.com")).await;
    assert!(session.states("CreateStateMachine", &create("m")).await.is_some());
    world.put_policy(ACCOUNT, "r", &passing("states.amazonaws.com")).await;
    assert_eq!(session.states("CreateStateMachine", &create("m")).await, None);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn boundaries_and_session_policies_narrow() {
    let world = World::new(1);
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    world.put_policy(ACCOUNT, "r", &allow("states:*", "*")).await;
    let list = json!({});
    let narrow = allow("states:DescribeStateMachine", "*");
    let narrowed = Session::open(&world, &role, &[("Policy", &narrow)]).await;
    let told = narrowed.states("ListStateMachines", &list).await.unwrap();
    assert!(told.ends_with("because no session policy allows the states:ListStateMachines action"), "{told}");
    let wide = Session::open(&world, &role, &[]).await;
    assert_eq!(wide.states("ListStateMachines", &list).await, None);
    let boundary = [("PolicyName", "edge"), ("PolicyDocument", narrow.as_str())];
    world.query(ACCOUNT, "iam", "CreatePolicy", &boundary).await.unwrap();
    let edge = "arn:aws:iam::000000000000:policy/edge";
    let put = [("RoleName", "r"), ("PermissionsBoundary", edge)];
    world.query(ACCOUNT, "iam", "PutRolePermissionsBoundary", &put).await.unwrap();
    let told = wide.states("ListStateMachines", &list).await.unwrap();
    assert!(told.ends_with("because no permissions boundary allows the states:ListStateMachines action"), "{told}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_policy_of_awss_means_what_it_means() {
    let world = World::new(1);
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    let session = Session::open(&world, &role, &[]).await;
    assert!(session.states("ListStateMachines", &json!({})).await.is_some());
    let attach = [("RoleName", "r"), ("PolicyArn", "arn:aws:iam::aws:policy/AWSStepFunctionsReadOnlyAccess")];
    world.query(ACCOUNT, "iam", "AttachRolePolicy", &attach).await.unwrap();
    assert_eq!(session.states("ListStateMachines", &json!({})).await, None);
    let started = session
        .states("StartExecution", &json!({"stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m"}))
        .await;
    assert!(started.is_some());
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn iam_off_relaxes_and_keeps_accounts_apart() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let function = world.create_function(ACCOUNT, "send", &all).await;
    let role = world.create_role_named(ACCOUNT, "m", TRUST).await;
    let machine = world.create_machine(ACCOUNT, "m", &role, &task(&function, &json!({}))).await;
    let session = Session::open(&world, &role, &[]).await;
    let switch = world.request(ACCOUNT, "states").with_path(Method::PUT, "/_workshop/iam", "", "off");
    assert_eq!(world.cloud.answer(switch.with_header("x-workshop", "1")).await.status, 200);
    assert_eq!(run(&world, &machine).await, None);
    assert_eq!(session.states("ListStateMachines", &json!({})).await, None);
    let path = format!("/2015-03-31/functions/{function}");
    assert_eq!(world.rest(OTHER, "lambda", Method::GET, &path, &Value::Null).await.status, 403);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_waits_for_children_or_logs_needs_it_when_it_is_made() {
    let world = World::new(1);
    let all = world.create_role(ACCOUNT).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let child = world.create_machine(ACCOUNT, "child", &all, &pass).await;
    let role = world.create_role_named(ACCOUNT, "m", TRUST).await;
    let waiting = task("arn:aws:states:::states:startExecution.sync:2", &json!({"StateMachineArn": child}));
    let input = json!({"name": "m", "roleArn": role, "definition": waiting.to_string()});
    let told = world.states(ACCOUNT, "CreateStateMachine", &input).await;
    assert_eq!(told["message"], "'arn:aws:iam::000000000000:role/m' is not authorized to create managed-rule.");
    world.logs(ACCOUNT, "CreateLogGroup", &json!({"logGroupName": "g"})).await;
    let group = "arn:aws:logs:us-east-1:000000000000:log-group:g:*";
    let logging = json!({"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]});
    let input = json!({"name": "l", "roleArn": role, "definition": pass.to_string(), "loggingConfiguration": logging});
    let told = world.states(ACCOUNT, "CreateStateMachine", &input).await;
    assert_eq!(told["message"], "The state machine IAM Role is not authorized to access the Log Destination");
    let rule = "arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";
    let both = policy(&format!(
        r#"{{"Effect":"Allow","Action":["events:PutTargets","events:PutRule","events:DescribeRule"],"Resource":"{rule}"}},{{"Effect":"Allow","Action":"logs:*","Resource":"*"}}"#
    ));
    world.put_policy(ACCOUNT, "m", &both).await;
    world.create_machine(ACCOUNT, "m", &role, &waiting).await;
    assert!(world.states(ACCOUNT, "CreateStateMachine", &input).await["stateMachineArn"].is_string());
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_session_has_no_user_of_its_own() {
    let world = World::new(1);
    let role = world.create_role_named(ACCOUNT, "r", TRUST).await;
    let session = Session::open(&world, &role, &[]).await;
    let refused = world.query_with(session.request("iam"), "GetUser", &[]).await.unwrap_err();
    let asked = "iam:GetUser on resource: arn:aws:sts::000000000000:assumed-role/r/me because";
    assert!(refused.contains(asked), "{refused}");
    world.put_policy(ACCOUNT, "r", &policy(r#"{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}"#)).await;
    let refused = world.query_with(session.request("iam"), "GetUser", &[]).await.unwrap_err();
    assert!(refused.contains("Must specify userName when calling with non-User credentials"), "{refused}");
    let named = world.query_with(session.request("iam"), "GetUser", &[("UserName", "local")]).await;
    assert!(named.unwrap().contains("user/local"));
}
