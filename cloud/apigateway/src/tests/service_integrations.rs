//! Routes that lead to an operation of Step Functions.

use cloud_core::{Location, Response, ServiceError};
use hyper::Method;
use serde_json::{Value, json};

use super::Fixture;
use super::services::TRUSTED_ROLE;

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:m";

fn start(parameters: Value) -> Value {
    json!({
        "integrationType": "AWS_PROXY", "integrationSubtype": "StepFunctions-StartExecution",
        "credentialsArn": TRUSTED_ROLE, "payloadFormatVersion": "1.0", "requestParameters": parameters,
    })
}

/// An API with one route that leads to this integration; its id.
async fn api_with(fixture: &Fixture, route_key: &str, integration: &Value) -> String {
    fixture.api_with(route_key, integration, &json!({"kind": "test"})).await
}

#[tokio::test]
async fn a_request_starts_an_execution() {
    let fixture = Fixture::new();
    let parameters = json!({
        "StateMachineArn": MACHINE,
        "Name": "${stageVariables.kind}-$request.path.id-${request.path.id}",
        "Input": "$request.body",
    });
    let api = api_with(&fixture, "POST /start/{id}", &start(parameters)).await;
    let answer = fixture.post(&api, "/dev/start/7", r#"{"a":1.50}"#).await;
    assert_eq!(answer, (200, r#"{"executionArn":"e","startDate":1.5}"#.to_owned()));
    let called = fixture.services.called.lock().unwrap();
    let call = &called[0];
    let place = (call.account.as_str(), call.region.as_str(), call.operation.as_str());
    assert_eq!(place, ("000000000000", "us-east-1", "StartExecution"));
    assert_eq!(call.acting, Some((TRUSTED_ROLE.to_owned(), "BackplaneAssumeRoleSession".to_owned())));
    assert_eq!(
        call.input,
        json!({ "stateMachineArn": MACHINE, "name": "test-$request.path.id-7", "input": r#"{"a":1.50}"# })
    );
}

#[tokio::test]
async fn what_a_request_does_not_give_is_left_out() {
    let fixture = Fixture::new();
    let stop = json!({
        "integrationType": "AWS_PROXY", "integrationSubtype": "StepFunctions-StopExecution",
        "credentialsArn": TRUSTED_ROLE,
        "requestParameters": {
            "ExecutionArn": "$request.body.execution.arns[1]", "Cause": "$request.querystring.why",
            "Error": "$request.header.x-error", "Region": "eu-west-1",
        },
    });
    let api = api_with(&fixture, "POST /stop", &stop).await;
    fixture.post(&api, "/dev/stop?why=a&why=b", r#"{"execution":{"arns":["x","y"]}}"#).await;
    fixture.post(&api, "/dev/stop", "no JSON").await;
    let called = fixture.services.called.lock().unwrap();
    assert_eq!(called[0].input, json!({ "executionArn": "y", "cause": "a,b" }));
    assert_eq!((called[1].region.as_str(), &called[1].input), ("eu-west-1", &json!({})));
}

#[tokio::test]
async fn a_refusal_is_the_answer_and_a_role_without_trust_is_a_fault() {
    let fixture = Fixture::new();
    let api = api_with(&fixture, "POST /start", &start(json!({"StateMachineArn": MACHINE}))).await;
    *fixture.services.answer.lock().unwrap() =
        Err(ServiceError::bad_request("StateMachineDoesNotExist", "State Machine Does Not Exist: 'm'"));
    let answer = fixture.post(&api, "/dev/start", "").await;
    let expected = r#"{"__type":"StateMachineDoesNotExist","message":"State Machine Does Not Exist: 'm'"}"#;
    assert_eq!(answer, (400, expected.to_owned()));
    *fixture.services.answer.lock().unwrap() = Ok(Response::new(200, "application/json", "{}"));
    let mut unknown = start(json!({"StateMachineArn": MACHINE}));
    unknown["credentialsArn"] = json!("arn:aws:iam::000000000000:role/other");
    let api = api_with(&fixture, "POST /start", &unknown).await;
    let calls = fixture.services.called.lock().unwrap().len();
    assert_eq!(fixture.post(&api, "/dev/start", "").await.0, 500);
    assert_eq!(fixture.services.called.lock().unwrap().len(), calls);
}

#[tokio::test]
async fn an_integration_with_a_service_has_no_method_and_no_uri() {
    let fixture = Fixture::new();
    let api = fixture.lesson(&Location::default()).await;
    let mut asked = start(json!({"StateMachineArn": MACHINE}));
    asked.as_object_mut().unwrap().remove("payloadFormatVersion");
    let path = format!("/v2/apis/{}/integrations", api.id);
    let mut made = fixture.call(&Location::default(), Method::POST, &path, &asked).await;
    made["integrationId"] = json!("ID");
    insta::assert_snapshot!(serde_json::to_string_pretty(&made).unwrap(), @r#"
    {
      "integrationId": "ID",
      "integrationType": "AWS_PROXY",
      "connectionType": "INTERNET",
      "payloadFormatVersion": "1.0",
      "integrationSubtype": "StepFunctions-StartExecution",
      "requestParameters": {
        "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:m"
      },
      "credentialsArn": "arn:aws:iam::000000000000:role/gateway",
      "timeoutInMillis": 30000
    }
    "#);
}

#[tokio::test]
async fn what_can_be_no_integration_with_a_service() {
    let fixture = Fixture::new();
    let here = Location::default();
    let api = fixture.lesson(&here).await;
    let path = format!("/v2/apis/{}/integrations", api.id);
    let with = |change: &dyn Fn(&mut Value)| {
        let mut integration = start(json!({"StateMachineArn": MACHINE}));
        change(&mut integration);
        integration
    };
    let wrong = [
        with(&|it| it["credentialsArn"] = Value::Null),
        with(&|it| it["payloadFormatVersion"] = json!("2.0")),
        with(&|it| it["requestParameters"] = json!({"Name": "n"})),
        with(&|it| it["requestParameters"]["Other"] = json!("x")),
        with(&|it| it["requestParameters"]["Input"] = json!("$request.unknown")),
        with(&|it| it["integrationSubtype"] = json!("SQS-SendMessage")),
        with(&|it| it["integrationSubtype"] = json!("StepFunctions-Sing")),
    ];
    let mut told = String::new();
    for integration in wrong {
        let error = fixture.answer(&here, Method::POST, &path, &integration).await.unwrap_err();
        told += &format!("{} {}: {}\n", error.status, error.code, error.message);
    }
    insta::assert_snapshot!(told, @"
    400 BadRequestException: Credentials ARN is required for the integration subtype StepFunctions-StartExecution
    400 BadRequestException: PayloadFormatVersion for StepFunctions-StartExecution must be 1.0
    400 BadRequestException: Parameter: StateMachineArn is required for Operation: StepFunctions-StartExecution.
    400 BadRequestException: Parameter: Other does not fit schema for Operation: StepFunctions-StartExecution.
    400 BadRequestException: Invalid selection expression specified: Validation Result: warnings : [], errors : [Invalid source: $request.unknown specified for destination: Input]
    501 NotImplemented: The embedded cloud does not implement apigateway: integrations with SQS-SendMessage yet.
    400 BadRequestException: Integration subtype StepFunctions-Sing is not supported
    ");
}
