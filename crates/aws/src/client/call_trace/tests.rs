//! The events of calls to peers on loopback.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::client::timeouts::CallTimeout;
use crate::peer::{clients, http, peer};
use crate::trace::TARGET;

/// Collects this crate's events, each as its fields in one line without the duration.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<String>>>);

struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.0.insert(0, format!("{value:?}")),
            "duration_ms" => self.0.push("duration_ms".to_owned()),
            name => self.0.push(format!("{name}={value:?}")),
        }
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(Vec::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0.join(" "));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The events of one call to Step Functions, whose endpoint returns some bytes.
async fn events_of_a_call(says: String) -> String {
    let collector = Collector::default();
    let aws = clients(format!("http://{}", peer(says).await), CallTimeout::PerOperation).await;
    let _guard = tracing::subscriber::set_default(collector.clone());
    let _ = aws.sfn.list_state_machines().send().await;
    let events = std::mem::take(&mut *collector.0.lock().unwrap());
    let calls: Vec<String> = events.into_iter().filter(|event| event.starts_with("call ")).collect();
    // A call that keeps failing is made again until its time is up.
    calls[..calls.len().min(3)].join("\n")
}

#[tokio::test]
async fn an_attempt_leaves_one_event_without_headers_and_bodies() {
    let headers = "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: r-1\r\nx-secret: s\r\n";
    let events = events_of_a_call(http("200 OK", headers, r#"{"stateMachines": [], "secret": "s"}"#)).await;
    insta::assert_snapshot!(events, @r#"call service="SFN" operation="ListStateMachines" attempt=1 duration_ms status=200 request_id="r-1" outcome="success""#);
}

#[tokio::test]
async fn each_retry_leaves_an_event_of_its_own() {
    insta::assert_snapshot!(events_of_a_call(http("503 Service Unavailable", "", "")).await, @r#"
    call service="SFN" operation="ListStateMachines" attempt=1 duration_ms status=503 outcome="service error"
    call service="SFN" operation="ListStateMachines" attempt=2 duration_ms status=503 outcome="service error"
    call service="SFN" operation="ListStateMachines" attempt=3 duration_ms status=503 outcome="service error"
    "#);
}

#[tokio::test]
async fn a_connection_that_breaks_has_no_status() {
    insta::assert_snapshot!(events_of_a_call(String::new()).await, @r#"
    call service="SFN" operation="ListStateMachines" attempt=1 duration_ms outcome="connection failed"
    call service="SFN" operation="ListStateMachines" attempt=2 duration_ms outcome="connection failed"
    call service="SFN" operation="ListStateMachines" attempt=3 duration_ms outcome="connection failed"
    "#);
}
