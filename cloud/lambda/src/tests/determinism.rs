//! Tests that a seed replays a run: the same ids in the same places.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_core::FunctionInvoker;
use cloud_core::testing::run_for;
use serde_json::{Value, json};

use super::Fixture;
use crate::runtime::SimulatedRun;

/// Everything that a run with this seed shows: answers, events as functions get them, rows and log lines.
async fn run(seed: u64) -> Vec<String> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&events);
    let lambda = Fixture::seeded(seed, move |version, event| {
        let shown = format!("{} {} {}", version.qualified_arn(), event.request_id, event.trace_id);
        seen.lock().unwrap().push(shown);
        SimulatedRun::fails(&json!({"errorType": "E"})).printing("tries")
    });
    let path = "/2015-03-31/functions/f";
    let mut shown = vec![lambda.create("f").await.to_string()];
    for description in ["one", "two"] {
        lambda.ask("PUT", &format!("{path}/configuration"), &json!({"Description": description})).await;
        shown.push(lambda.ask("POST", &format!("{path}/versions"), &json!({})).await.to_string());
    }
    let alias =
        json!({"Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.5}}});
    shown.push(lambda.ask("POST", &format!("{path}/aliases"), &alias).await.to_string());
    let permission =
        json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"});
    lambda.ask("POST", &format!("{path}/policy"), &permission).await;
    let reference = cloud_core::FunctionReference::parse("f:live", &cloud_core::Location::default()).unwrap();
    for _ in 0..8 {
        let invocation = lambda.functions.invoke(&reference, "{}".into()).await.unwrap();
        shown.push(format!("{invocation:?}"));
        shown.push(lambda.functions.invoke_later(&reference, "{}".into()).await.unwrap());
    }
    run_for(&lambda.control, Duration::from_secs(600)).await;
    shown.push(lambda.ask("GET", &format!("{path}/policy"), &Value::Null).await.to_string());
    shown.push(lambda.functions.table.read(|functions| serde_json::to_string(functions).unwrap()));
    shown.extend(events.lock().unwrap().iter().cloned());
    shown.extend(lambda.logs.lines("us-east-1//aws/lambda/f"));
    shown
}

#[tokio::test(start_paused = true)]
async fn a_seed_gives_the_same_ids_versions_and_log() {
    let first = run(7).await;
    assert_eq!(first, run(7).await);
    let other = run(8).await;
    assert_eq!(first.len(), other.len());
    assert_ne!(first, other);
}

#[tokio::test(start_paused = true)]
async fn ids_have_the_form_of_aws() {
    let lambda = Fixture::with(|_, event| {
        let parts: Vec<&str> = event.trace_id.split([';', '=']).collect();
        SimulatedRun::answers(&json!({"request": event.request_id.len(), "trace": parts}))
    });
    lambda.create("f").await;
    let answer = lambda.ask("POST", "/2015-03-31/functions/f/invocations", &json!({})).await;
    assert_eq!(answer["request"], 36);
    let trace: Vec<&str> = answer["trace"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    assert_eq!([trace[0], trace[2], trace[4], trace[5]], ["Root", "Parent", "Sampled", "0"]);
    let root: Vec<usize> = trace[1].split('-').map(str::len).collect();
    assert_eq!((root, trace[3].len()), (vec![1, 8, 24], 16));
}
