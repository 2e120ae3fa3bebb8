//! Accounts see nothing of each other, in any service.

use std::time::Duration;

use crate::world::{World, read};
use cloud_core::testing::run_for;
use hyper::Method;
use serde_json::{Value, json};

const ONE: &str = "000000000000";
const OTHER: &str = "000000000002";

/// Makes an API of an account whose `POST /start` invokes a function of it; gives the API's id.
async fn create_api(world: &World, account: &str, function: &str) -> String {
    let api = json!({"name": "lesson", "protocolType": "HTTP"});
    let api = read(&world.rest(account, "apigateway", Method::POST, "/v2/apis", &api).await);
    let id = api["apiId"].as_str().unwrap_or_else(|| panic!("{api}")).to_owned();
    let integration =
        json!({"integrationType": "AWS_PROXY", "integrationUri": function, "payloadFormatVersion": "2.0"});
    let path = format!("/v2/apis/{id}/integrations");
    let integration = read(&world.rest(account, "apigateway", Method::POST, &path, &integration).await);
    let target = format!("integrations/{}", integration["integrationId"].as_str().unwrap());
    let route = json!({"routeKey": "POST /start", "target": target});
    let path = format!("/v2/apis/{id}/routes");
    assert_eq!(world.rest(account, "apigateway", Method::POST, &path, &route).await.status, 201);
    let stage = json!({"stageName": "dev", "autoDeploy": true});
    let path = format!("/v2/apis/{id}/stages");
    assert_eq!(world.rest(account, "apigateway", Method::POST, &path, &stage).await.status, 201);
    let permission = json!({
        "StatementId": "api", "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com",
        "SourceArn": format!("arn:aws:execute-api:us-east-1:{account}:{id}/*/*/start"),
    });
    let path = "/2015-03-31/functions/send/policy";
    assert_eq!(world.rest(account, "lambda", Method::POST, path, &permission).await.status, 201);
    id
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn the_lesson_of_another_account_runs_there_and_nobody_else_sees_it() {
    let world = World::new(1);
    let role = world.create_role(OTHER).await;
    let function = world.create_function(OTHER, "send", &role).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    world.create_machine(OTHER, "m", &role, &pass).await;
    let id = create_api(&world, OTHER, &function).await;

    let cloud = std::sync::Arc::clone(&world.cloud);
    let mut post = world.request(OTHER, "execute-api").with_path(Method::POST, "/dev/start", "", "{}");
    post = post.with_header("host", &format!("{id}.execute-api.localhost:4566"));
    post.scope = None;
    let answering = tokio::spawn(async move { cloud.answer(post).await });
    run_for(&world.control, Duration::from_secs(3)).await;
    let answered = answering.await.unwrap();
    assert_eq!(answered.status, 200, "{}", String::from_utf8_lossy(&answered.body));

    let apis = async |account: &str| world.rest(account, "apigateway", Method::GET, "/v2/apis", &Value::Null).await;
    assert_eq!(read(&apis(ONE).await)["items"], json!([]));
    assert_eq!(read(&apis(OTHER).await)["items"].as_array().map(Vec::len), Some(1));
    let path = format!("/v2/apis/{id}");
    assert_eq!(world.rest(ONE, "apigateway", Method::GET, &path, &Value::Null).await.status, 404);
    assert_eq!(world.rest(ONE, "apigateway", Method::DELETE, &path, &Value::Null).await.status, 404);
    let functions = world.rest(ONE, "lambda", Method::GET, "/2015-03-31/functions", &Value::Null).await;
    assert_eq!(read(&functions)["Functions"], json!([]));
    assert_eq!(world.states(ONE, "ListStateMachines", &json!({})).await["stateMachines"], json!([]));
    assert_eq!(world.logs(ONE, "DescribeLogGroups", &json!({})).await["logGroups"], json!([]));
}

/// Requests of the other account that name the function by its ARN: method and path, one for each operation that names one.
fn by_arn(operation: &cloud_core::OperationInfo, arn: &str) -> Option<(Method, String)> {
    let cloud_core::Binding::Rest(method, path) = operation.binding else { return None };
    let named = path.contains("{FunctionName}") || path.contains("{Resource}");
    let path = path.replace("{FunctionName}", arn).replace("{Resource}", arn);
    let path = path.replace("{StatementId}", "s").replace("{Name}", "live");
    (named || operation.name == "CreateFunction").then(|| (Method::from_bytes(method.as_bytes()).unwrap(), path))
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn another_accounts_function_is_refused_by_arn_in_every_operation() {
    let world = World::new(1);
    let role = world.create_role(ONE).await;
    let arn = world.create_function(ONE, "f", &role).await;
    let mut asked = 0;
    for operation in cloud_lambda::OPERATIONS.iter().map(|operation| &operation.info) {
        let Some((method, path)) = by_arn(operation, &arn) else { continue };
        asked += 1;
        let refused = world.rest(OTHER, "lambda", method, &path, &json!({"FunctionName": arn})).await;
        let told = read(&refused);
        assert_eq!((refused.status, &told["Type"]), (403, &json!("User")), "{} {told}", operation.name);
        let end = format!("because no resource-based policy allows the {} action", operation.action);
        assert!(told["Message"].as_str().unwrap().ends_with(&end), "{told}");
    }
    // All but those that name no function: lists, what the account has, and what there is none of.
    assert_eq!(asked, cloud_lambda::OPERATIONS.len() - 9);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_resource_policy_lets_another_account_in_for_what_it_names() {
    let world = World::new(1);
    let role = world.create_role(ONE).await;
    let arn = world.create_function(ONE, "f", &role).await;
    let permission = json!({"StatementId": "t", "Action": "lambda:GetFunctionConfiguration", "Principal": OTHER});
    let path = "/2015-03-31/functions/f/policy";
    assert_eq!(world.rest(ONE, "lambda", Method::POST, path, &permission).await.status, 201);
    let get = async |account: &str, path: &str| {
        let response = world.rest(account, "lambda", Method::GET, path, &Value::Null).await;
        (response.status, read(&response))
    };
    let path = format!("/2015-03-31/functions/{arn}");
    assert_eq!(get(OTHER, &format!("{path}/configuration")).await.0, 200);
    let (status, told) = get(OTHER, &path).await;
    assert_eq!(status, 403);
    insta::assert_snapshot!(told["Message"].as_str().unwrap(), @"User: arn:aws:iam::000000000002:user/local is not authorized to perform: lambda:GetFunction on resource: arn:aws:lambda:us-east-1:000000000000:function:f because no resource-based policy allows the lambda:GetFunction action");
    assert_eq!(get("000000000003", &format!("{path}/configuration")).await.0, 403);
    let alias = get(OTHER, &format!("{path}:live/configuration")).await;
    assert_eq!(alias.0, 403, "an alias has a policy of its own");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn another_accounts_machine_and_log_group_are_refused_by_arn() {
    let world = World::new(1);
    let role = world.create_role(ONE).await;
    let pass = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    let machine = world.create_machine(ONE, "m", &role, &pass).await;
    for operation in ["DescribeStateMachine", "StartExecution", "DeleteStateMachine"] {
        let told = world.states(OTHER, operation, &json!({"stateMachineArn": machine})).await;
        assert_eq!(told["__type"], "AccessDeniedException", "{operation} {told}");
    }
    world.logs(ONE, "CreateLogGroup", &json!({"logGroupName": "g"})).await;
    let group = json!({"logGroupIdentifier": "arn:aws:logs:us-east-1:000000000000:log-group:g"});
    assert_eq!(world.logs(OTHER, "FilterLogEvents", &group).await["__type"], "AccessDeniedException");
}
