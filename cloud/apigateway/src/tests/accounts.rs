//! Accounts and regions are apart, and an endpoint acts in the account and region of its API.

use hyper::Method;
use serde_json::{Value, json};

use cloud_core::{Binding, Location};

use super::{Fixture, infos, location};

/// The paths of all operations on an API, filled in with the ids of one.
async fn paths(fixture: &Fixture, here: &Location) -> Vec<(&'static str, Method, String)> {
    let api = fixture.lesson(here).await;
    let path = |path: &str| {
        path.replace("{ApiId}", &api.id)
            .replace("{IntegrationId}", &api.integration)
            .replace("{RouteId}", &api.route)
            .replace("{StageName}", "dev")
            .replace("{DeploymentId}", "d")
            .replace("{ResourceArn}", &format!("arn%3Aaws%3Aapigateway%3A{}%3A%3A%2Fapis%2F{}", here.region(), api.id))
    };
    let keys = |operation: &str| if operation == "UntagResource" { "?tagKeys=a" } else { "" };
    let paths = infos().filter_map(|info| match info.binding {
        Binding::Rest(method, template) if template.contains('{') => {
            Some((info.name, Method::from_bytes(method.as_bytes()).unwrap(), path(template) + keys(info.name)))
        }
        _ => None,
    });
    paths.collect()
}

/// A body that every operation can read.
fn body(operation: &str) -> Value {
    match operation {
        "CreateIntegration" => json!({
            "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0",
            "integrationUri": "arn:aws:lambda:us-east-1:000000000000:function:f"
        }),
        "CreateRoute" => json!({"routeKey": "GET /x"}),
        "CreateStage" => json!({"stageName": "x"}),
        _ => json!({}),
    }
}

#[tokio::test]
async fn no_operation_sees_an_api_of_another_account_or_region() {
    let home = location("000000000002", "us-east-1");
    for stranger in [Location::default(), location("000000000003", "us-east-1"), location("000000000002", "eu-west-1")]
    {
        let fixture = Fixture::new();
        let paths = paths(&fixture, &home).await;
        assert_eq!(paths.len(), infos().count() - 2, "all but CreateApi and GetApis name an API");
        for (operation, method, path) in paths {
            let answer = fixture.answer(&stranger, method, &path, &body(operation)).await;
            let error = answer.expect_err(operation);
            assert_eq!(error.code, "NotFoundException", "{operation}");
            assert!(
                error
                    .message
                    .starts_with(&format!("Invalid API identifier specified {}:", stranger.account().as_str())),
                "{operation}: {error}"
            );
        }
        let listed = fixture.call(&stranger, Method::GET, "/v2/apis", &Value::Null).await;
        assert_eq!(listed, json!({"items": []}));
        let own = fixture.call(&home, Method::GET, "/v2/apis", &Value::Null).await;
        assert_eq!(own["items"].as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test]
async fn the_lesson_in_another_account_answers() {
    let fixture = Fixture::new();
    let here = location("000000000002", "us-east-1");
    let api = fixture.lesson(&here).await;
    let function = "arn:aws:lambda:us-east-1:000000000002:function:start";
    let source = format!("arn:aws:execute-api:us-east-1:000000000002:{}/dev/POST/start", api.id);
    fixture.functions.allow(function, &source);
    assert_eq!(fixture.post(&api.id, "/dev/start", "{}").await, (200, r#"{"started":true}"#.to_owned()));
    let invoked = fixture.functions.invoked.lock().unwrap();
    let (arn, event) = &invoked[0];
    assert_eq!(arn, function);
    assert_eq!(event["requestContext"]["accountId"], "000000000002");
    assert_eq!(event["requestContext"]["apiId"], json!(api.id));
}
