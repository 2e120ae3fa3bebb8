//! The operations on authorizers, and what routes say of them.

use cloud_core::{Location, ServiceError};
use hyper::Method;
use serde_json::{Value, json};

use super::{Fixture, LessonApi};

const FUNCTION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:judge/invocations";

pub(super) fn jwt(issuer: &str) -> Value {
    json!({
        "name": "tokens", "authorizerType": "JWT", "identitySource": ["$request.header.Authorization"],
        "jwtConfiguration": { "audience": ["shop"], "issuer": issuer }
    })
}

pub(super) fn function(further: &Value) -> Value {
    let mut authorizer = json!({
        "name": "judge", "authorizerType": "REQUEST", "identitySource": ["$request.header.who"],
        "authorizerUri": FUNCTION, "authorizerPayloadFormatVersion": "2.0", "enableSimpleResponses": true
    });
    authorizer.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
    authorizer
}

impl Fixture {
    /// Makes an authorizer of an API; gives its id.
    pub(super) async fn authorizer(&self, api: &LessonApi, authorizer: &Value) -> String {
        let path = format!("/v2/apis/{}/authorizers", api.id);
        let made = self.call(&Location::default(), Method::POST, &path, authorizer).await;
        made["authorizerId"].as_str().unwrap().to_owned()
    }

    /// Changes the lesson's route.
    pub(super) async fn change_route(&self, api: &LessonApi, change: &Value) -> Result<Value, ServiceError> {
        let path = format!("/v2/apis/{}/routes/{}", api.id, api.route);
        let answer = self.answer(&Location::default(), Method::PATCH, &path, change).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap())
    }
}

#[tokio::test]
async fn an_authorizer_is_made_read_changed_and_deleted() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    let id = fixture.authorizer(&api, &jwt("https://example.com/pool")).await;
    let all = format!("/v2/apis/{}/authorizers", api.id);
    let one = format!("{all}/{id}");
    let mut read = fixture.call(&here, Method::GET, &one, &Value::Null).await;
    assert_eq!(fixture.call(&here, Method::GET, &all, &Value::Null).await["items"], json!([read]));
    read["authorizerId"] = json!("ID");
    insta::assert_snapshot!(read, @r#"{"authorizerId":"ID","authorizerType":"JWT","name":"tokens","identitySource":["$request.header.Authorization"],"jwtConfiguration":{"audience":["shop"],"issuer":"https://example.com/pool"}}"#);
    let changed = fixture.call(&here, Method::PATCH, &one, &json!({"name": "other"})).await;
    assert_eq!((&changed["name"], &changed["authorizerId"]), (&json!("other"), &json!(id)));
    fixture.call(&here, Method::DELETE, &one, &Value::Null).await;
    let gone = fixture.answer(&here, Method::GET, &one, &Value::Null).await.unwrap_err();
    assert_eq!(gone.to_string(), format!("NotFoundException: Invalid Authorizer identifier specified {id}"));
}

#[tokio::test]
async fn an_authorizer_that_a_route_needs_is_not_deleted() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    let id = fixture.authorizer(&api, &jwt("https://example.com")).await;
    let guarded = json!({"authorizationType": "JWT", "authorizerId": id, "authorizationScopes": ["a"]});
    let route = fixture.change_route(&api, &guarded).await.unwrap();
    assert_eq!((&route["authorizerId"], &route["authorizationScopes"]), (&json!(id), &json!(["a"])));
    let one = format!("/v2/apis/{}/authorizers/{id}", api.id);
    let refused = fixture.answer(&here, Method::DELETE, &one, &Value::Null).await.unwrap_err();
    let text = "ConflictException: Cannot delete authorizer 'tokens', is referenced in route: POST /start";
    assert_eq!((refused.status, refused.to_string()), (409, text.to_owned()));
    let route = fixture.change_route(&api, &json!({"authorizationType": "NONE"})).await.unwrap();
    assert_eq!((route.get("authorizerId"), route.get("authorizationScopes")), (None, None));
    fixture.call(&here, Method::DELETE, &one, &Value::Null).await;
}

#[tokio::test]
async fn what_can_be_no_authorizer() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    fixture.authorizer(&api, &function(&json!({"name": "taken"}))).await;
    let jwt_with = |member: &str, value: Value| {
        let mut authorizer = jwt("https://example.com");
        authorizer[member] = value;
        authorizer
    };
    let wrong = [
        function(&json!({"name": "taken"})),
        function(&json!({"authorizerType": "TOKEN"})),
        function(&json!({"authorizerUri": "arn:aws:lambda:us-east-1:000000000000:function:judge"})),
        function(&json!({"authorizerPayloadFormatVersion": null})),
        function(&json!({"authorizerPayloadFormatVersion": "1.0"})),
        function(&json!({"authorizerResultTtlInSeconds": 3601})),
        function(&json!({"authorizerResultTtlInSeconds": 60, "identitySource": []})),
        function(&json!({"identitySource": ["$request.body.a"]})),
        function(&json!({"identityValidationExpression": "^x"})),
        jwt("http://example.com"),
        jwt("example.com"),
        jwt_with("jwtConfiguration", Value::Null),
        jwt_with("jwtConfiguration", json!({"issuer": "https://example.com"})),
        jwt_with("identitySource", json!(["$context.stage"])),
        jwt_with("identitySource", json!(["$request.header.a", "$request.header.b"])),
        jwt_with("authorizerUri", json!(FUNCTION)),
    ];
    let mut told = String::new();
    for authorizer in wrong {
        let path = format!("/v2/apis/{}/authorizers", api.id);
        let error = fixture.answer(&here, Method::POST, &path, &authorizer).await.unwrap_err();
        told += &format!("{} {}: {}\n", error.status, error.code, error.message);
    }
    insta::assert_snapshot!(told, @r#"
    400 BadRequestException: Authorizer name must be unique. Authorizer taken already exists in this RestApi.
    400 BadRequestException: 1 validation error detected: Value 'TOKEN' at 'authorizerType' failed to satisfy constraint: Member must satisfy enum value set: [REQUEST, JWT]
    400 BadRequestException: Invalid Authorizer URI. AuthorizerUri should be a valid API Gateway ARN that represents a Lambda function invocation.
    400 BadRequestException: AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizers. Supported versions are 1.0 and 2.0
    400 BadRequestException: EnableSimpleResponses is only supported for AuthorizerPayloadFormatVersion 2.0
    400 BadRequestException: 1 validation error detected: Value '3601' at 'authorizerResultTtlInSeconds' failed to satisfy constraint: Member must have value less than or equal to 3600
    400 BadRequestException: An identity source is required where authorizer results are cached
    400 BadRequestException: Invalid mapping expression specified: $request.body.a
    501 NotImplemented: The embedded cloud does not implement identityValidationExpression of apigateway:CreateAuthorizer yet.
    400 BadRequestException: Invalid issuer: http://example.com. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'
    400 BadRequestException: Invalid issuer: example.com. Issuer must have a valid discovery endpoint ended with '/.well-known/openid-configuration'
    400 BadRequestException: JwtConfiguration is required for JWT authorizers
    400 BadRequestException: A JWT authorizer has 1 to 50 audiences
    400 BadRequestException: A JWT authorizer has exactly one identity source, of the form $request.header.name or $request.querystring.name
    400 BadRequestException: A JWT authorizer has exactly one identity source, of the form $request.header.name or $request.querystring.name
    400 BadRequestException: AuthorizerUri is not supported for JWT authorizers
    "#);
}

#[tokio::test]
async fn a_route_names_an_authorizer_of_its_type() {
    let fixture = Fixture::new();
    let api = fixture.lesson(&Location::default()).await;
    let tokens = fixture.authorizer(&api, &jwt("https://example.com")).await;
    let judge = fixture.authorizer(&api, &function(&json!({}))).await;
    let mut told = String::new();
    for change in [
        json!({"authorizationType": "JWT"}),
        json!({"authorizationType": "JWT", "authorizerId": "none"}),
        json!({"authorizationType": "JWT", "authorizerId": judge}),
        json!({"authorizationType": "CUSTOM", "authorizerId": tokens}),
        json!({"authorizationType": "CUSTOM", "authorizerId": judge, "authorizationScopes": ["a"]}),
        json!({"authorizationType": "AWS_IAM", "authorizerId": judge}),
        json!({"authorizationType": "OAUTH"}),
        json!({"apiKeyRequired": true}),
    ] {
        let error = fixture.change_route(&api, &change).await.unwrap_err();
        told += &format!("{} {}\n", error.status, error.message);
    }
    insta::assert_snapshot!(told, @r#"
    400 Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.
    400 Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.
    400 Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.
    400 Invalid authorizer ID specified. Setting the authorization type to CUSTOM requires a valid authorizer.
    400 Authorization scopes are only supported with the authorization type JWT
    400 An authorizer can't be set with the authorization type AWS_IAM
    400 1 validation error detected: Value 'OAUTH' at 'authorizationType' failed to satisfy constraint: Member must satisfy enum value set: [NONE, AWS_IAM, CUSTOM, JWT]
    501 The embedded cloud does not implement apigateway: routes that need an API key yet.
    "#);
    fixture.change_route(&api, &json!({"authorizationType": "CUSTOM", "authorizerId": judge})).await.unwrap();
    fixture.change_route(&api, &json!({"authorizationType": "AWS_IAM"})).await.unwrap();
}

#[tokio::test]
async fn an_api_has_ten_authorizers_at_most() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    let path = format!("/v2/apis/{}/authorizers", api.id);
    let named = |name: String| {
        let mut authorizer = jwt("https://example.com/pool");
        authorizer["name"] = json!(name);
        authorizer
    };
    let mut last = String::new();
    for number in 0..10 {
        last = fixture.authorizer(&api, &named(format!("a{number}"))).await;
    }
    let refused = fixture.answer(&here, Method::POST, &path, &named("more".to_owned())).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (429, "ConflictException"));
    insta::assert_snapshot!(refused.message, @"Maximum number of Authorizers for this API has been reached. Please contact AWS if you need additional Authorizers.");
    fixture.answer(&here, Method::DELETE, &format!("{path}/{last}"), &Value::Null).await.unwrap();
    fixture.authorizer(&api, &named("more".to_owned())).await;
}
