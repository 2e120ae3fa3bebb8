//! Routes that lead to an HTTP server, and the changes that integrations make.

use std::time::Duration;

use cloud_core::{Location, Request, Response, testing};
use hyper::Method;
use serde_json::{Value, json};

use super::Fixture;
use super::server::{Server, ok};

/// An API whose route leads to this integration; its id.
async fn api_with(fixture: &Fixture, route_key: &str, integration: &Value) -> String {
    fixture.api_with(route_key, integration, &json!({"v": "7"})).await
}

fn to(uri: &str, further: &Value) -> Value {
    let mut integration = json!({"integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "integrationUri": uri});
    integration.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
    integration
}

impl Fixture {
    async fn ask(&self, api: &str, method: &str, uri: &str, headers: &[(&str, &str)], body: &'static str) -> Response {
        let mut builder = hyper::Request::builder().method(method).uri(uri).header("host", "a.test:4566");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (parts, ()) = builder.body(()).unwrap().into_parts();
        let source = "127.0.0.1:5000".parse().unwrap();
        let request = Request::new("00000000-1111-2222".to_owned(), parts, body.into(), source, self.control.now());
        self.apis.execute(api, &request).await
    }
}

fn first_line(request: &str) -> &str {
    request.lines().next().unwrap()
}

#[tokio::test]
async fn a_request_is_passed_on_and_its_answer_handed_back() {
    let fixture = Fixture::new();
    let server = Server::start(|_| {
        let answer =
            "HTTP/1.1 201 Made\r\nContent-Length: 2\r\nX-Own: 1\r\nConnection: close, x-hop\r\nX-Hop: 1\r\n\r\nhi";
        Some(answer.to_owned())
    })
    .await;
    let uri = format!("http://{}/base/{{proxy}}?fixed=1", server.authority);
    let api = api_with(&fixture, "ANY /shop/{proxy+}", &to(&uri, &json!({}))).await;
    let headers = [
        ("x-a", "1"),
        ("x-a", "2"),
        ("connection", "x-mine"),
        ("x-mine", "1"),
        ("authorization", "Bearer t"),
        ("te", "trailers"),
    ];
    let answer = fixture.ask(&api, "PATCH", "/dev/shop/a%20b/c?q=1&q=%C3%A4", &headers, "body").await;
    assert_eq!((answer.status, answer.body.as_ref()), (201, b"hi".as_slice()));
    let headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(headers, ["x-own: 1", "apigw-requestid: 00000000-1111-2222"]);
    let asked = server.last().replace(&server.authority, "SERVER");
    insta::assert_snapshot!(asked, @r#"
    PATCH /base/a%20b/c?fixed=1&q=1&q=%C3%A4 HTTP/1.1
    host: SERVER
    x-a: 1
    x-a: 2
    authorization: Bearer t
    forwarded: for=127.0.0.1;host=a.test:4566;proto=http
    via: HTTP/1.1 AmazonAPIGateway
    x-amzn-trace-id: Root=1-695735a5-0000000011112222
    content-length: 4

    body
    "#);
}

#[tokio::test]
async fn the_integration_says_by_which_method_and_what_a_variable_holds_is_no_path() {
    let fixture = Fixture::new();
    let server = Server::start(|_| Some(ok("{}"))).await;
    let uri = format!("http://{}/items/{{id}}/x?id={{id}}", server.authority);
    let api = api_with(&fixture, "GET /{id}", &to(&uri, &json!({"integrationMethod": "POST"}))).await;
    assert_eq!(fixture.ask(&api, "GET", "/dev/a%2Fb%3F&c", &[], "").await.status, 200);
    assert_eq!(first_line(&server.last()), "POST /items/a%2Fb%3F%26c/x?id=a%2Fb%3F%26c HTTP/1.1");
    let asked = server.asked.lock().unwrap().len();
    for path in ["/dev/..", "/dev/%2e%2e", "/dev/a%2F..%2Fb", "/dev/a%5C..%5Cb"] {
        assert_eq!(fixture.ask(&api, "GET", path, &[], "").await.status, 400, "{path}");
    }
    assert_eq!(server.asked.lock().unwrap().len(), asked, "nothing leads out of the integration's path");
}

#[tokio::test]
async fn headers_query_and_path_are_changed() {
    let fixture = Fixture::new();
    let server = Server::start(|_| Some(ok("{}"))).await;
    let changes = json!({"requestParameters": {
        "append:header.x-a": "$request.querystring.q", "overwrite:header.x-b": "${stageVariables.v}-$context.stage",
        "remove:header.x-c": "''", "append:header.x-d": "$request.header.absent", "overwrite:header.host": "inner.test",
        "overwrite:querystring.q": "$request.body.a", "remove:querystring.r": "''", "append:querystring.s": "t u",
        "overwrite:path": "/other$request.path".to_owned() + "/${request.path.id}"
    }});
    let api = api_with(&fixture, "POST /{id}", &to(&format!("http://{}", server.authority), &changes)).await;
    let headers = [("x-a", "1"), ("x-b", "1"), ("x-c", "1")];
    fixture.ask(&api, "POST", "/dev/9?q=1&r=2", &headers, r#"{"a":"ä"}"#).await;
    let asked = server.last();
    assert_eq!(first_line(&asked), "POST /other$request.path/9?q=%C3%A4&s=t+u HTTP/1.1");
    let is_own = |line: &&str| line.starts_with("x-a:") || line.starts_with("x-b:") || line.starts_with("host:");
    let mut sent: Vec<&str> = asked.lines().filter(is_own).collect();
    sent.sort_unstable();
    assert_eq!(sent, ["host: inner.test", "x-a: 1", "x-a: 1", "x-b: 7-$context.stage"]);
    assert!(!asked.contains("x-c:") && !asked.contains("x-d:"), "{asked}");
}

#[tokio::test]
async fn answers_are_changed_by_their_status() {
    let fixture = Fixture::new();
    let server = Server::start(|_| {
        Some("HTTP/1.1 404 No\r\nContent-Length: 9\r\nX-A: 1\r\nX-B: 2\r\n\r\n{\"c\":418}".to_owned())
    })
    .await;
    let changes = json!({"responseParameters": { "404": {
        "overwrite:statuscode": "$response.body.c", "append:header.x-a": "$response.header.x-b",
        "remove:header.x-b": "''", "overwrite:header.x-stage": "$context.stage"
    }, "200": { "overwrite:statuscode": "500" } }});
    let api = api_with(&fixture, "GET /", &to(&format!("http://{}", server.authority), &changes)).await;
    let answer = fixture.ask(&api, "GET", "/dev/", &[], "").await;
    let headers: Vec<String> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(answer.status, 418);
    assert_eq!(headers[..3], ["x-a: 1", "x-stage: dev", "x-a: 2"]);
}

#[tokio::test]
async fn a_functions_event_and_answer_are_changed_too() {
    let fixture = Fixture::new();
    let api = fixture.lesson(&Location::default()).await;
    let source = format!("arn:aws:execute-api:us-east-1:000000000000:{}/dev/POST/start", api.id);
    fixture.functions.allow("arn:aws:lambda:us-east-1:000000000000:function:start", &source);
    let changes = json!({
        "requestParameters": {"overwrite:header.x-a": "$context.stage", "append:querystring.b": "2"},
        "responseParameters": {"200": {"overwrite:header.x-b": "$response.body.started"}}
    });
    let path = format!("/v2/apis/{}/integrations/{}", api.id, api.integration);
    fixture.call(&Location::default(), Method::PATCH, &path, &changes).await;
    let answer = fixture.ask(&api.id, "POST", "/dev/start?b=1", &[("x-a", "1")], "{}").await;
    assert!(answer.headers.contains(&("x-b".to_owned(), "true".to_owned())), "{answer:?}");
    let event = fixture.functions.invoked.lock().unwrap()[0].1.clone();
    assert_eq!((&event["headers"]["x-a"], &event["queryStringParameters"]["b"]), (&json!("dev"), &json!("1,2")));
}

#[tokio::test]
async fn no_server_no_answer_and_too_large_a_one() {
    let fixture = Fixture::new();
    let unavailable = (503, r#"{"message":"Service Unavailable"}"#.to_owned());
    let told = |answer: Response| (answer.status, String::from_utf8(answer.body.to_vec()).unwrap());
    let nobody = api_with(&fixture, "GET /", &to("http://127.0.0.1:1/", &json!({}))).await;
    assert_eq!(told(fixture.ask(&nobody, "GET", "/dev/", &[], "").await), unavailable);
    for answer in ["no HTTP\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10485761\r\n\r\n"] {
        let server = Server::start(move |_| Some(answer.to_owned())).await;
        let api = api_with(&fixture, "GET /", &to(&format!("http://{}/", server.authority), &json!({}))).await;
        assert_eq!(told(fixture.ask(&api, "GET", "/dev/", &[], "").await), unavailable, "{answer}");
    }
}

#[tokio::test]
async fn a_server_that_takes_too_long() {
    let fixture = Fixture::new();
    let server = Server::start(|_| None).await;
    let slow = to(&format!("http://{}/", server.authority), &json!({"timeoutInMillis": 50}));
    let api = api_with(&fixture, "GET /", &slow).await;
    let asked = tokio::spawn({
        let fixture = fixture.clone();
        async move { fixture.ask(&api, "GET", "/dev/", &[], "").await.status }
    });
    while server.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    testing::run_for(&fixture.control, Duration::from_millis(51)).await;
    assert_eq!(asked.await.unwrap(), 503);
}

#[tokio::test]
async fn neither_other_machines_nor_the_cloud_itself_are_asked() {
    let fixture = Fixture::new();
    for uri in ["https://example.com/a", "http://10.0.0.1/a", "https://localhost/a"] {
        let api = api_with(&fixture, "GET /", &to(uri, &json!({}))).await;
        let answer = fixture.ask(&api, "GET", "/dev/", &[], "").await;
        let body = String::from_utf8(answer.body.to_vec()).unwrap();
        assert!(answer.status == 501 && body.contains(uri), "{body}");
    }
    for host in ["127.0.0.1", "localhost", "[::1]", "abc.execute-api.localhost"] {
        let api = api_with(&fixture, "GET /", &to(&format!("http://{host}:4566/_workshop/stop"), &json!({}))).await;
        assert_eq!(fixture.ask(&api, "GET", "/dev/", &[], "").await.status, 500, "{host}");
    }
}

#[tokio::test]
async fn what_can_be_no_integration_with_a_server() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    let path = format!("/v2/apis/{}/integrations", api.id);
    let url = "http://localhost:1/";
    let mut told = String::new();
    for integration in [
        to("localhost", &json!({})),
        to("http://{host}/", &json!({})),
        to("http://user@localhost/", &json!({})),
        to(url, &json!({"integrationMethod": null})),
        to(url, &json!({"integrationMethod": "FETCH"})),
        to(url, &json!({"payloadFormatVersion": "2.0"})),
        to(url, &json!({"credentialsArn": "arn:aws:iam::000000000000:role/r"})),
        to(url, &json!({"requestParameters": {"overwrite:header.Authorization": "x"}})),
        to(url, &json!({"requestParameters": {"overwrite:header.a": "$request.nothing"}})),
        to(url, &json!({"requestParameters": {"rename:header.a": "b"}})),
        to(url, &json!({"responseParameters": {"99": {}}})),
        to(url, &json!({"responseParameters": {"200": {"overwrite:path": "/"}}})),
        to(url, &json!({"tlsConfig": {"serverNameToVerify": "a"}})),
    ] {
        let error = fixture.answer(&here, Method::POST, &path, &integration).await.unwrap_err();
        told += &format!("{} {}: {}\n", error.status, error.code, error.message);
    }
    insta::assert_snapshot!(told, @r#"
    400 BadRequestException: Invalid HTTP endpoint specified for URI: localhost
    400 BadRequestException: Invalid HTTP endpoint specified for URI: http://{host}/
    400 BadRequestException: Invalid HTTP endpoint specified for URI: http://user@localhost/
    400 BadRequestException: HttpMethod must be specified for integrations of type HTTP_PROXY
    400 BadRequestException: Invalid HTTP method specified: FETCH
    400 BadRequestException: PayloadFormatVersion must be 1.0 for integrations of type HTTP_PROXY
    400 BadRequestException: Credentials are not supported for integrations of type HTTP_PROXY
    400 BadRequestException: Operations on header authorization are restricted
    400 BadRequestException: Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: $request.nothing for destination: overwrite:header.a]
    400 BadRequestException: Invalid parameter mapping: rename:header.a is not supported
    400 BadRequestException: Invalid status code specified for response parameters: 99
    400 BadRequestException: Invalid parameter mapping: overwrite:path is not supported
    501 NotImplemented: The embedded cloud does not implement tlsConfig of apigateway:CreateIntegration yet.
    "#);
}
