//! Peers that refuse a few calls and then answer: what is made again, how often, and what is told.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::client::connect::Aws;
use crate::client::timeouts::CallTimeout;
use crate::error::AwsError;
use crate::invoke::{InvocationMode, invoke};
use crate::peer::{clients, http, json, serve};
use crate::sfn::executions::stop_paced;
use model::names::Arn;

/// Clients of a peer that gives the first answer a number of times and then the second; counts the calls, and collects
/// what is told.
struct Flaky {
    aws: Aws,
    calls: Arc<AtomicU32>,
    told: Arc<Mutex<Vec<String>>>,
}

async fn flaky(times: u32, first: String, then: String) -> Flaky {
    let calls = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&calls);
    let address = serve(move |mut stream| {
        let call = counted.fetch_add(1, Ordering::Relaxed);
        let says = if call < times { first.clone() } else { then.clone() };
        async move {
            let _ = stream.read(&mut [0; 65_536]).await;
            let _ = stream.write_all(says.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    let aws = clients(format!("http://{}", address.await), CallTimeout::PerOperation).await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    aws.on_wait(move |wait| heard.lock().unwrap().push(format!("{} {:?}", wait.service, wait.cause)));
    Flaky { aws, calls, told }
}

impl Flaky {
    fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    fn told(&self) -> String {
        self.told.lock().unwrap().join(", ")
    }
}

fn throttled() -> String {
    json("400 Bad Request", "ThrottlingException", "Rate exceeded")
}

fn broken() -> String {
    json("500 Internal Server Error", "InternalFailure", "?")
}

fn machines() -> String {
    http("200 OK", "Content-Type: application/x-amz-json-1.0\r\n", r#"{"stateMachines": []}"#)
}

#[tokio::test]
async fn throttling_is_waited_for_beyond_a_blip_and_told_once() {
    let peer = flaky(5, throttled(), machines()).await;
    peer.aws.sfn.list_state_machines().send().await.unwrap();
    assert_eq!((peer.calls(), peer.told().as_str()), (6, "Step Functions Throttled"));
}

#[tokio::test]
async fn each_service_says_it_in_its_own_form() {
    let query = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error>\
                 <RequestId>r</RequestId></ErrorResponse>";
    let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000000</Account>\
                    </GetCallerIdentityResult></GetCallerIdentityResponse>";
    let xml = |status, body| http(status, "Content-Type: text/xml\r\n", body);
    let peer = flaky(4, xml("400 Bad Request", query), xml("200 OK", identity)).await;
    peer.aws.account().await.unwrap();
    assert_eq!((peer.calls(), peer.told().as_str()), (5, "STS Throttled"));
    let headers = "Content-Type: application/json\r\nx-amzn-ErrorType: TooManyRequestsException:http://internal/\r\n";
    let refusal = http("429 Too Many Requests", headers, r#"{"message":"Rate exceeded"}"#);
    let peer = flaky(4, refusal, http("200 OK", "Content-Type: application/json\r\n", r#"{"items":[]}"#)).await;
    peer.aws.apis.get_apis().send().await.unwrap();
    assert_eq!((peer.calls(), peer.told().as_str()), (5, "API Gateway Throttled"));
}

#[tokio::test]
async fn a_blip_is_not_worth_a_word_and_a_trouble_is() {
    let peer = flaky(2, broken(), machines()).await;
    peer.aws.sfn.list_state_machines().send().await.unwrap();
    assert_eq!((peer.calls(), peer.told().as_str()), (3, ""));
    let peer = flaky(4, broken(), machines()).await;
    peer.aws.sfn.list_state_machines().send().await.unwrap();
    assert_eq!((peer.calls(), peer.told().as_str()), (5, "Step Functions ServiceFault"));
}

#[tokio::test]
async fn a_full_quota_is_not_asked_again() {
    let peer = flaky(9, json("400 Bad Request", "LimitExceededException", "full"), machines()).await;
    peer.aws.sfn.list_state_machines().send().await.unwrap_err();
    assert_eq!((peer.calls(), peer.told().as_str()), (1, ""));
}

/// A function that was refused did not run; one whose answer got lost may have.
#[tokio::test]
async fn what_must_not_happen_twice_is_repeated_only_if_it_did_not_happen() {
    let headers = "Content-Type: application/json\r\nx-amzn-ErrorType: TooManyRequestsException\r\n";
    let refused = http("429 Too Many Requests", headers, r#"{"message":"Rate Exceeded."}"#);
    let answer = http("200 OK", "Content-Type: application/json\r\n", "{}");
    let peer = flaky(3, refused, answer.clone()).await;
    invoke(&peer.aws, "f", "live", b"{}".to_vec(), InvocationMode::RequestResponse, false).await.unwrap();
    assert_eq!(peer.calls(), 4);
    for lost in [String::new(), http("502 Bad Gateway", "", "")] {
        let peer = flaky(1, lost.clone(), answer.clone()).await;
        invoke(&peer.aws, "f", "live", b"{}".to_vec(), InvocationMode::RequestResponse, false).await.unwrap_err();
        assert_eq!(peer.calls(), 1);
        let peer = flaky(1, lost, answer.clone()).await;
        crate::apis::create_integration(&peer.aws.apis, "a", "arn", "2.0").await.unwrap_err();
        assert_eq!(peer.calls(), 1);
    }
}

#[tokio::test]
async fn whoever_has_a_pace_of_its_own_hears_of_refusals_and_not_of_faults() {
    let execution = Arn::new("arn:aws:states:eu-west-1:123456789012:execution:m:e".to_owned());
    let stopped = http("200 OK", "Content-Type: application/x-amz-json-1.0\r\n", r#"{"stopDate": 1}"#);
    let peer = flaky(1, throttled(), stopped.clone()).await;
    let error = stop_paced(&peer.aws, &execution, "a test").await.unwrap_err();
    assert_eq!((error.kind, peer.calls()), (AwsErrorKind::Throttled, 1));
    let peer = flaky(4, broken(), stopped).await;
    stop_paced(&peer.aws, &execution, "a test").await.unwrap();
    assert_eq!(peer.calls(), 5);
}

#[tokio::test]
async fn whoever_asks_again_anyway_hears_of_each_refusal() {
    let peer = flaky(9, throttled(), machines()).await;
    let aws = peer.aws.with_patience(Patience::None);
    let error = aws.sfn.list_state_machines().send().await.unwrap_err();
    let error = AwsError::from_sdk("Step Functions", "ListStateMachines")(error);
    assert_eq!((error.kind, peer.calls()), (AwsErrorKind::Throttled, 1));
    assert_eq!(peer.told(), "");
}

fn call(attempts: u32, waited_s: u64) -> Attempted {
    let waited = Duration::from_secs(waited_s);
    Attempted { attempts, waited, patience: Patience::Full, repeat: Repeat::Always, answered_before: true }
}

#[test]
fn budgets_are_spent() {
    for (kind, spent_s) in
        [(AwsErrorKind::Throttled, 120), (AwsErrorKind::ServiceFault, 30), (AwsErrorKind::ConnectionLost, 10)]
    {
        let pause = |call: Attempted| budget(kind, &call).and_then(|budget| budget.pause(&call, 0.5));
        assert!(pause(call(9, spent_s - 5)).is_some(), "{kind:?}");
        assert_eq!(pause(call(9, spent_s)), None, "{kind:?}");
        assert!(pause(call(2, spent_s)).is_some(), "a slow attempt is not the last: {kind:?}");
        assert_eq!(pause(Attempted { patience: Patience::None, ..call(1, 0) }), None);
        assert_eq!(pause(Attempted { patience: Patience::Brief, ..call(3, 10) }), None);
    }
    assert_eq!(budget(AwsErrorKind::AccessDenied, &call(1, 0)), None);
}

/// A wrong endpoint is told at once; one that has answered may come back.
#[test]
fn nobody_is_waited_for_who_never_was_there() {
    let pause = |attempts, answered_before| {
        let call = Attempted { answered_before, ..call(attempts, 0) };
        budget(AwsErrorKind::Unreachable, &call).and_then(|budget| budget.pause(&call, 0.0))
    };
    assert!(pause(2, false).is_some());
    assert_eq!(pause(3, false), None);
    assert!(pause(3, true).is_some());
}

#[test]
fn pauses_double_and_are_spread() {
    let seconds = |attempts| longest_pause(WaitCause::Throttled, attempts).as_secs_f64();
    assert_eq!([1, 2, 3, 4, 5, 6, 99].map(seconds), [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]);
    let call = call(3, 0);
    let pause = |fraction| budget(AwsErrorKind::Throttled, &call).unwrap().pause(&call, fraction).unwrap();
    assert_eq!([0.0, 0.25].map(pause), [Duration::ZERO, Duration::from_millis(500)]);
}
