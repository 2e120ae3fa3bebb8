//! Who may call a route: bearers of tokens, whom a function lets in, who signs.

mod issuer;

use std::time::Duration;

use cloud_core::{Account, Location, Request, Response, Scope, Signed};
use hyper::Method;
use serde_json::{Value, json};

use super::authorizers::{function, jwt};
use super::functions::Behaviour;
use super::services::TRUSTED_ROLE;
use super::{Fixture, LessonApi};
use issuer::{Issuer, header};

const START: &str = "arn:aws:lambda:us-east-1:000000000000:function:start";
const JUDGE: &str = "arn:aws:lambda:us-east-1:000000000000:function:judge";

/// The lesson's API, whose function lets it in.
async fn allowed() -> (Fixture, LessonApi) {
    let fixture = Fixture::new();
    let api = fixture.lesson(&Location::default()).await;
    let source = format!("arn:aws:execute-api:us-east-1:000000000000:{}/dev/POST/start", api.id);
    fixture.functions.allow(START, &source);
    (fixture, api)
}

impl Fixture {
    /// `POST /start` of the lesson with these headers.
    async fn start(&self, api: &LessonApi, headers: &[(&str, &str)]) -> Response {
        self.send(api, headers, |request| request).await
    }

    async fn send(&self, api: &LessonApi, headers: &[(&str, &str)], change: impl Fn(Request) -> Request) -> Response {
        let mut builder = hyper::Request::builder().method("POST").uri("/dev/start");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (parts, ()) = builder.body(()).unwrap().into_parts();
        let source = "127.0.0.1:5000".parse().unwrap();
        let request = Request::new("request-2".to_owned(), parts, "{}".into(), source, self.control.now());
        self.apis.execute(&api.id, &change(request)).await
    }

    /// `requestContext.authorizer` of the last event of the lesson's function.
    fn authorizer_in_event(&self) -> Value {
        let invoked = self.functions.invoked.lock().unwrap();
        let (_, event) = invoked.iter().rfind(|(arn, _)| arn == START).unwrap();
        event["requestContext"]["authorizer"].clone()
    }

    fn invocations_of(&self, function: &str) -> usize {
        self.functions.invoked.lock().unwrap().iter().filter(|(arn, _)| arn == function).count()
    }
}

/// Status, challenge and body.
fn told(response: &Response) -> String {
    let challenge = response.headers.iter().find(|(name, _)| name == "www-authenticate");
    let challenge = challenge.map(|(_, value)| value.as_str()).unwrap_or_default();
    format!("{} {} {challenge}", response.status, String::from_utf8_lossy(&response.body))
}

/// The lesson's API behind an issuer's tokens.
async fn with_tokens(scopes: &[&str]) -> (Fixture, LessonApi, Issuer) {
    let (fixture, api) = allowed().await;
    let issuer = Issuer::start().await;
    let id = fixture.authorizer(&api, &jwt(&issuer.url)).await;
    let change = json!({"authorizationType": "JWT", "authorizerId": id, "authorizationScopes": scopes});
    fixture.change_route(&api, &change).await.unwrap();
    (fixture, api, issuer)
}

#[tokio::test]
async fn the_bearer_of_a_token_is_let_in_and_named() {
    let (fixture, api, issuer) = with_tokens(&[]).await;
    let token = issuer.token(&fixture, &header(), &json!({ "groups": ["a", "b"], "admin": true, "scope": "x" }));
    for bearer in [format!("Bearer {token}"), token.clone()] {
        assert_eq!(fixture.start(&api, &[("authorization", &bearer)]).await.status, 200);
    }
    let mut authorizer = fixture.authorizer_in_event();
    authorizer["jwt"]["claims"]["iss"] = json!("ISSUER");
    insta::assert_snapshot!(authorizer, @r#"{"jwt":{"claims":{"admin":"true","aud":"shop","exp":"1767326645","groups":"[a b]","iss":"ISSUER","scope":"x","sub":"ann"},"scopes":null}}"#);
    assert_eq!(issuer.server.asked.lock().unwrap().len(), 2, "the keys were fetched once");
}

#[tokio::test]
async fn without_a_valid_token_nobody_is_let_in() {
    let (fixture, api, issuer) = with_tokens(&[]).await;
    let token = |header: Value, claims: Value| issuer.token(&fixture, &header, &claims);
    let mut forged = token(header(), json!({}));
    forged.replace_range(forged.len() - 4.., "AAAA");
    let mut answers = told(&fixture.start(&api, &[]).await) + "\n";
    for bearer in [
        "Bearer".to_owned(),
        "not-a-token".to_owned(),
        forged,
        token(header(), json!({ "aud": "other" })),
        token(header(), json!({ "iss": "http://other" })),
        token(header(), json!({ "exp": 1 })),
        token(json!({ "alg": "RS256", "kid": "k2" }), json!({})),
        token(json!({ "alg": "HS256", "kid": "k1" }), json!({})),
    ] {
        answers += &(told(&fixture.start(&api, &[("authorization", &bearer)]).await) + "\n");
    }
    insta::assert_snapshot!(answers, @r#"
    401 {"message":"Unauthorized"} Bearer
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="crypto/rsa: verification error"
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="the token does not have a valid issuer"
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="the token has expired"
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="the token's kid is none of its issuer's keys"
    401 {"message":"Unauthorized"} Bearer scope="" error="invalid_token" error_description="signing method HS256 is invalid"
    "#);
    assert_eq!(fixture.invocations_of(START), 0);
}

#[tokio::test]
async fn a_token_needs_one_of_the_routes_scopes() {
    let (fixture, api, issuer) = with_tokens(&["read", "write"]).await;
    let bearer = |scope: &str| issuer.token(&fixture, &header(), &json!({ "scope": scope }));
    let refused = fixture.start(&api, &[("authorization", &bearer("other"))]).await;
    insta::assert_snapshot!(told(&refused), @r#"403 {"message":"Forbidden"} Bearer scope="read write" error="insufficient_scope" error_description="the token does not have a required scope""#);
    assert_eq!(fixture.start(&api, &[("authorization", &bearer("other write"))]).await.status, 200);
    assert_eq!(fixture.authorizer_in_event()["jwt"]["scopes"], json!(["other", "write"]));
}

#[tokio::test]
async fn a_token_ends_and_keys_are_fetched_anew_by_the_clouds_clock() {
    let (fixture, api, issuer) = with_tokens(&[]).await;
    let token = issuer.token(&fixture, &header(), &json!({}));
    assert_eq!(fixture.start(&api, &[("authorization", &token)]).await.status, 200);
    fixture.control.advance(Duration::from_secs(3_600));
    assert!(told(&fixture.start(&api, &[("authorization", &token)]).await).contains("the token has expired"));
    fixture.control.advance(Duration::from_secs(3_600));
    let token = issuer.token(&fixture, &header(), &json!({}));
    assert_eq!(fixture.start(&api, &[("authorization", &token)]).await.status, 200);
    assert_eq!(issuer.server.asked.lock().unwrap().len(), 4, "after two hours the keys were fetched again");
}

#[tokio::test]
async fn an_issuer_elsewhere_can_not_be_asked_and_the_answer_says_so() {
    let (fixture, api) = allowed().await;
    let id = fixture.authorizer(&api, &jwt("https://example.com/pool")).await;
    fixture.change_route(&api, &json!({"authorizationType": "JWT", "authorizerId": id})).await.unwrap();
    let issuer = Issuer::start().await;
    let token = issuer.token(&fixture, &header(), &json!({}));
    let answer = fixture.start(&api, &[("authorization", &token)]).await;
    insta::assert_snapshot!(told(&answer), @r#"501 {"message":"The embedded cloud can't have the keys of https://example.com/pool/.well-known/openid-configuration: it is on another machine; the embedded cloud reaches http on this machine only."}"#);
}

#[tokio::test]
async fn an_issuer_that_is_another_one_or_silent_lets_nobody_in() {
    let (fixture, api) = allowed().await;
    let issuer = Issuer::start().await;
    let other = format!("{}/", issuer.url);
    let id = fixture.authorizer(&api, &jwt(&other)).await;
    fixture.change_route(&api, &json!({"authorizationType": "JWT", "authorizerId": id})).await.unwrap();
    let token = issuer.token(&fixture, &header(), &json!({}));
    let answer = told(&fixture.start(&api, &[("authorization", &token)]).await);
    assert!(answer.contains("does not match the configured issuer"), "{answer}");
    let path = format!("/v2/apis/{}/authorizers/{id}", api.id);
    let nobody = json!({"jwtConfiguration": {"audience": ["shop"], "issuer": "http://127.0.0.1:1"}});
    fixture.call(&Location::default(), Method::PATCH, &path, &nobody).await;
    let answer = told(&fixture.start(&api, &[("authorization", &token)]).await);
    assert!(answer.starts_with("401") && answer.contains("discovery document could not be had"), "{answer}");
}

/// The lesson's API behind a function.
async fn with_function(authorizer: &Value) -> (Fixture, LessonApi, String) {
    let (fixture, api) = allowed().await;
    let id = fixture.authorizer(&api, &function(authorizer)).await;
    fixture.change_route(&api, &json!({"authorizationType": "CUSTOM", "authorizerId": id})).await.unwrap();
    let source = format!("arn:aws:execute-api:us-east-1:000000000000:{}/authorizers/{id}", api.id);
    fixture.functions.allow(JUDGE, &source);
    (fixture, api, id)
}

fn judge_answers(fixture: &Fixture, answer: &'static str) {
    fixture.functions.behave_as(JUDGE, Behaviour::Answers(answer));
}

#[tokio::test]
async fn a_function_says_yes_or_no() {
    let (fixture, api, _) = with_function(&json!({})).await;
    assert_eq!(told(&fixture.start(&api, &[]).await), r#"401 {"message":"Unauthorized"} "#);
    assert_eq!(fixture.start(&api, &[("who", "")]).await.status, 401);
    assert_eq!(fixture.invocations_of(JUDGE), 0, "nobody is asked of a caller who does not say who he is");
    judge_answers(&fixture, r#"{"isAuthorized":false}"#);
    assert_eq!(told(&fixture.start(&api, &[("who", "ann")]).await), r#"403 {"message":"Forbidden"} "#);
    judge_answers(&fixture, r#"{"isAuthorized":true,"context":{"level":3,"tags":["a"]}}"#);
    assert_eq!(fixture.start(&api, &[("who", "ann")]).await.status, 200);
    assert_eq!(fixture.authorizer_in_event(), json!({"lambda": {"level": 3, "tags": ["a"]}}));
    assert_eq!(fixture.invocations_of(JUDGE), 2, "nothing is kept unless that is asked for");
}

#[tokio::test]
async fn a_function_gets_the_request_without_its_body() {
    let (fixture, api, _) = with_function(&json!({})).await;
    judge_answers(&fixture, r#"{"isAuthorized":true}"#);
    fixture.start(&api, &[("host", "h"), ("who", "ann")]).await;
    let invoked = fixture.functions.invoked.lock().unwrap().clone();
    let text = invoked[0].1.to_string().replace(&api.id, "API");
    insta::assert_snapshot!(text, @r#"{"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:us-east-1:000000000000:API/dev/POST/start","identitySource":["ann"],"routeKey":"POST /start","rawPath":"/dev/start","rawQueryString":"","headers":{"content-length":"2","host":"h","who":"ann","x-amzn-trace-id":"Root=1-695735a5-request2","x-forwarded-for":"127.0.0.1","x-forwarded-port":"80","x-forwarded-proto":"http"},"requestContext":{"accountId":"000000000000","apiId":"API","domainName":"h","domainPrefix":"h","http":{"method":"POST","path":"/dev/start","protocol":"HTTP/1.1","sourceIp":"127.0.0.1","userAgent":""},"requestId":"request-2","routeKey":"POST /start","stage":"dev","time":"02/Jan/2026:03:04:05 +0000","timeEpoch":1767323045000}}"#);
}

#[tokio::test]
async fn a_function_answers_with_a_policy_for_all_routes() {
    let further = json!({
        "authorizerPayloadFormatVersion": "1.0", "enableSimpleResponses": false, "authorizerResultTtlInSeconds": 60
    });
    let (fixture, api, id) = with_function(&further).await;
    let other = json!({"routeKey": "POST /other", "target": format!("integrations/{}", api.integration),
        "authorizationType": "CUSTOM", "authorizerId": id});
    fixture.call(&Location::default(), Method::POST, &format!("/v2/apis/{}/routes", api.id), &other).await;
    judge_answers(
        &fixture,
        r#"{"principalId":"ann","context":{"level":3},"policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:*:*:*/dev/POST/start"}]}}"#,
    );
    assert_eq!(fixture.start(&api, &[("who", "ann")]).await.status, 200);
    let event = fixture.functions.invoked.lock().unwrap()[0].1.clone();
    let given = (&event["type"], &event["identitySource"], &event["authorizationToken"]);
    assert_eq!(given, (&json!("REQUEST"), &json!("ann"), &json!("ann")));
    assert_eq!(event["methodArn"], format!("arn:aws:execute-api:us-east-1:000000000000:{}/dev/POST/start", api.id));
    assert_eq!((event.get("body"), event.get("multiValueHeaders"), &event["httpMethod"]), (None, None, &json!("POST")));
    let elsewhere = |mut request: Request| {
        request.path = "/dev/other".to_owned();
        request
    };
    assert_eq!(fixture.send(&api, &[("who", "ann")], elsewhere).await.status, 403, "the policy is asked again");
    assert_eq!(fixture.invocations_of(JUDGE), 1, "the function is not");
    let path = format!("/v2/apis/{}/integrations/{}", api.id, api.integration);
    fixture.call(&Location::default(), Method::PATCH, &path, &json!({"payloadFormatVersion": "1.0"})).await;
    fixture.start(&api, &[("who", "ann")]).await;
    assert_eq!(fixture.authorizer_in_event(), json!({"level": 3, "principalId": "ann"}));
}

#[tokio::test]
async fn answers_hold_for_their_time_by_the_clouds_clock() {
    let (fixture, api, _) = with_function(&json!({"authorizerResultTtlInSeconds": 60})).await;
    judge_answers(&fixture, r#"{"isAuthorized":true}"#);
    let ask = async |who: &str, expected: usize, why: &str| {
        fixture.start(&api, &[("who", who)]).await;
        assert_eq!(fixture.invocations_of(JUDGE), expected, "{why}");
    };
    ask("ann", 1, "the first time").await;
    ask("ann", 1, "it holds").await;
    ask("bob", 2, "for ann alone").await;
    fixture.control.advance(Duration::from_secs(60));
    ask("ann", 3, "for a minute").await;
    let path = format!("/v2/apis/{}/stages/dev/cache/authorizers", api.id);
    fixture.call(&Location::default(), Method::DELETE, &path, &Value::Null).await;
    ask("ann", 4, "until it is forgotten").await;
}

#[tokio::test]
async fn a_function_that_gives_no_answer_is_a_fault() {
    let (fixture, api, id) = with_function(&json!({})).await;
    let fault = r#"500 {"message":"Internal Server Error"} "#;
    for behaviour in [Behaviour::Answers("[]"), Behaviour::Answers("{}"), Behaviour::FailsUnhandled] {
        fixture.functions.behave_as(JUDGE, behaviour);
        assert_eq!(told(&fixture.start(&api, &[("who", "ann")]).await), fault);
    }
    fixture.functions.behave_as(JUDGE, Behaviour::Throws(r#"{"errorMessage":"Unauthorized"}"#));
    assert_eq!(fixture.start(&api, &[("who", "ann")]).await.status, 401);
    judge_answers(&fixture, r#"{"isAuthorized":true}"#);
    fixture.functions.allowed.lock().unwrap().retain(|(function, _)| function != JUDGE);
    assert_eq!(told(&fixture.start(&api, &[("who", "ann")]).await), fault, "the function does not let the API in");
    let path = format!("/v2/apis/{}/authorizers/{id}", api.id);
    let as_role = |role: &str| json!({"authorizerCredentialsArn": role});
    fixture.call(&Location::default(), Method::PATCH, &path, &as_role("arn:aws:iam::000000000000:role/other")).await;
    assert_eq!(told(&fixture.start(&api, &[("who", "ann")]).await), fault, "the role does not let the API in");
    fixture.call(&Location::default(), Method::PATCH, &path, &as_role(TRUSTED_ROLE)).await;
    assert_eq!(fixture.start(&api, &[("who", "ann")]).await.status, 200);
    assert_eq!(fixture.roles.asked.lock().unwrap().as_slice(), [format!("lambda:InvokeFunction {JUDGE}")]);
    *fixture.roles.refused.lock().unwrap() = Some(format!("lambda:InvokeFunction {JUDGE}"));
    assert_eq!(told(&fixture.start(&api, &[("who", "ann")]).await), fault, "the role may not");
}

fn signed_for(service: &'static str, region: &'static str, signed: Signed) -> impl Fn(Request) -> Request {
    move |mut request| {
        let location = Location::new(Account::default(), region);
        request.scope = Some(Scope { access_key: "AKIATEST".to_owned(), location, service: service.to_owned() });
        request.signed = signed.clone();
        request
    }
}

#[tokio::test]
async fn who_signs_is_asked_of_iam() {
    let (fixture, api) = allowed().await;
    fixture.change_route(&api, &json!({"authorizationType": "AWS_IAM"})).await.unwrap();
    let forbidden = r#"403 {"message":"Forbidden"} "#;
    assert_eq!(told(&fixture.start(&api, &[]).await), forbidden);
    for (service, region, signed) in [
        ("execute-api", "us-east-1", Signed::Not),
        ("execute-api", "us-east-1", Signed::Wrongly("no".to_owned())),
        ("lambda", "us-east-1", Signed::Rightly),
        ("execute-api", "eu-west-1", Signed::Rightly),
    ] {
        assert_eq!(
            told(&fixture.send(&api, &[], signed_for(service, region, signed)).await),
            forbidden,
            "{service} {region}"
        );
    }
    assert!(fixture.roles.asked.lock().unwrap().is_empty());
    let rightly = signed_for("execute-api", "us-east-1", Signed::Rightly);
    assert_eq!(fixture.send(&api, &[], &rightly).await.status, 200);
    let question = format!("execute-api:Invoke arn:aws:execute-api:us-east-1:000000000000:{}/dev/POST/start", api.id);
    assert_eq!(fixture.roles.asked.lock().unwrap().as_slice(), std::slice::from_ref(&question));
    insta::assert_snapshot!(fixture.authorizer_in_event(), @r#"{"iam":{"accessKey":"AKIATEST","accountId":"000000000000","callerId":"AIDA","cognitoIdentity":null,"principalOrgId":null,"userArn":"arn:aws:iam::000000000000:user/local","userId":"AIDA"}}"#);
    *fixture.roles.refused.lock().unwrap() = Some(question);
    assert_eq!(told(&fixture.send(&api, &[], &rightly).await), forbidden);
    assert_eq!(fixture.invocations_of(START), 1);
}

#[tokio::test]
async fn a_preflight_is_not_authorised() {
    let (fixture, api) = allowed().await;
    fixture.change_route(&api, &json!({"authorizationType": "AWS_IAM"})).await.unwrap();
    let cors = json!({"corsConfiguration": {"allowOrigins": ["*"], "allowMethods": ["POST"]}});
    fixture.call(&Location::default(), Method::PATCH, &format!("/v2/apis/{}", api.id), &cors).await;
    let preflight = |mut request: Request| {
        request.method = Method::OPTIONS;
        request
    };
    let headers = [("origin", "http://a.test"), ("access-control-request-method", "POST")];
    assert_eq!(fixture.send(&api, &headers, preflight).await.status, 204);
    let refused = fixture.start(&api, &headers).await;
    assert!(refused.status == 403 && refused.has_header("access-control-allow-origin"), "a page reads the refusal");
}

#[tokio::test]
async fn a_stage_serves_the_authorizers_of_its_deployment() {
    let (fixture, api, id) = with_function(&json!({})).await;
    let here = Location::default();
    let path = format!("/v2/apis/{}", api.id);
    fixture.call(&here, Method::POST, &format!("{path}/stages"), &json!({"stageName": "prod"})).await;
    fixture.call(&here, Method::POST, &format!("{path}/deployments"), &json!({"stageName": "prod"})).await;
    fixture.change_route(&api, &json!({"authorizationType": "NONE"})).await.unwrap();
    fixture.call(&here, Method::DELETE, &format!("{path}/authorizers/{id}"), &Value::Null).await;
    let in_prod = |mut request: Request| {
        request.path = "/prod/start".to_owned();
        request
    };
    assert_eq!(fixture.send(&api, &[], in_prod).await.status, 401);
    assert_eq!(fixture.start(&api, &[]).await.status, 200);
}
