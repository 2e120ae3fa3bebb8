//! Quick create, and members that are refused by name.

use cloud_core::Location;
use hyper::Method;
use serde_json::{Value, json};

use super::Fixture;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:start";

#[tokio::test]
async fn an_api_with_a_target_answers_at_once() {
    let fixture = Fixture::new();
    let here = Location::default();
    let quick = json!({"name": "q", "protocolType": "HTTP", "target": FUNCTION, "routeKey": "POST /go"});
    let api = fixture.call(&here, Method::POST, "/v2/apis", &quick).await;
    let id = api["apiId"].as_str().unwrap().to_owned();
    let path = format!("/v2/apis/{id}");
    let list = async |what: &str| {
        fixture.call(&here, Method::GET, &format!("{path}/{what}"), &Value::Null).await["items"].clone()
    };
    let routes = list("routes").await;
    assert_eq!((&routes[0]["routeKey"], &routes[0]["apiGatewayManaged"]), (&json!("POST /go"), &json!(true)));
    let stages = list("stages").await;
    assert_eq!((&stages[0]["stageName"], &stages[0]["autoDeploy"]), (&json!("$default"), &json!(true)));
    let integrations = list("integrations").await;
    assert_eq!(integrations[0]["integrationUri"], FUNCTION);
    assert_eq!(
        (&integrations[0]["payloadFormatVersion"], &integrations[0]["integrationType"]),
        (&json!("2.0"), &json!("AWS_PROXY"))
    );
    fixture.functions.allow(FUNCTION, &format!("arn:aws:execute-api:us-east-1:000000000000:{id}/$default/POST/go"));
    assert_eq!(fixture.post(&id, "/go", "{}").await.0, 200);
    let changed = json!({"routeKey": "$default", "target": FUNCTION.replace("start", "other")});
    fixture.call(&here, Method::PATCH, &path, &changed).await;
    assert_eq!(list("routes").await[0]["routeKey"], "$default");
    assert!(list("integrations").await[0]["integrationUri"].as_str().unwrap().ends_with(":other"));
}

#[tokio::test]
async fn the_route_of_a_quick_create_is_the_default_one_and_its_target_a_function() {
    let fixture = Fixture::new();
    let here = Location::default();
    let create = async |further: Value| {
        let mut api = json!({"name": "q", "protocolType": "HTTP"});
        api.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        fixture.answer(&here, Method::POST, "/v2/apis", &api).await
    };
    create(json!({"target": FUNCTION})).await.unwrap();
    assert_eq!(create(json!({"routeKey": "GET /"})).await.unwrap_err().code, "BadRequestException");
    assert_eq!(
        create(json!({"target": FUNCTION, "routeKey": "nothing"})).await.unwrap_err().code,
        "BadRequestException"
    );
    let url = create(json!({"target": "https://example.com"})).await.unwrap();
    let made: Value = serde_json::from_slice(&url.body).unwrap();
    let path = format!("/v2/apis/{}/integrations", made["apiId"].as_str().unwrap());
    let integration = fixture.call(&here, Method::GET, &path, &Value::Null).await["items"][0].clone();
    let told =
        (&integration["integrationType"], &integration["integrationMethod"], &integration["payloadFormatVersion"]);
    assert_eq!(told, (&json!("HTTP_PROXY"), &json!("ANY"), &json!("1.0")));
    let plain = fixture.lesson(&here).await;
    let change =
        fixture.answer(&here, Method::PATCH, &format!("/v2/apis/{}", plain.id), &json!({"target": FUNCTION})).await;
    assert_eq!(change.unwrap_err().code, "BadRequestException");
}

#[tokio::test]
async fn members_that_would_be_left_out_are_refused_by_their_names() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    let path = |what: &str| format!("/v2/apis/{}/{what}", api.id);
    let proxy = json!({"integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "integrationUri": FUNCTION});
    let with = |base: &Value, name: &str, value: Value| {
        let mut body = base.clone();
        body[name] = value;
        body
    };
    let stage = json!({"stageName": "s"});
    let asked = [
        ("integrations", with(&proxy, "tlsConfig", json!({"serverNameToVerify": "x"})), "tlsConfig"),
        ("routes", json!({"routeKey": "GET /x", "requestModels": {"a": "b"}}), "requestModels"),
        ("stages", with(&stage, "accessLogSettings", json!({"format": "x"})), "accessLogSettings"),
        (
            "stages",
            with(&stage, "routeSettings", json!({"POST /start": {"loggingLevel": "INFO"}})),
            "routeSettings.*.loggingLevel",
        ),
    ];
    for (what, body, member) in asked {
        let refused = fixture.answer(&here, Method::POST, &path(what), &body).await.unwrap_err();
        assert_eq!(refused.status, 501, "{refused}");
        assert!(refused.message.contains(&format!("implement {member} of apigateway:Create")), "{refused}");
    }
    let linked = with(&proxy, "connectionType", json!("VPC_LINK"));
    let refused = fixture.answer(&here, Method::POST, &path("integrations"), &linked).await.unwrap_err();
    assert!(refused.message.contains("a connection of type VPC_LINK"), "{refused}");
}
