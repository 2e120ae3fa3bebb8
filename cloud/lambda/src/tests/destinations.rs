//! What is done with asynchronous events: how often and how long they are tried, and who is told of their end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::testing::run_for;
use cloud_core::{FunctionInvoker, FunctionReference, Location};
use serde_json::{Value, json};

use super::Fixture;
use crate::runtime::SimulatedRun;

const CONFIG: &str = "/2019-09-25/functions/f/event-invoke-config";

/// A function `f` that fails what says so, and a function `told` with what it was given.
async fn lambda() -> (Fixture, Arc<Mutex<Vec<Value>>>) {
    let told: Arc<Mutex<Vec<Value>>> = Arc::default();
    let given = Arc::clone(&told);
    let lambda = Fixture::with(move |version, event| {
        let payload: Value = serde_json::from_slice(&event.payload).unwrap();
        if version.name == "told" {
            given.lock().unwrap().push(payload);
            return SimulatedRun::answers(&json!(null));
        }
        match payload["fails"].as_bool() {
            Some(true) => SimulatedRun::fails(&json!({"errorType": "E", "errorMessage": "m"})),
            _ => SimulatedRun::answers(&json!({"done": true})),
        }
    });
    lambda.create("f").await;
    lambda.create("told").await;
    (lambda, told)
}

async fn invoke_later(lambda: &Fixture, payload: Value) {
    let reference = FunctionReference::parse("f", &Location::default()).unwrap();
    lambda.functions.invoke_later(&reference, Bytes::from(payload.to_string())).await.unwrap();
}

fn to(name: &str) -> Value {
    json!({"Destination": format!("arn:aws:lambda:us-east-1:000000000000:function:{name}")})
}

#[tokio::test(start_paused = true)]
async fn an_event_that_failed_as_often_as_is_set_goes_to_its_destination() {
    let (lambda, told) = lambda().await;
    let set =
        json!({"MaximumRetryAttempts": 1, "DestinationConfig": {"OnFailure": to("told"), "OnSuccess": to("told")}});
    lambda.ask("PUT", CONFIG, &set).await;
    invoke_later(&lambda, json!({"fails": true})).await;
    run_for(&lambda.control, Duration::from_secs(30)).await;
    assert!(told.lock().unwrap().is_empty(), "it is tried once more");
    run_for(&lambda.control, Duration::from_secs(40)).await;
    let record = told.lock().unwrap().pop().unwrap();
    let context = &record["requestContext"];
    assert_eq!((&context["condition"], &context["approximateInvokeCount"]), (&json!("RetriesExhausted"), &json!(2)));
    assert_eq!(context["functionArn"], "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST");
    assert_eq!(record["requestPayload"], json!({"fails": true}));
    assert_eq!(
        record["responseContext"],
        json!({"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"})
    );
    assert_eq!(record["responsePayload"]["errorMessage"], "m");
    invoke_later(&lambda, json!({})).await;
    run_for(&lambda.control, Duration::from_secs(1)).await;
    let record = told.lock().unwrap().pop().unwrap();
    assert_eq!(record["requestContext"]["condition"], "Success");
    assert_eq!((&record["responsePayload"], told.lock().unwrap().len()), (&json!({"done": true}), 0));
}

#[tokio::test(start_paused = true)]
async fn an_event_that_may_not_run_or_is_too_old_is_given_up() {
    let (lambda, told) = lambda().await;
    let set = json!({"MaximumEventAgeInSeconds": 60, "DestinationConfig": {"OnFailure": to("told")}});
    lambda.ask("PUT", CONFIG, &set).await;
    let concurrency = "/2017-10-31/functions/f/concurrency";
    lambda.ask("PUT", concurrency, &json!({"ReservedConcurrentExecutions": 0})).await;
    invoke_later(&lambda, json!({})).await;
    run_for(&lambda.control, Duration::from_secs(1)).await;
    let condition = |told: &Mutex<Vec<Value>>| {
        told.lock().unwrap().pop().map(|record| record["requestContext"]["condition"].clone())
    };
    assert_eq!(condition(&told), Some(json!("ZeroReservedConcurrency")));
    lambda.ask("DELETE", concurrency, &Value::Null).await;
    invoke_later(&lambda, json!({"fails": true})).await;
    run_for(&lambda.control, Duration::from_secs(61)).await;
    assert_eq!(condition(&told), Some(json!("EventAgeExceeded")));
}

#[tokio::test(start_paused = true)]
async fn the_settings_are_of_a_version_or_an_alias_and_come_and_go() {
    let (lambda, _) = lambda().await;
    lambda.ask("POST", "/2015-03-31/functions/f/versions", &json!({})).await;
    let set = json!({"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60});
    let shown = lambda.ask("PUT", &format!("{CONFIG}?Qualifier=1"), &set).await;
    insta::assert_snapshot!(shown, @r#"{"LastModified":1767323045.0,"FunctionArn":"arn:aws:lambda:us-east-1:000000000000:function:f:1","MaximumRetryAttempts":0,"MaximumEventAgeInSeconds":60,"DestinationConfig":{"OnSuccess":{},"OnFailure":{}}}"#);
    assert_eq!(lambda.send("GET", CONFIG, &Value::Null).await.unwrap_err().status, 404);
    let none = lambda.send("POST", CONFIG, &set).await.unwrap_err();
    assert_eq!(
        none.message,
        "The function arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST doesn't have an EventInvokeConfig"
    );
    let changed = lambda.ask("POST", &format!("{CONFIG}?Qualifier=1"), &json!({"MaximumRetryAttempts": 2})).await;
    assert_eq!((&changed["MaximumRetryAttempts"], &changed["MaximumEventAgeInSeconds"]), (&json!(2), &json!(60)));
    let listed = lambda.ask("GET", &format!("{CONFIG}/list"), &Value::Null).await;
    assert_eq!(listed["FunctionEventInvokeConfigs"], json!([changed]));
    lambda.ask("DELETE", "/2015-03-31/functions/f?Qualifier=1", &Value::Null).await;
    let listed = lambda.ask("GET", &format!("{CONFIG}/list"), &Value::Null).await;
    assert_eq!(listed["FunctionEventInvokeConfigs"], json!([]));
}

#[tokio::test(start_paused = true)]
async fn what_can_be_no_destination_is_refused() {
    let (lambda, _) = lambda().await;
    let refused = async |set: Value| lambda.send("PUT", CONFIG, &set).await.unwrap_err();
    let on_failure = |destination: Value| json!({"DestinationConfig": {"OnFailure": destination}});
    let queue = refused(on_failure(json!({"Destination": "arn:aws:sqs:us-east-1:000000000000:q"}))).await;
    assert_eq!(queue.status, 501);
    assert!(queue.message.contains("destinations in sqs"), "{queue}");
    assert_eq!(
        refused(on_failure(to("f"))).await.message,
        "You can't specify the function as a destination for itself."
    );
    assert_eq!(refused(on_failure(json!({"Destination": "told"}))).await.code, "ValidationException");
    assert!(refused(json!({})).await.message.starts_with("You must specify at least one"));
    assert!(refused(json!({"MaximumRetryAttempts": 3})).await.message.contains("less than or equal to 2"));
    assert!(refused(json!({"MaximumEventAgeInSeconds": 59})).await.message.contains("greater than or equal to 60"));
}
