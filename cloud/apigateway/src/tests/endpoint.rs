//! What an endpoint answers.

use std::time::Duration;

use cloud_core::{Location, ServiceError, testing};
use hyper::Method;
use serde_json::{Value, json};

use super::functions::Behaviour;
use super::{Fixture, LessonApi};

async fn allowed() -> (Fixture, LessonApi) {
    let fixture = Fixture::new();
    let api = fixture.lesson(&Location::default()).await;
    let source = format!("arn:aws:execute-api:us-east-1:000000000000:{}/dev/POST/start", api.id);
    fixture.functions.allow("arn:aws:lambda:us-east-1:000000000000:function:start", &source);
    (fixture, api)
}

#[tokio::test]
async fn the_route_of_the_stage_is_invoked() {
    let (fixture, api) = allowed().await;
    assert_eq!(fixture.post(&api.id, "/dev/start", r#"{"a":1}"#).await.0, 200);
    assert_eq!(fixture.post(&api.id, "/dev/other", "").await, (404, r#"{"message":"Not Found"}"#.to_owned()));
    assert_eq!(fixture.post(&api.id, "/prod/start", "").await.0, 404);
    assert_eq!(fixture.post("unknown", "/dev/start", "").await.0, 404);
    let invoked = fixture.functions.invoked.lock().unwrap();
    assert_eq!((invoked.len(), &invoked[0].1["body"]), (1, &json!(r#"{"a":1}"#)));
}

#[tokio::test]
async fn a_function_that_does_not_let_the_api_in_is_not_invoked() {
    let fixture = Fixture::new();
    let api = fixture.lesson(&Location::default()).await;
    let expected = (500, r#"{"message":"Internal Server Error"}"#.to_owned());
    assert_eq!(fixture.post(&api.id, "/dev/start", "").await, expected);
    assert!(fixture.functions.invoked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_function_that_fails_or_is_throttled() {
    let (fixture, api) = allowed().await;
    let refused = |status| Behaviour::Refuses(ServiceError::new(status, "X", "x"));
    for (behaviour, status) in [(Behaviour::FailsUnhandled, 500), (refused(429), 503), (refused(404), 500)] {
        fixture.functions.behave(behaviour.clone());
        assert_eq!(fixture.post(&api.id, "/dev/start", "").await.0, status, "{behaviour:?}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_function_that_takes_too_long() {
    let (fixture, api) = allowed().await;
    let path = format!("/v2/apis/{}/integrations/{}", api.id, api.integration);
    fixture.call(&Location::default(), Method::PATCH, &path, &json!({"timeoutInMillis": 50})).await;
    for (takes_ms, status) in [(49, 200), (51, 503)] {
        fixture.functions.behave(Behaviour::Takes(Duration::from_millis(takes_ms)));
        let asked = tokio::spawn({
            let fixture = fixture.clone();
            let api = api.id.clone();
            async move { fixture.post(&api, "/dev/start", "").await.0 }
        });
        testing::run_for(&fixture.control, Duration::from_millis(100)).await;
        assert_eq!(asked.await.unwrap(), status, "{takes_ms} ms");
    }
}

#[tokio::test]
async fn a_stage_that_does_not_deploy_by_itself_serves_its_deployment() {
    let (fixture, api) = allowed().await;
    let here = Location::default();
    let path = format!("/v2/apis/{}", api.id);
    fixture.call(&here, Method::POST, &format!("{path}/stages"), &json!({"stageName": "prod"})).await;
    assert_eq!(fixture.post(&api.id, "/prod/start", "").await.0, 404, "nothing is deployed");
    let source = format!("arn:aws:execute-api:us-east-1:000000000000:{}/prod/POST/start", api.id);
    fixture.functions.allow("arn:aws:lambda:us-east-1:000000000000:function:start", &source);
    fixture.call(&here, Method::POST, &format!("{path}/deployments"), &json!({"stageName": "prod"})).await;
    let route = format!("{path}/routes/{}", api.route);
    fixture.call(&here, Method::DELETE, &route, &Value::Null).await;
    assert_eq!(fixture.post(&api.id, "/prod/start", "").await.0, 200, "it serves what was deployed");
    assert_eq!(fixture.post(&api.id, "/dev/start", "").await.0, 404, "the other serves what is there");
}

#[tokio::test]
async fn pages_of_apis_meet() {
    let fixture = Fixture::new();
    let here = Location::default();
    for name in ["a", "b", "c"] {
        let api = json!({"name": name, "protocolType": "HTTP"});
        fixture.call(&here, Method::POST, "/v2/apis", &api).await;
    }
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let page = fixture.call(&here, Method::GET, &format!("/v2/apis?maxResults=2{token}"), &Value::Null).await;
        names.extend(page["items"].as_array().unwrap().iter().map(|api| api["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["nextToken"].as_str() else { break };
        token = format!("&nextToken={next}");
    }
    names.sort();
    assert_eq!(names, ["a", "b", "c"]);
}
