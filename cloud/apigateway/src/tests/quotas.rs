//! How much an API has at most, and which tags it is not given.

use cloud_core::Location;
use hyper::Method;
use serde_json::{Value, json};

use super::Fixture;

/// Creates one more of something until that is refused; gives how many there are then, and the refusal's text.
async fn fill(fixture: &Fixture, path: &str, input: impl Fn(usize) -> Value) -> (usize, String) {
    let here = Location::default();
    let mut made = 0;
    let refused = loop {
        match fixture.answer(&here, Method::POST, path, &input(made)).await {
            Ok(_) => made += 1,
            Err(refused) => break refused,
        }
    };
    assert_eq!((refused.status, refused.code.as_str()), (429, "ConflictException"), "{refused}");
    let mut listed = 0;
    let mut token = String::new();
    loop {
        let page = fixture.call(&here, Method::GET, &format!("{path}?maxResults=100{token}"), &Value::Null).await;
        listed += page["items"].as_array().unwrap().len();
        let Some(next) = page["nextToken"].as_str() else { break };
        token = format!("&nextToken={next}");
    }
    (listed, refused.message)
}

#[tokio::test]
async fn an_api_has_so_many_stages_routes_and_integrations() {
    let fixture = Fixture::new();
    let api = fixture.lesson(&Location::default()).await;
    let path = format!("/v2/apis/{}", api.id);
    let text = |what: &str| {
        format!(
            "Maximum number of {what} for this API has been reached. Please contact AWS if you need additional {what}."
        )
    };
    let stages = fill(&fixture, &format!("{path}/stages"), |index| json!({"stageName": format!("s{index}")})).await;
    assert_eq!(stages, (10, text("Stages")));
    let routes = fill(&fixture, &format!("{path}/routes"), |index| json!({"routeKey": format!("GET /r{index}")})).await;
    assert_eq!(routes, (300, text("Routes")));
    let uri = "arn:aws:lambda:us-east-1:000000000000:function:start";
    let integration = json!({"integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "integrationUri": uri});
    let integrations = fill(&fixture, &format!("{path}/integrations"), |_| integration.clone()).await;
    assert_eq!(integrations, (300, text("Integrations")));
}

#[tokio::test]
async fn tag_keys_that_aws_keeps_for_itself_are_refused() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    let tags = json!({"AWS:x": "1"});
    let arn = format!("arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F{}", api.id);
    for (path, input) in [
        ("/v2/apis".to_owned(), json!({"name": "b", "protocolType": "HTTP", "tags": tags})),
        (format!("/v2/apis/{}/stages", api.id), json!({"stageName": "s", "tags": tags})),
        (format!("/v2/tags/{arn}"), json!({"tags": tags})),
    ] {
        let refused = fixture.answer(&here, Method::POST, &path, &input).await.unwrap_err();
        assert_eq!((refused.status, refused.code.as_str()), (400, "BadRequestException"), "{path}");
        assert_eq!(refused.message, "Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)");
    }
    let listed = fixture.call(&here, Method::GET, &format!("/v2/tags/{arn}"), &Value::Null).await;
    assert_eq!(listed, json!({"tags": {"a": "1"}}));
}
