//! Subscription filters: what functions get, and what they are refused for.

use std::io::Read as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::testing::{come_to_rest, run_for};
use cloud_core::{Document, FunctionInvoker, FunctionReference, Invocation, PortFuture, ServiceError};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::{Fixture, start};
use crate::rows::DELIVERIES;

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

/// One function, which keeps what it gets.
#[derive(Default)]
struct Kept {
    taken: Mutex<Vec<Value>>,
    /// Why it takes nothing now.
    refusal: Mutex<Option<ServiceError>>,
    /// Whether its policy lets nobody in.
    is_closed: Mutex<bool>,
}

impl Kept {
    fn taken(&self) -> Vec<Value> {
        self.taken.lock().unwrap().clone()
    }

    fn messages(&self) -> Vec<String> {
        let all = self.taken();
        let events = all.iter().flat_map(|message| message["logEvents"].as_array().unwrap().clone());
        events.map(|event| event["message"].as_str().unwrap().to_owned()).collect()
    }

    fn refuse(&self, refusal: Option<ServiceError>) {
        *self.refusal.lock().unwrap() = refusal;
    }
}

impl FunctionInvoker for Kept {
    fn invoke<'a>(&'a self, _: &'a FunctionReference, _: Bytes) -> PortFuture<'a, Result<Invocation, ServiceError>> {
        Box::pin(async { Err(ServiceError::internal("nobody waits for it")) })
    }

    fn invoke_later<'a>(
        &'a self,
        function: &'a FunctionReference,
        payload: Bytes,
    ) -> PortFuture<'a, Result<String, ServiceError>> {
        Box::pin(async move {
            if function.name == "slow" {
                return Err(ServiceError::new(429, "TooManyRequestsException", "Rate Exceeded."));
            }
            if let Some(refusal) = self.refusal.lock().unwrap().clone() {
                return Err(refusal);
            }
            let event: Value = serde_json::from_slice(&payload).unwrap();
            let compressed = BASE64_STANDARD.decode(event["awslogs"]["data"].as_str().unwrap()).unwrap();
            let mut text = String::new();
            GzDecoder::new(&compressed[..]).read_to_string(&mut text).unwrap();
            self.taken.lock().unwrap().push(serde_json::from_str(&text).unwrap());
            Ok("id".to_owned())
        })
    }

    fn version(&self, function: &FunctionReference) -> Result<String, ServiceError> {
        match function.name.as_str() {
            "f" | "slow" => Ok("$LATEST".to_owned()),
            _ => Err(function.not_found()),
        }
    }

    fn may_invoke(&self, _: &FunctionReference, service: &str, source_arn: &str) -> bool {
        let source = "arn:aws:logs:us-east-1:000000000000:log-group:g:*";
        !*self.is_closed.lock().unwrap() && service == "logs.us-east-1.amazonaws.com" && source_arn == source
    }

    fn resource_policy(&self, _: &FunctionReference) -> Option<Document> {
        None
    }

    fn tags(&self, _: &FunctionReference) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// A group `g` with a stream `s`, and the function; what holds it as a port.
async fn fixture() -> (Fixture, Arc<Kept>, Arc<dyn FunctionInvoker>) {
    let fixture = Fixture::new().with_stream("g", "s").await;
    let (kept, port) = connect(&fixture);
    (fixture, kept, port)
}

fn connect(fixture: &Fixture) -> (Arc<Kept>, Arc<dyn FunctionInvoker>) {
    let kept = Arc::new(Kept::default());
    let port: Arc<dyn FunctionInvoker> = kept.clone();
    fixture.logs.deliver_to(&port);
    (kept, port)
}

fn filter(name: &str, pattern: &str) -> Value {
    json!({"logGroupName": "g", "filterName": name, "filterPattern": pattern, "destinationArn": FUNCTION})
}

fn waiting(fixture: &Fixture) -> usize {
    let mut rows = 0;
    let counted = fixture.store.scan_keys(DELIVERIES, cloud_store::Range::all(), |_| {
        rows += 1;
        std::ops::ControlFlow::Continue(())
    });
    counted.unwrap();
    rows
}

#[tokio::test(start_paused = true)]
async fn a_function_gets_the_events_that_match_in_order() {
    let (fixture, kept, _port) = fixture().await;
    fixture.put("g", "s", &[(0, "ERROR before")]).await;
    fixture.ok("PutSubscriptionFilter", filter("errors", "ERROR")).await;
    fixture.put("g", "s", &[(0, "ERROR one"), (0, "INFO two"), (1, "ERROR three")]).await;
    fixture.write("g", "s", &["ERROR four", "nothing"]).await;
    come_to_rest().await;
    assert_eq!(kept.messages(), ["ERROR one", "ERROR three", "ERROR four"]);
    let first = &kept.taken()[0];
    assert_eq!((&first["messageType"], &first["owner"]), (&json!("DATA_MESSAGE"), &json!("000000000000")));
    assert_eq!((&first["logGroup"], &first["logStream"]), (&json!("g"), &json!("s")));
    assert_eq!(first["subscriptionFilters"], json!(["errors"]));
    let event = &first["logEvents"][0];
    assert_eq!(event["timestamp"], start().as_millisecond());
    let shown = fixture.ok("FilterLogEvents", json!({"logGroupName": "g", "filterPattern": "one"})).await;
    assert_eq!(event["id"], shown["events"][0]["eventId"]);
    assert_eq!(waiting(&fixture), 0);
}

#[tokio::test(start_paused = true)]
async fn many_events_come_in_parts_that_a_function_takes() {
    let (fixture, kept, _port) = fixture().await;
    fixture.ok("PutSubscriptionFilter", filter("all", "")).await;
    let long = "x".repeat(200 << 10);
    fixture.put("g", "s", &[(0, &long), (0, &long), (0, &long), (0, &long)]).await;
    come_to_rest().await;
    let sizes: Vec<usize> = kept.taken().iter().map(|part| part["logEvents"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [2, 2]);
}

#[tokio::test(start_paused = true)]
async fn what_a_function_can_not_take_now_comes_later_and_what_it_may_not_take_is_lost() {
    let (fixture, kept, _port) = fixture().await;
    fixture.ok("PutSubscriptionFilter", filter("all", "")).await;
    kept.refuse(Some(ServiceError::new(429, "TooManyRequestsException", "Rate Exceeded.")));
    fixture.put("g", "s", &[(0, "late")]).await;
    run_for(&fixture.clock, Duration::from_secs(5)).await;
    assert_eq!((kept.messages().len(), waiting(&fixture)), (0, 1));
    kept.refuse(None);
    run_for(&fixture.clock, Duration::from_secs(10)).await;
    assert_eq!((kept.messages(), waiting(&fixture)), (vec!["late".to_owned()], 0));
    *kept.is_closed.lock().unwrap() = true;
    fixture.put("g", "s", &[(0, "lost")]).await;
    come_to_rest().await;
    *kept.is_closed.lock().unwrap() = false;
    fixture.put("g", "s", &[(0, "next")]).await;
    come_to_rest().await;
    assert_eq!((kept.messages(), waiting(&fixture)), (vec!["late".to_owned(), "next".to_owned()], 0));
}

#[tokio::test(start_paused = true)]
async fn a_filter_whose_function_takes_nothing_holds_no_other_up() {
    let (fixture, kept, _port) = fixture().await;
    let mut slow = filter("a-slow", "");
    slow["destinationArn"] = json!("arn:aws:lambda:us-east-1:000000000000:function:slow");
    fixture.ok("PutSubscriptionFilter", slow).await;
    fixture.put("g", "s", &[(0, "before")]).await;
    come_to_rest().await;
    fixture.ok("PutSubscriptionFilter", filter("b", "")).await;
    for message in ["one", "two"] {
        fixture.put("g", "s", &[(0, message)]).await;
        come_to_rest().await;
    }
    assert_eq!((kept.messages(), waiting(&fixture)), (vec!["one".to_owned(), "two".to_owned()], 3));
    // Nothing comes twice, also after a restart, for the filter that has had it.
    let again = fixture.restarted();
    let (kept, _port) = connect(&again);
    again.logs.resume();
    again.put("g", "s", &[(0, "three")]).await;
    come_to_rest().await;
    assert_eq!(kept.messages(), ["three"]);
    // What waits for a filter that is gone goes with it.
    again.ok("DeleteSubscriptionFilter", json!({"logGroupName": "g", "filterName": "a-slow"})).await;
    run_for(&again.clock, Duration::from_secs(600)).await;
    assert_eq!((kept.messages(), waiting(&again)), (vec!["three".to_owned()], 0));
}

/// As recorded by LocalStack from AWS: a function that writes down each event that it gets has the log's events alone.
#[tokio::test(start_paused = true)]
async fn a_function_gets_no_message_that_tests_it() {
    let (fixture, kept, _port) = fixture().await;
    fixture.ok("PutSubscriptionFilter", filter("all", "")).await;
    come_to_rest().await;
    assert_eq!(kept.taken(), Vec::<Value>::new());
}

#[tokio::test(start_paused = true)]
async fn a_restart_hands_over_what_was_left() {
    let (fixture, kept, _port) = fixture().await;
    fixture.ok("PutSubscriptionFilter", filter("all", "")).await;
    kept.refuse(Some(ServiceError::new(503, "ServiceUnavailable", "later")));
    fixture.put("g", "s", &[(0, "one")]).await;
    fixture.put("g", "s", &[(0, "two")]).await;
    come_to_rest().await;
    assert_eq!(waiting(&fixture), 2);
    let again = fixture.restarted();
    let (kept, _port) = connect(&again);
    again.logs.resume();
    come_to_rest().await;
    assert_eq!((kept.messages(), waiting(&again)), (vec!["one".to_owned(), "two".to_owned()], 0));
}

#[tokio::test(start_paused = true)]
async fn nothing_comes_any_more_once_the_filter_or_the_group_is_gone() {
    let (fixture, kept, _port) = fixture().await;
    fixture.ok("PutSubscriptionFilter", filter("all", "")).await;
    kept.refuse(Some(ServiceError::new(503, "ServiceUnavailable", "later")));
    fixture.put("g", "s", &[(0, "one")]).await;
    fixture.put("g", "s", &[(0, "two")]).await;
    come_to_rest().await;
    fixture.ok("DeleteLogGroup", json!({"logGroupName": "g"})).await;
    assert_eq!(waiting(&fixture), 0);
    let fixture = fixture.with_stream("g", "s").await;
    fixture.ok("PutSubscriptionFilter", filter("all", "")).await;
    fixture.ok("DeleteSubscriptionFilter", json!({"logGroupName": "g", "filterName": "all"})).await;
    kept.refuse(None);
    fixture.put("g", "s", &[(0, "three")]).await;
    come_to_rest().await;
    assert!(!kept.messages().contains(&"three".to_owned()));
    let missing = fixture.call("DeleteSubscriptionFilter", json!({"logGroupName": "g", "filterName": "all"})).await;
    assert_eq!(missing.unwrap_err().message, "The specified subscription filter does not exist.");
}

#[tokio::test(start_paused = true)]
async fn wrong_filters_are_refused_and_two_are_all() {
    let (fixture, kept, _port) = fixture().await;
    let with = |member: &str, value: Value| {
        let mut input = filter("a", "");
        input[member] = value;
        input
    };
    let execute = "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.";
    for (input, told) in [
        (with("destinationArn", json!("arn:aws:lambda:us-east-1:000000000000:function:none")), execute),
        (with("destinationArn", json!("arn:aws:lambda:eu-west-1:000000000000:function:f")), execute),
        (with("destinationArn", json!("arn:aws:lambda:us-east-1:000000000002:function:f")), execute),
        (with("destinationArn", json!("arn:aws:kinesis:us-east-1:000000000000:stream/s")), "destinations in kinesis"),
        (
            with("roleArn", json!("arn:aws:iam::000000000000:role/r")),
            "destinationArn for vendor lambda cannot be used with roleArn",
        ),
        (with("filterPattern", json!("{ $.a = ")), "it must end with"),
        (with("distribution", json!("Even")), "[Random, ByLogStream]"),
        (with("filterName", json!("a:b")), "[^:*]*"),
        (with("logGroupName", json!("none")), "The specified log group does not exist."),
        (with("emitSystemFields", json!(["@aws.account"])), "emitSystemFields of logs:PutSubscriptionFilter"),
    ] {
        let refused = fixture.call("PutSubscriptionFilter", input).await.unwrap_err();
        assert!(refused.message.contains(told), "{told}: {refused}");
    }
    *kept.is_closed.lock().unwrap() = true;
    assert_eq!(fixture.call("PutSubscriptionFilter", filter("a", "")).await.unwrap_err().message, execute);
    *kept.is_closed.lock().unwrap() = false;
    for name in ["a", "b", "a"] {
        fixture.ok("PutSubscriptionFilter", filter(name, "x")).await;
    }
    let third = fixture.call("PutSubscriptionFilter", filter("c", "")).await.unwrap_err();
    assert_eq!((third.code.as_str(), third.message.as_str()), ("LimitExceededException", "Resource limit exceeded."));
    let shown = fixture.ok("DescribeSubscriptionFilters", json!({"logGroupName": "g", "limit": 1})).await;
    let first = &shown["subscriptionFilters"][0];
    assert_eq!((&first["filterName"], &first["filterPattern"]), (&json!("a"), &json!("x")));
    assert_eq!((&first["destinationArn"], &first["distribution"]), (&json!(FUNCTION), &json!("ByLogStream")));
    let next = json!({"logGroupName": "g", "nextToken": shown["nextToken"]});
    let rest = fixture.ok("DescribeSubscriptionFilters", next).await;
    assert_eq!(rest["subscriptionFilters"][0]["filterName"], "b");
    let prefix = json!({"logGroupName": "g", "filterNamePrefix": "c"});
    assert_eq!(fixture.ok("DescribeSubscriptionFilters", prefix).await["subscriptionFilters"], json!([]));
}
