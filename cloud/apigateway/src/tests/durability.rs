//! Memory and disk agree, wherever the caller of a writing operation goes away.

use std::collections::BTreeSet;

use cloud_core::testing::drop_at_every_await;
use cloud_core::{Binding, Location, OperationInfo};
use hyper::Method;
use serde_json::{Value, json};

use super::{Fixture, infos};

/// What the operations are dropped on: the lesson's API, and in it an integration, a stage and a deployment that nothing
/// uses.
#[derive(Clone)]
struct Subject {
    fixture: Fixture,
    api: String,
    integration: String,
    unused_integration: String,
    route: String,
    deployment: String,
    authorizer: String,
}

async fn begin() -> Subject {
    let fixture = Fixture::new();
    let here = Location::default();
    let lesson = fixture.lesson(&here).await;
    let path = format!("/v2/apis/{}", lesson.id);
    let post =
        async |kind: &str, body: &Value| fixture.call(&here, Method::POST, &format!("{path}/{kind}"), body).await;
    let unused = post("integrations", &integration()).await;
    post("stages", &json!({"stageName": "unused"})).await;
    let deployment = post("deployments", &json!({})).await;
    let authorizer = post("authorizers", &authorizer("unused")).await;
    Subject {
        api: lesson.id,
        integration: lesson.integration,
        unused_integration: unused["integrationId"].as_str().unwrap().to_owned(),
        route: lesson.route,
        deployment: deployment["deploymentId"].as_str().unwrap().to_owned(),
        authorizer: authorizer["authorizerId"].as_str().unwrap().to_owned(),
        fixture,
    }
}

fn authorizer(name: &str) -> Value {
    json!({
        "name": name, "authorizerType": "JWT", "identitySource": ["$request.header.Authorization"],
        "jwtConfiguration": {"audience": ["a"], "issuer": "https://example.com"}
    })
}

fn integration() -> Value {
    json!({
        "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0",
        "integrationUri": "arn:aws:lambda:us-east-1:000000000000:function:other"
    })
}

/// It forgets what functions answered, which is in memory alone.
const IN_MEMORY: &str = "ResetAuthorizersCache";

/// A valid body of an operation that writes; none for an operation that has no case here.
fn body(operation: &str) -> Option<Value> {
    match operation {
        "CreateApi" => Some(json!({"name": "new", "protocolType": "HTTP"})),
        "UpdateApi" => Some(json!({"description": "changed"})),
        "CreateIntegration" => Some(integration()),
        "UpdateIntegration" => Some(json!({"timeoutInMillis": 1000})),
        "CreateAuthorizer" => Some(authorizer("new")),
        "UpdateAuthorizer" => Some(json!({"name": "changed"})),
        "CreateRoute" => Some(json!({"routeKey": "GET /new"})),
        "UpdateRoute" => Some(json!({"routeKey": "PUT /start"})),
        "CreateStage" => Some(json!({"stageName": "new", "autoDeploy": true})),
        "UpdateStage" => Some(json!({"description": "changed"})),
        "CreateDeployment" => Some(json!({"stageName": "unused"})),
        "TagResource" => Some(json!({"tags": {"b": "2"}})),
        "DeleteApi"
        | "DeleteCorsConfiguration"
        | "DeleteIntegration"
        | "DeleteRoute"
        | "DeleteStage"
        | "DeleteDeployment"
        | "DeleteAuthorizer"
        | IN_MEMORY
        | "UntagResource" => Some(Value::Null),
        _ => None,
    }
}

/// Calls an operation on the subject; it must succeed.
async fn call(subject: &Subject, info: OperationInfo) {
    let Binding::Rest(method, template) = info.binding else { panic!("{} is no path", info.name) };
    let integration = match info.name {
        "DeleteIntegration" => &subject.unused_integration,
        _ => &subject.integration,
    };
    let stage = if info.name == "DeleteStage" { "unused" } else { "dev" };
    let path = template
        .replace("{ApiId}", &subject.api)
        .replace("{IntegrationId}", integration)
        .replace("{RouteId}", &subject.route)
        .replace("{StageName}", stage)
        .replace("{DeploymentId}", &subject.deployment)
        .replace("{AuthorizerId}", &subject.authorizer)
        .replace("{ResourceArn}", &format!("arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F{}", subject.api));
    let query = if info.name == "UntagResource" { "?tagKeys=a" } else { "" };
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let body = body(info.name).unwrap_or_default();
    let answer = subject.fixture.answer(&Location::default(), method, &format!("{path}{query}"), &body).await;
    assert!(answer.is_ok(), "{}: {answer:?}", info.name);
}

fn assert_agrees(fixture: &Fixture, operation: &str) {
    let reopened = fixture.reopened();
    assert_eq!(fixture.apis.table.read(Clone::clone), reopened.table.read(Clone::clone), "{operation}");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn memory_and_disk_agree_wherever_an_operation_is_dropped() {
    for info in infos().filter(|info| info.access.writes() && info.name != IN_MEMORY) {
        let operation = |subject: Subject| async move { call(&subject, info).await };
        let check = |subject: Subject| async move { assert_agrees(&subject.fixture, info.name) };
        let awaits = drop_at_every_await(begin, operation, check).await;
        assert!(awaits > 1, "{} never waited", info.name);
    }
}

#[test]
fn every_operation_that_writes_is_dropped() {
    let writes: BTreeSet<&str> = infos().filter(|info| info.access.writes()).map(|info| info.name).collect();
    let cases: BTreeSet<&str> = infos().map(|info| info.name).filter(|name| body(name).is_some()).collect();
    assert_eq!(cases, writes);
}
