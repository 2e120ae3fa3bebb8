//! Stage variables in what integrations lead to: functions, servers and roles.

use cloud_core::Location;
use hyper::Method;
use serde_json::{Value, json};

use super::Fixture;
use super::server::{Server, ok};
use super::services::TRUSTED_ROLE;

const LAMBDA: &str =
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:";

fn to_function(name: &str) -> Value {
    let uri = format!("{LAMBDA}{name}/invocations");
    json!({"integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "integrationUri": uri})
}

fn to_server(uri: &str) -> Value {
    json!({"integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "integrationUri": uri})
}

/// Changes the variables of the stage.
async fn set(fixture: &Fixture, api: &str, variables: Value) {
    let path = format!("/v2/apis/{api}/stages/dev");
    fixture.call(&Location::default(), Method::PATCH, &path, &json!({ "stageVariables": variables })).await;
}

#[tokio::test]
async fn a_variable_names_the_function_its_version_or_its_alias() {
    let fixture = Fixture::new();
    let function = |name: &str| format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
    for (name, variables, invoked) in [
        ("${stageVariables.f}", json!({"f": "send"}), "send"),
        ("${stageVariables.f}", json!({"f": "send:live"}), "send:live"),
        ("send:${stageVariables.v}", json!({"v": "2"}), "send:2"),
        ("${stageVariables.f}:${stageVariables.v}", json!({"f": "send", "v": "live"}), "send:live"),
    ] {
        let api = fixture.api_with("POST /start", &to_function(name), &variables).await;
        let source = format!("arn:aws:execute-api:us-east-1:000000000000:{api}/dev/POST/start");
        assert_eq!(fixture.post(&api, "/dev/start", "").await.0, 500, "{invoked} lets nobody in");
        fixture.functions.allow(&function(invoked), &source);
        assert_eq!(fixture.post(&api, "/dev/start", "").await.0, 200, "{name}");
        assert_eq!(fixture.functions.invoked.lock().unwrap().pop().unwrap().0, function(invoked));
    }
}

#[tokio::test]
async fn each_stage_has_its_own_and_what_is_missing_or_elsewhere_is_not_invoked() {
    let fixture = Fixture::new();
    let api = fixture.api_with("POST /start", &to_function("${stageVariables.f}"), &json!({"f": "one"})).await;
    for name in ["one", "two"] {
        let arn = format!("arn:aws:lambda:us-east-1:000000000000:function:{name}");
        fixture.functions.allow(&arn, &format!("arn:aws:execute-api:us-east-1:000000000000:{api}/dev/POST/start"));
    }
    for (variables, status) in [
        (json!({"f": "one"}), 200),
        (json!({"f": "two"}), 200),
        (json!({"f": "none"}), 500),
        (json!({"g": "one"}), 500),
        (json!({}), 500),
    ] {
        set(&fixture, &api, variables.clone()).await;
        assert_eq!(fixture.post(&api, "/dev/start", "").await.0, status, "{variables}");
    }
    let names: Vec<String> = fixture.functions.invoked.lock().unwrap().iter().map(|(arn, _)| arn.clone()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn a_variable_of_another_account_leads_nowhere() {
    let fixture = Fixture::new();
    let there = LAMBDA.replace("000000000000", "000000000002");
    let mut integration = to_function("");
    integration["integrationUri"] = json!(format!("{there}${{stageVariables.f}}/invocations"));
    let api = fixture.api_with("POST /start", &integration, &json!({"f": "one"})).await;
    let source = format!("arn:aws:execute-api:us-east-1:000000000000:{api}/dev/POST/start");
    fixture.functions.allow("arn:aws:lambda:us-east-1:000000000002:function:one", &source);
    assert_eq!(fixture.post(&api, "/dev/start", "").await.0, 500);
    assert!(fixture.functions.invoked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_variable_stands_for_any_part_of_a_servers_url() {
    let fixture = Fixture::new();
    let server = Server::start(|_| Some(ok("{}"))).await;
    let authority = server.authority.clone();
    for (uri, variables, asked) in [
        ("http://${stageVariables.url}".to_owned(), json!({ "url": authority }), "/"),
        ("http://${stageVariables.url}/x/{id}".to_owned(), json!({ "url": authority }), "/x/7"),
        (format!("http://{authority}/${{stageVariables.p}}/{{id}}"), json!({"p": "base"}), "/base/7"),
        (format!("http://{authority}/a?q=${{stageVariables.q}}"), json!({"q": "1"}), "/a?q=1"),
    ] {
        let api = fixture.api_with("POST /{id}", &to_server(&uri), &variables).await;
        assert_eq!(fixture.post(&api, "/dev/7", "").await.0, 200, "{uri}");
        assert!(server.last().starts_with(&format!("POST {asked} HTTP/1.1")), "{uri}: {}", server.last());
    }
    let api = fixture.api_with("POST /a", &to_server("http://${stageVariables.url}/"), &json!({})).await;
    assert_eq!(fixture.post(&api, "/dev/a", "").await.0, 500);
    set(&fixture, &api, json!({"url": "example.com"})).await;
    assert_eq!(fixture.post(&api, "/dev/a", "").await.0, 501, "nothing leads off the machine");
    set(&fixture, &api, json!({"url": "localhost:4566"})).await;
    assert_eq!(fixture.post(&api, "/dev/a", "").await.0, 500, "nor to the cloud itself");
}

#[tokio::test]
async fn a_variable_names_the_role() {
    let fixture = Fixture::new();
    let integration = json!({
        "integrationType": "AWS_PROXY", "integrationSubtype": "StepFunctions-StartExecution",
        "credentialsArn": "arn:aws:iam::000000000000:${stageVariables.role}", "payloadFormatVersion": "1.0",
        "requestParameters": {"StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m"},
    });
    let api = fixture.api_with("POST /start", &integration, &json!({"role": "role/gateway"})).await;
    fixture.post(&api, "/dev/start", "").await;
    let acting = fixture.services.called.lock().unwrap().pop().unwrap().acting.unwrap();
    assert_eq!(acting.0, TRUSTED_ROLE);
    set(&fixture, &api, json!({"role": "role/other"})).await;
    assert_eq!(fixture.post(&api, "/dev/start", "").await.0, 500);
}

#[tokio::test]
async fn what_a_variable_can_not_be() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.api_with("POST /start", &to_function("f"), &json!({"f": "one"})).await;
    let stages = format!("/v2/apis/{api}/stages");
    for (name, value) in [("a-b", "c"), ("a", "b c"), ("a", "{b}"), ("a", "user@host"), ("a", "")] {
        let stage = json!({"stageName": "s", "stageVariables": {name: value}});
        let refused = fixture.answer(&here, Method::POST, &stages, &stage).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (400, "BadRequestException"), "{name} {value}");
    }
    let integrations = format!("/v2/apis/{api}/integrations");
    let account = LAMBDA.replace("000000000000", "${stageVariables.a}");
    for uri in [format!("{account}f/invocations"), LAMBDA.to_owned(), "${stageVariables.uri}".to_owned()] {
        let mut integration = to_function("f");
        integration["integrationUri"] = json!(uri);
        let refused = fixture.answer(&here, Method::POST, &integrations, &integration).await.unwrap_err();
        assert_eq!(refused.message, "Invalid function ARN or invalid uri", "{uri}");
    }
}
