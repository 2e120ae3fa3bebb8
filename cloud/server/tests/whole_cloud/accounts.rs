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
