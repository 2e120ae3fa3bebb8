//! Function URLs as they are called.

use bytes::Bytes;
use cloud_core::{Account, Location, Request, Response, Scope, Signed};
use hyper::Method;
use serde_json::{Value, json};

use crate::runtime::{RuntimeMessage, RuntimeSignal, SimulatedRun};
use crate::tests::{Fixture, value};

const URL: &str = "/2021-10-31/functions/f/url";
const POLICY: &str = "/2015-03-31/functions/f/policy";

/// A function that answers with its event.
async fn fixture(input: Value) -> (Fixture, String) {
    let lambda = Fixture::new();
    lambda.create("f").await;
    let id = create(&lambda, URL, input).await;
    (lambda, id)
}

/// Makes a URL; gives its id.
async fn create(lambda: &Fixture, path: &str, input: Value) -> String {
    let created = lambda.ask("POST", path, &input).await;
    let address = created["FunctionUrl"].as_str().unwrap();
    let id = address.strip_prefix("http://").unwrap().split('.').next().unwrap().to_owned();
    assert_eq!(address, format!("http://{id}.lambda-url.us-east-1.localhost:4566/"));
    id
}

/// Lets everybody call the URL, as AWS's own documentation does.
async fn let_everybody_in(lambda: &Fixture) {
    let url = json!({"StatementId": "url", "Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"});
    let invoke = json!({"StatementId": "invoke", "Action": "lambda:InvokeFunction", "Principal": "*", "InvokedViaFunctionUrl": true});
    lambda.ask("POST", POLICY, &url).await;
    lambda.ask("POST", POLICY, &invoke).await;
}

fn call(lambda: &Fixture, id: &str, method: &str, path: &str, body: &str) -> Request {
    let request = Request::internal("r-1".to_owned(), lambda.clock.now(), &Location::default(), "lambda");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let request = request.with_path(Method::from_bytes(method.as_bytes()).unwrap(), path, query, body.to_owned());
    let request = request.with_header("host", &format!("{id}.lambda-url.us-east-1.localhost:4566"));
    Request { scope: None, ..request }
}

async fn get(lambda: &Fixture, id: &str) -> Response {
    lambda.functions.answer_url(id, &call(lambda, id, "GET", "/", "")).await
}

fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

#[tokio::test(start_paused = true)]
async fn who_is_let_in_gets_the_answer_of_the_function() {
    let (lambda, id) = fixture(json!({"AuthType": "NONE"})).await;
    let_everybody_in(&lambda).await;
    let request = call(&lambda, &id, "POST", "/a/b?x=1&x=2", "hi").with_header("cookie", "c=1; d=2");
    let request = request.with_header("content-type", "text/plain");
    let answer = lambda.functions.answer_url(&id, &request).await;
    assert_eq!((answer.status, header(&answer, "content-type")), (200, Some("application/json")));
    let event = value(&answer);
    assert_eq!(event["version"], "2.0");
    assert_eq!((&event["rawPath"], &event["rawQueryString"]), (&json!("/a/b"), &json!("x=1&x=2")));
    assert_eq!(event["queryStringParameters"], json!({"x": "1,2"}));
    assert_eq!(event["cookies"], json!(["c=1", "d=2"]));
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("hi"), &json!(false)));
    assert_eq!(event["headers"]["content-type"], "text/plain");
    let context = &event["requestContext"];
    assert_eq!((&context["accountId"], &context["apiId"]), (&json!("anonymous"), &json!(id)));
    assert_eq!(context["domainName"], format!("{id}.lambda-url.us-east-1.localhost"));
    assert_eq!(context["http"]["method"], "POST");
    assert_eq!(context.get("authorizer"), None);
}

#[tokio::test(start_paused = true)]
async fn both_actions_have_to_be_allowed() {
    let (lambda, id) = fixture(json!({"AuthType": "NONE"})).await;
    let forbidden = async |lambda: &Fixture| {
        let answer = get(lambda, &id).await;
        assert_eq!(header(&answer, "x-amzn-ErrorType"), Some("AccessDeniedException"));
        assert_eq!(answer.status, 403);
        let told = value(&answer);
        assert!(told["Message"].as_str().unwrap().starts_with("Forbidden. For troubleshooting"), "{told}");
    };
    forbidden(&lambda).await;
    let_everybody_in(&lambda).await;
    assert_eq!(get(&lambda, &id).await.status, 200);
    lambda.ask("DELETE", &format!("{POLICY}/invoke"), &Value::Null).await;
    forbidden(&lambda).await;
    // A grant for invocations that do not come through a URL is none for those that do.
    let other = json!({"StatementId": "o", "Action": "lambda:InvokeFunction", "Principal": "*", "InvokedViaFunctionUrl": false});
    lambda.ask("POST", POLICY, &other).await;
    forbidden(&lambda).await;
}

#[tokio::test(start_paused = true)]
async fn a_url_of_signed_requests_takes_only_those() {
    let (lambda, id) = fixture(json!({"AuthType": "AWS_IAM"})).await;
    assert_eq!(get(&lambda, &id).await.status, 403, "not signed");
    let signed = |service: &str, signed: Signed| {
        let scope = Scope {
            access_key: "test".to_owned(),
            location: Location::new(Account::default(), "us-east-1"),
            service: service.to_owned(),
        };
        Request { scope: Some(scope), signed, ..call(&lambda, &id, "GET", "/", "") }
    };
    let wrong = signed("lambda", Signed::Wrongly("The signature is wrong.".to_owned()));
    let wrong = lambda.functions.answer_url(&id, &wrong).await;
    assert_eq!((wrong.status, value(&wrong)), (403, json!({"Message": "The signature is wrong."})));
    assert_eq!(lambda.functions.answer_url(&id, &signed("states", Signed::Rightly)).await.status, 403);
    let answer = lambda.functions.answer_url(&id, &signed("lambda", Signed::Rightly)).await;
    assert_eq!(answer.status, 200);
    let context = &value(&answer)["requestContext"];
    assert_eq!(context["accountId"], "000000000000");
    assert_eq!(context["authorizer"]["iam"]["userArn"], "arn:aws:iam::000000000000:root");
    assert_eq!(context["authorizer"]["iam"]["accessKey"], "test");
}

#[tokio::test(start_paused = true)]
async fn pages_meet_the_settings() {
    let cors = json!({"AllowOrigins": ["https://a.test"], "AllowMethods": ["GET"], "AllowHeaders": ["x-a"], "ExposeHeaders": ["x-b"], "MaxAge": 5, "AllowCredentials": true});
    let (lambda, id) = fixture(json!({"AuthType": "AWS_IAM", "Cors": cors})).await;
    let preflight = call(&lambda, &id, "OPTIONS", "/", "").with_header("access-control-request-method", "GET");
    let preflight = preflight.with_header("origin", "https://a.test");
    let answer = lambda.functions.answer_url(&id, &preflight).await;
    assert_eq!((answer.status, header(&answer, "access-control-allow-origin")), (200, Some("https://a.test")));
    assert_eq!(header(&answer, "access-control-allow-methods"), Some("GET"));
    assert_eq!(header(&answer, "access-control-allow-headers"), Some("x-a"));
    assert_eq!(header(&answer, "access-control-max-age"), Some("5"));
    assert_eq!(header(&answer, "access-control-allow-credentials"), Some("true"));
    let strange = lambda.functions.answer_url(&id, &preflight.with_header("origin", "https://b.test")).await;
    assert_eq!(header(&strange, "access-control-allow-origin"), None);
    let refused = call(&lambda, &id, "GET", "/", "").with_header("origin", "https://a.test");
    let refused = lambda.functions.answer_url(&id, &refused).await;
    assert_eq!((refused.status, header(&refused, "access-control-expose-headers")), (403, Some("x-b")));
}

#[tokio::test(start_paused = true)]
async fn what_the_function_can_not_answer_is_told_without_its_reason() {
    let lambda = Fixture::with(|_, event| match event.payload.windows(5).any(|part| part == b"/fail") {
        true => SimulatedRun::fails(&json!({"errorMessage": "no"})),
        false => SimulatedRun::answers(&json!({"statusCode": "none"})),
    });
    lambda.create("f").await;
    let id = create(&lambda, URL, json!({"AuthType": "NONE"})).await;
    let_everybody_in(&lambda).await;
    for path in ["/fail", "/malformed"] {
        let answer = lambda.functions.answer_url(&id, &call(&lambda, &id, "GET", path, "")).await;
        assert_eq!((answer.status, &answer.body[..]), (502, &b"Internal Server Error"[..]), "{path}");
    }
    lambda.ask("PUT", "/2017-10-31/functions/f/concurrency", &json!({"ReservedConcurrentExecutions": 0})).await;
    let throttled = get(&lambda, &id).await;
    assert_eq!((throttled.status, value(&throttled)), (429, json!({"Message": "Rate Exceeded."})));
}

#[tokio::test(start_paused = true)]
async fn what_is_streamed_has_the_content_type_that_the_function_gave() {
    let lambda = Fixture::with(|_, _| {
        let body = Bytes::from_static(b"a,b");
        let streamed = RuntimeMessage::Streamed { content_type: "text/csv".to_owned(), body };
        SimulatedRun::ends_with(RuntimeSignal::Message(streamed))
    });
    lambda.create("f").await;
    let id = create(&lambda, URL, json!({"AuthType": "NONE", "InvokeMode": "RESPONSE_STREAM"})).await;
    let_everybody_in(&lambda).await;
    let answer = get(&lambda, &id).await;
    assert_eq!((answer.status, header(&answer, "content-type")), (200, Some("text/csv")));
    assert_eq!(answer.body, "a,b");
}

#[tokio::test(start_paused = true)]
async fn a_url_is_made_changed_listed_and_gone() {
    let (lambda, id) = fixture(json!({"AuthType": "NONE"})).await;
    let again = lambda.send("POST", URL, &json!({"AuthType": "NONE"})).await.unwrap_err();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
    let told = format!(
        "Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for this \
         Lambda function"
    );
    assert_eq!((again.status, again.message), (409, told));
    lambda.ask("POST", "/2015-03-31/functions/f/aliases", &json!({"Name": "live", "FunctionVersion": "$LATEST"})).await;
    let live = create(&lambda, &format!("{URL}?Qualifier=live"), json!({"AuthType": "AWS_IAM"})).await;
    assert_ne!(live, id);
    let updated = json!({"AuthType": "AWS_IAM", "InvokeMode": "RESPONSE_STREAM", "Cors": {"MaxAge": 7}});
    lambda.ask("PUT", URL, &updated).await;
    let shown = lambda.ask("GET", URL, &Value::Null).await;
    assert_eq!((&shown["AuthType"], &shown["InvokeMode"]), (&json!("AWS_IAM"), &json!("RESPONSE_STREAM")));
    assert_eq!((&shown["Cors"], &shown["FunctionArn"]), (&json!({"MaxAge": 7}), &json!(arn)));
    let listed = lambda.ask("GET", "/2021-10-31/functions/f/urls", &Value::Null).await;
    let arns: Vec<&Value> =
        listed["FunctionUrlConfigs"].as_array().unwrap().iter().map(|url| &url["FunctionArn"]).collect();
    assert_eq!(arns, [&json!(arn), &json!(format!("{arn}:live"))]);
    lambda.ask("DELETE", "/2015-03-31/functions/f/aliases/live", &Value::Null).await;
    assert_eq!(value(&get(&lambda, &live).await), json!({"Message": null}), "it is gone with its alias");
    lambda.ask("DELETE", URL, &Value::Null).await;
    for (method, path) in [("GET", URL), ("DELETE", URL), ("PUT", URL)] {
        let body = if method == "PUT" { json!({}) } else { Value::Null };
        assert_eq!(lambda.send(method, path, &body).await.unwrap_err().status, 404, "{method}");
    }
    assert_eq!(get(&lambda, &id).await.status, 403);
}

#[tokio::test(start_paused = true)]
async fn wrong_urls_are_refused_with_awss_words() {
    let lambda = Fixture::new();
    let missing = lambda.send("POST", URL, &json!({"AuthType": "NONE"})).await.unwrap_err();
    assert_eq!((missing.status, missing.message.as_str()), (404, "Function does not exist"));
    lambda.create("f").await;
    for (path, input, told) in [
        (URL.to_owned(), json!({"AuthType": "ALL"}), "Value 'ALL' at 'authType'"),
        (URL.to_owned(), json!({"AuthType": "NONE", "InvokeMode": "X"}), "Value 'X' at 'invokeMode'"),
        (URL.to_owned(), json!({"AuthType": "NONE", "Cors": {"MaxAge": 86_401}}), "less than or equal to 86400"),
        (format!("{URL}?Qualifier=1"), json!({"AuthType": "NONE"}), "Value '1' at 'qualifier'"),
        (format!("{URL}?Qualifier=none"), json!({"AuthType": "NONE"}), "Function does not exist"),
    ] {
        let refused = lambda.send("POST", &path, &input).await.unwrap_err();
        assert!(refused.message.contains(told), "{path}: {refused}");
    }
}
