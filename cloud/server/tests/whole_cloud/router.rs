//! Which service and operation a request reaches, and how those are refused that reach none.

use std::collections::BTreeSet;

use crate::world::{World, read};
use cloud_core::Request;
use hyper::Method;
use serde_json::json;

const ACCOUNT: &str = "000000000000";

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_is_not_served_is_refused_by_name_in_the_services_own_protocol() {
    let world = World::new(1);
    let told = world.states(ACCOUNT, "Frobnicate", &json!({})).await;
    assert_eq!(told["message"], "The embedded cloud does not implement states:Frobnicate yet.");
    let request = world.request(ACCOUNT, "dynamodb").with_target("DynamoDB_20120810", "GetItem", "{}");
    let answer = world.cloud.answer(request).await;
    assert_eq!(answer.status, 501);
    assert_eq!(read(&answer)["message"], "The embedded cloud does not implement DynamoDB_20120810.GetItem yet.");
    let rest = async |service: &str, path: &str| {
        let answer = world.rest(ACCOUNT, service, Method::POST, path, &json!({})).await;
        String::from_utf8_lossy(&answer.body).into_owned()
    };
    assert!(rest("apigateway", "/restapis").await.contains("apigateway: POST /restapis"));
    assert!(rest("s3", "/bucket").await.contains("s3: POST /bucket"));
    assert!(rest("lambda", "/2015-03-31/layers").await.contains("lambda: POST /2015-03-31/layers"));
    let form = world.request(ACCOUNT, "iam").with_path(Method::POST, "/", "", "Action=CreateUser");
    let answer = world.cloud.answer(form).await;
    assert!(String::from_utf8_lossy(&answer.body).contains("does not implement iam:CreateUser yet"));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn an_unsigned_request_is_refused_in_its_own_protocol() {
    let world = World::new(1);
    let refused = async |method: Method, path: &str, body: &'static str| {
        let mut request = world.request(ACCOUNT, "").with_path(method, path, "", body);
        request.scope = None;
        let answer = world.cloud.answer(request).await;
        assert_eq!(answer.status, 403);
        String::from_utf8_lossy(&answer.body).into_owned()
    };
    assert!(refused(Method::POST, "/", "Action=CreateRole").await.starts_with("<ErrorResponse"));
    let cognito = async |target: &str| {
        let request = world.request(ACCOUNT, "").with_path(Method::POST, "/", "", "{}");
        let answer = world.cloud.answer(Request { scope: None, ..request.with_header("x-amz-target", target) }).await;
        (answer.status, String::from_utf8_lossy(&answer.body).into_owned())
    };
    let (status, told) = cognito("AWSCognitoIdentityProviderService.InitiateAuth").await;
    assert!(status == 501 && told.contains("AWSCognitoIdentityProviderService.InitiateAuth"), "{told}");
    assert_eq!(cognito("DynamoDB_20120810.ListTables").await.0, 400, "what AWS has signed");
    let saml = Request { scope: None, ..world.request(ACCOUNT, "") };
    let saml = saml.with_path(Method::POST, "/", "", "Action=AssumeRoleWithSAML&Version=2011-06-15");
    let told = String::from_utf8_lossy(&world.cloud.answer(saml).await.body).into_owned();
    assert!(told.contains("does not implement sts:AssumeRoleWithSAML yet"), "{told}");
    assert!(refused(Method::GET, "/v2/apis", "").await.starts_with("{\"message\""));
    assert!(refused(Method::GET, "/2015-03-31/functions", "").await.starts_with("{\"Type\":\"User\""));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn another_machines_name_reaches_nothing() {
    let world = World::new(1);
    let request = world.request(ACCOUNT, "states").with_header("host", "example.com");
    assert_eq!(world.cloud.answer(request).await.status, 403);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn every_operation_is_listed_once_with_an_action_of_its_service() {
    let world = World::new(1);
    for service in world.cloud.services() {
        let mut names = BTreeSet::new();
        for operation in service.operations() {
            assert!(names.insert(operation.name), "{} is listed twice", operation.name);
            let (prefix, _) = operation.action.split_once(':').unwrap();
            assert_eq!(prefix, service.info().signing_name, "{}", operation.name);
        }
    }
}
