//! Tests of invocations: on a clock moved by hand, with closures for functions.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::testing::{come_to_rest, run_for};
use cloud_core::{FunctionInvoker, FunctionReference, Invocation, Location};
use serde_json::{Value, json};

use super::{Fixture, request};
use crate::runtime::{RuntimeSignal, SimulatedRun, SimulatedRunner};

const INVOKE: &str = "/2015-03-31/functions/f/invocations";
const GROUP: &str = "us-east-1//aws/lambda/f";

fn function() -> FunctionReference {
    FunctionReference::parse("f", &Location::default()).unwrap()
}

/// A Lambda with the function `f`, which does this, and the number of its runs.
async fn lambda_of(run: impl Fn() -> SimulatedRun + Send + Sync + 'static) -> (Fixture, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let lambda = Fixture::with(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        run()
    });
    lambda.create("f").await;
    (lambda, runs)
}

#[tokio::test(start_paused = true)]
async fn a_run_is_logged_and_its_sandbox_used_again() {
    let (lambda, _) = lambda_of(|| SimulatedRun::answers(&json!("done")).printing("within")).await;
    for _ in 0..2 {
        assert_eq!(lambda.ask("POST", INVOKE, &json!({})).await, "done");
    }
    let lines = lambda.logs.lines(GROUP);
    let kinds: Vec<&str> = lines.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(kinds, ["START", "within", "END", "REPORT", "START", "within", "END", "REPORT"]);
    assert!(lines[3].contains("Init Duration"), "{}", lines[3]);
    assert!(!lines[7].contains("Init Duration"), "{}", lines[7]);
}

#[tokio::test(start_paused = true)]
async fn a_client_context_goes_to_functions_that_somebody_waits_for() {
    let lambda = Fixture::with(|_, event| {
        let context = event.client_context.as_ref();
        SimulatedRun::answers(&json!(context)).printing(&format!("context {context:?}"))
    });
    lambda.create("f").await;
    let encoded = BASE64_STANDARD.encode(r#"{"custom":{"a":"b"}}"#);
    let sent = async |context: &str, kind: &str| {
        let request = request(&Location::default(), lambda.clock.now(), "POST", INVOKE, &json!({}))
            .with_header("x-amz-client-context", context)
            .with_header("x-amz-invocation-type", kind);
        super::answer(&lambda.functions, &lambda.faults, request).await
    };
    let told = json!(r#"{"custom":{"a":"b"}}"#);
    assert_eq!(super::value(&sent(&encoded, "RequestResponse").await.unwrap()), told);
    let invoked = lambda.functions.invoke_for(&function(), Bytes::from_static(b"{}"), Some(&encoded)).await.unwrap();
    assert_eq!(invoked.payload, told.to_string());
    for kind in ["RequestResponse", "Event", "DryRun"] {
        let refused = sent("{}", kind).await.unwrap_err();
        assert_eq!(refused.message, "Client context must be a valid Base64-encoded JSON object.", "{kind}");
    }
    assert_eq!(sent(&encoded, "Event").await.unwrap().status, 202);
    run_for(&lambda.control, Duration::from_secs(1)).await;
    assert!(lambda.logs.lines(GROUP).iter().any(|line| line.starts_with("context None")));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_an_invocation_on_a_moved_clock() {
    let (lambda, _) = lambda_of(SimulatedRun::hangs).await;
    let functions = Arc::clone(&lambda.functions);
    let invoking = tokio::spawn(async move { functions.invoke(&function(), Bytes::from_static(b"{}")).await });
    run_for(&lambda.control, Duration::from_millis(2_999)).await;
    assert!(!invoking.is_finished());
    run_for(&lambda.control, Duration::from_millis(1)).await;
    let invocation = invoking.await.unwrap().unwrap();
    assert_eq!(invocation.function_error.as_deref(), Some("Unhandled"));
    let payload = String::from_utf8(invocation.payload.to_vec()).unwrap();
    assert!(payload.starts_with(r#"{"errorType":"Sandbox.Timedout","#), "{payload}");
    let log = lambda.logs.lines(GROUP).concat();
    assert!(log.contains("2026-01-02T03:04:08.000Z"), "{log}");
    assert!(log.contains("Task timed out after 3.00 seconds"), "{log}");
    assert!(log.contains("Duration: 3000.00 ms"), "{log}");
}

/// Invokes a function whose runtimes each take 11 s to initialise, with these settings.
async fn invoked_after_a_slow_init(settings: &Value) -> (Fixture, Invocation) {
    let lambda = Fixture::run_by(1, |clock| {
        let answers = |_: &crate::FunctionVersion, _: &crate::InvocationEvent| SimulatedRun::answers(&json!("done"));
        SimulatedRunner::new(clock, answers).initialising_for(Duration::from_secs(11), "module")
    });
    lambda.create("f").await;
    lambda.ask("PUT", "/2015-03-31/functions/f/configuration", settings).await;
    let functions = Arc::clone(&lambda.functions);
    let invoking = tokio::spawn(async move { functions.invoke(&function(), Bytes::from_static(b"{}")).await });
    run_for(&lambda.control, Duration::from_secs(22)).await;
    assert!(invoking.is_finished());
    let invocation = invoking.await.unwrap().unwrap();
    (lambda, invocation)
}

#[tokio::test(start_paused = true)]
async fn a_start_that_takes_too_long_is_done_again_within_the_invocation() {
    let (lambda, invocation) = invoked_after_a_slow_init(&json!({"Timeout": 20})).await;
    assert_eq!((invocation.function_error, &invocation.payload[..]), (None, &br#""done""#[..]));
    let lines = lambda.logs.lines(GROUP);
    let kinds: Vec<&str> = lines.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(kinds, ["module", "INIT_REPORT", "module", "START", "END", "REPORT"]);
    assert_eq!(lines[1], "INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n");
    assert!(lines[5].contains("\tDuration: 11000.00 ms\tBilled Duration: 11000 ms\t"), "{}", lines[5]);
    assert!(!lines[5].contains("Init Duration"), "{}", lines[5]);
    // The second runtime is warm.
    assert_eq!(lambda.ask("POST", INVOKE, &json!({})).await, "done");
    let log = lambda.logs.lines(GROUP).concat();
    assert_eq!((log.matches("module").count(), log.matches("Init Duration").count()), (2, 1), "{log}");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_takes_longer_than_the_timeout_too_fails_the_invocation() {
    let (lambda, invocation) = invoked_after_a_slow_init(&json!({"Timeout": 5})).await;
    assert_eq!(invocation.function_error.as_deref(), Some("Unhandled"));
    let payload = String::from_utf8(invocation.payload.to_vec()).unwrap();
    assert!(payload.starts_with(r#"{"errorType":"Sandbox.Timedout","#), "{payload}");
    let lines = lambda.logs.lines(GROUP);
    let log = lines.concat();
    assert_eq!(log.matches("module").count(), 2, "{log}");
    assert!(log.contains("INIT_REPORT Init Duration: 5000.00 ms\tPhase: invoke\tStatus: timeout\nSTART "), "{log}");
    assert!(log.contains("2026-01-02T03:04:20.000Z"), "{log}");
    assert!(log.contains("Task timed out after 5.00 seconds"), "{log}");
    let report = lines.last().unwrap();
    assert!(report.contains("\tDuration: 5000.00 ms\t") && report.ends_with("Status: timeout\n"), "{report}");
    assert!(!report.contains("Init Duration"), "{report}");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_takes_too_long_is_told_of_in_json() {
    let logging = json!({"LogFormat": "JSON", "SystemLogLevel": "DEBUG"});
    let (lambda, _) = invoked_after_a_slow_init(&json!({"Timeout": 20, "LoggingConfig": logging})).await;
    let events: Vec<Value> =
        lambda.logs.lines(GROUP).iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let told = |event: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let kind = text(&event["type"]).replace("platform.", "");
        format!("{kind} {} {}", text(&event["record"]["phase"]), text(&event["record"]["status"]))
    };
    let told: Vec<String> = events.iter().map(told).collect();
    assert_eq!(
        told,
        [
            "initStart init -",
            "initRuntimeDone init timeout",
            "initReport init timeout",
            "initStart invoke -",
            "initRuntimeDone invoke success",
            "initReport invoke success",
            "start - -",
            "runtimeDone - success",
            "report - success",
        ]
    );
    assert_eq!(events[8]["record"]["metrics"].get("initDurationMs"), None);
}

#[tokio::test(start_paused = true)]
async fn an_asynchronous_invocation_is_tried_three_times() {
    let (lambda, runs) = lambda_of(|| SimulatedRun::fails(&json!({"errorType": "E"}))).await;
    let now = lambda.clock.now();
    let asked =
        request(&Location::default(), now, "POST", INVOKE, &json!({})).with_header("x-amz-invocation-type", "Event");
    assert_eq!(super::answer(&lambda.functions, &lambda.faults, asked).await.unwrap().status, 202);
    let runs_after = |seconds| {
        let control = lambda.control.clone();
        let runs = Arc::clone(&runs);
        async move {
            run_for(&control, Duration::from_secs(seconds)).await;
            runs.load(Ordering::Relaxed)
        }
    };
    assert_eq!(runs_after(0).await, 1);
    assert_eq!(runs_after(60).await, 2);
    assert_eq!(runs_after(119).await, 2);
    assert_eq!(runs_after(1).await, 3);
    assert_eq!(runs_after(3600).await, 3);
}

#[tokio::test(start_paused = true)]
async fn too_many_asynchronous_invocations_are_throttled() {
    let (lambda, _) = lambda_of(SimulatedRun::hangs).await;
    let event = Bytes::from(vec![b'1'; 1_000_000]);
    let mut taken = 0;
    let refused = loop {
        match lambda.functions.invoke_later(&function(), event.clone()).await {
            Ok(_) => taken += 1,
            Err(error) => break error,
        }
        assert!(taken < 100, "nothing bounds them");
    };
    assert_eq!((refused.status, refused.code.as_str()), (429, "TooManyRequestsException"));
    assert_eq!(taken, 67);
    // Each is tried three times, and each try times out.
    run_for(&lambda.control, Duration::from_secs(600)).await;
    lambda.functions.invoke_later(&function(), event).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_stopped_lambda_runs_nothing_more() {
    let (lambda, runs) = lambda_of(|| SimulatedRun::fails(&json!({}))).await;
    lambda.functions.invoke_later(&function(), Bytes::from_static(b"{}")).await.unwrap();
    come_to_rest().await;
    lambda.functions.stop();
    let refused = lambda.functions.invoke(&function(), Bytes::from_static(b"{}")).await.unwrap_err();
    assert_eq!(refused.code, "ServiceException");
    // When idle sandboxes are next looked at, but before the next try.
    run_for(&lambda.control, Duration::from_secs(30)).await;
    assert_eq!(lambda.control.next_timer(), None, "nothing waits any more");
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_run_goes_on_when_whoever_waits_goes_away() {
    let answer = || SimulatedRun::answers(&json!(1)).after(Duration::from_secs(2));
    let (lambda, runs) = lambda_of(answer).await;
    let reference = function();
    let invoking = lambda.functions.invoke(&reference, Bytes::from_static(b"{}"));
    assert!(cloud_core::testing::poll_times(invoking, 1).await.is_none());
    run_for(&lambda.control, Duration::from_secs(2)).await;
    assert_eq!(runs.load(Ordering::Relaxed), 1);
    assert!(lambda.logs.lines(GROUP).concat().contains("REPORT"));
}

#[tokio::test(start_paused = true)]
async fn a_runtime_that_exits_is_replaced() {
    use std::os::unix::process::ExitStatusExt;
    let exits = || RuntimeSignal::Exited(Ok(std::process::ExitStatus::from_raw(1 << 8)));
    let (lambda, runs) = lambda_of(move || SimulatedRun::ends_with(exits())).await;
    for _ in 0..2 {
        let answer = lambda.ask("POST", INVOKE, &json!({})).await;
        assert_eq!(answer["errorType"], "Runtime.ExitError");
        assert!(answer["errorMessage"].as_str().unwrap().ends_with("Runtime exited with error: exit status 1"));
    }
    assert_eq!(runs.load(Ordering::Relaxed), 2);
    let log = lambda.logs.lines(GROUP).concat();
    assert_eq!(log.matches("Init Duration").count(), 2, "{log}");
}

#[tokio::test(start_paused = true)]
async fn an_event_without_a_turn_is_throttled_after_a_minute() {
    let (lambda, runs) = lambda_of(SimulatedRun::hangs).await;
    lambda.ask("PUT", "/2015-03-31/functions/f/configuration", &json!({"Timeout": 900})).await;
    let invoking: Vec<_> = (0..65)
        .map(|_| {
            let functions = Arc::clone(&lambda.functions);
            tokio::spawn(async move { functions.invoke(&function(), Bytes::from_static(b"{}")).await })
        })
        .collect();
    run_for(&lambda.control, Duration::from_secs(59)).await;
    assert!(!invoking.iter().any(tokio::task::JoinHandle::is_finished));
    run_for(&lambda.control, Duration::from_secs(1)).await;
    assert_eq!(runs.load(Ordering::Relaxed), 64);
    let throttled = invoking.into_iter().find(tokio::task::JoinHandle::is_finished).unwrap().await.unwrap();
    assert_eq!(throttled.unwrap_err().code, "TooManyRequestsException");
}

#[tokio::test(start_paused = true)]
async fn a_sandbox_that_idles_too_long_ends() {
    let (lambda, _) = lambda_of(|| SimulatedRun::answers(&json!(1))).await;
    for seconds in [200, 200, 400, 0] {
        lambda.ask("POST", INVOKE, &json!({})).await;
        run_for(&lambda.control, Duration::from_secs(seconds)).await;
    }
    let reports = lambda.logs.lines(GROUP).into_iter().filter(|line| line.starts_with("REPORT"));
    let is_cold: Vec<bool> = reports.map(|line| line.contains("Init Duration")).collect();
    assert_eq!(is_cold, [true, false, false, true]);
}
