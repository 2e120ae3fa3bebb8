//! Live tails: what is sent, and when.

use std::time::Duration;

use aws_smithy_eventstream::frame::read_message_from;
use bytes::Bytes;
use cloud_core::testing::{come_to_rest, run_for};
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

use super::Fixture;

const GROUP: &str = "arn:aws:logs:us-east-1:000000000000:log-group:g";

async fn open(fixture: &Fixture, further: Value) -> Receiver<Bytes> {
    let mut input = json!({"logGroupIdentifiers": [GROUP]});
    input.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
    let answer = fixture.answer("StartLiveTail", input).await.unwrap();
    assert!(answer.has_header("content-type"));
    answer.stream.unwrap().take().unwrap()
}

/// The next message: its kind and what it says.
async fn next(pieces: &mut Receiver<Bytes>) -> Option<(String, Value)> {
    let mut piece = pieces.recv().await?;
    let message = read_message_from(&mut piece).unwrap();
    let named = message.headers().iter().find(|header| {
        header.name().as_str().ends_with("-type")
            && header.name().as_str() != ":message-type"
            && header.name().as_str() != ":content-type"
    });
    let kind = named.unwrap().value().as_string().unwrap().as_str().to_owned();
    Some((kind, serde_json::from_slice(message.payload()).unwrap()))
}

/// The messages of the next update that has some.
async fn lines(fixture: &Fixture, pieces: &mut Receiver<Bytes>) -> Vec<String> {
    run_for(&fixture.clock, Duration::from_millis(30)).await;
    let (kind, update) = next(pieces).await.unwrap();
    assert_eq!(kind, "sessionUpdate");
    let results = update["sessionResults"].as_array().unwrap();
    results.iter().map(|event| event["message"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_tail_begins_and_shows_what_matches() {
    let fixture = Fixture::new().with_stream("g", "s").await.with_stream("h", "s").await;
    let mut pieces = open(&fixture, json!({"logEventFilterPattern": "ERROR"})).await;
    assert_eq!(next(&mut pieces).await.unwrap(), ("initial-response".to_owned(), json!({})));
    let (kind, start) = next(&mut pieces).await.unwrap();
    assert_eq!((kind.as_str(), &start["logGroupIdentifiers"]), ("sessionStart", &json!([GROUP])));
    assert_eq!(start["logEventFilterPattern"], "ERROR");
    fixture.put("g", "s", &[(0, "ERROR one"), (0, "INFO two")]).await;
    fixture.write("h", "s", &["ERROR of another group"]).await;
    run_for(&fixture.clock, Duration::from_millis(30)).await;
    let (kind, update) = next(&mut pieces).await.unwrap();
    assert_eq!((kind.as_str(), &update["sessionMetadata"]["sampled"]), ("sessionUpdate", &json!(false)));
    let results = update["sessionResults"].as_array().unwrap();
    assert_eq!(results.len(), 1, "{results:?}");
    let now = super::start().as_millisecond();
    let shown = json!({
        "logGroupIdentifier": "000000000000:g", "logStreamName": "s", "timestamp": now, "ingestionTime": now, "message": "ERROR one"
    });
    assert_eq!(results[0], shown);
    run_for(&fixture.clock, Duration::from_secs(1)).await;
    assert_eq!(next(&mut pieces).await.unwrap().1["sessionResults"], json!([]), "a second passed");
}

#[tokio::test(start_paused = true)]
async fn streams_are_chosen_by_name_or_prefix_and_a_flood_is_sampled() {
    let fixture = Fixture::new().with_stream("g", "a1").await;
    fixture.ok("CreateLogStream", json!({"logGroupName": "g", "logStreamName": "b1"})).await;
    let mut named = open(&fixture, json!({"logStreamNames": ["b1"]})).await;
    let mut prefixed = open(&fixture, json!({"logStreamNamePrefixes": ["a"]})).await;
    for pieces in [&mut named, &mut prefixed] {
        next(pieces).await.unwrap();
        next(pieces).await.unwrap();
    }
    fixture.put("g", "a1", &[(0, "of a1")]).await;
    fixture.put("g", "b1", &[(0, "of b1")]).await;
    assert_eq!(lines(&fixture, &mut named).await, ["of b1"]);
    assert_eq!(lines(&fixture, &mut prefixed).await, ["of a1"]);
    let many: Vec<(i64, String)> = (0..600).map(|number| (0, number.to_string())).collect();
    let many: Vec<(i64, &str)> = many.iter().map(|(after, line)| (*after, line.as_str())).collect();
    run_for(&fixture.clock, Duration::from_secs(1)).await;
    while named.try_recv().is_ok() {}
    fixture.put("g", "b1", &many).await;
    run_for(&fixture.clock, Duration::from_millis(30)).await;
    let (_, update) = next(&mut named).await.unwrap();
    assert_eq!(update["sessionMetadata"]["sampled"], true);
    assert_eq!(update["sessionResults"].as_array().unwrap().len(), 500);
}

#[tokio::test(start_paused = true)]
async fn a_tail_ends_with_its_client_and_after_three_hours() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    for _ in 0..15 {
        drop(open(&fixture, json!({})).await);
        come_to_rest().await;
    }
    let mut open_ones = Vec::new();
    for _ in 0..15 {
        open_ones.push(open(&fixture, json!({})).await);
    }
    let input = json!({"logGroupIdentifiers": [GROUP]});
    let full = fixture.call("StartLiveTail", input).await.unwrap_err();
    assert_eq!(full.code, "LimitExceededException");
    let mut last = open_ones.pop().unwrap();
    drop(open_ones);
    come_to_rest().await;
    let reader = tokio::spawn(async move {
        let mut kind = String::new();
        while let Some((next, _)) = next(&mut last).await {
            kind = next;
        }
        kind
    });
    run_for(&fixture.clock, Duration::from_secs(3 * 60 * 60 + 2)).await;
    assert_eq!(reader.await.unwrap(), "SessionTimeoutException");
}

#[tokio::test(start_paused = true)]
async fn wrong_tails_are_refused() {
    let fixture = Fixture::new().with_stream("g", "s").await;
    let group = |name: &str| format!("arn:aws:logs:us-east-1:000000000000:log-group:{name}");
    for (input, told) in [
        (json!({"logGroupIdentifiers": []}), "greater than or equal to 1"),
        (json!({"logGroupIdentifiers": ["g"]}), "have to be the ARNs"),
        (json!({"logGroupIdentifiers": [group("none")]}), "does not exist"),
        (json!({"logGroupIdentifiers": ["arn:aws:logs:us-east-1:000000000002:log-group:g"]}), "does not exist"),
        (
            json!({"logGroupIdentifiers": [GROUP], "logStreamNames": ["a"], "logStreamNamePrefixes": ["b"]}),
            "mutually exclusive",
        ),
        (json!({"logGroupIdentifiers": [GROUP, group("h")], "logStreamNames": ["a"]}), "single log group"),
        (json!({"logGroupIdentifiers": [GROUP], "logEventFilterPattern": "a@b"}), "Invalid filter pattern"),
    ] {
        let refused = fixture.call("StartLiveTail", input).await.unwrap_err();
        assert!(refused.message.contains(told), "{told}: {refused}");
    }
}
