//! Pages of GetLogEvents and FilterLogEvents: in order, complete, and no dearer than what they return.

use cloud_core::LogWriter;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Fixture, messages};

/// Puts events of several streams into a group; gives (time, stream, message) in the order of a read.
async fn filled(fixture: &Fixture, events: &[(i64, usize)]) -> Vec<(i64, usize, String)> {
    let mut all = Vec::new();
    for (index, (after_ms, stream)) in events.iter().enumerate() {
        let message = format!("event {index}{}", if index % 3 == 0 { " ERROR" } else { "" });
        let moment = jiff::Timestamp::from_millisecond(fixture.now_ms() + after_ms).unwrap();
        let name = format!("s{stream}");
        fixture.logs.write(&fixture.location, "g", &name, vec![(moment, message.clone())]).await.unwrap();
        all.push((fixture.now_ms() + after_ms, *stream, message));
    }
    all.sort_by_key(|(timestamp, _, _)| *timestamp);
    all
}

/// All pages of FilterLogEvents, one after the other.
async fn all_filtered(fixture: &Fixture, mut input: Value) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let page = fixture.ok("FilterLogEvents", input.clone()).await;
        found.extend(messages(&page));
        match page.get("nextToken") {
            Some(token) => input["nextToken"] = token.clone(),
            None => return found,
        }
    }
}

/// All pages of GetLogEvents in one direction, until the token stands still.
async fn all_got(fixture: &Fixture, mut input: Value, token_member: &str) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let page = fixture.ok("GetLogEvents", input.clone()).await;
        let mut events = messages(&page);
        if token_member == "nextBackwardToken" {
            events.reverse();
        }
        found.extend(events);
        if input.get("nextToken") == Some(&page[token_member]) {
            return found;
        }
        input["nextToken"] = page[token_member].clone();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pages_meet_without_gap_or_repeat(
        events in prop::collection::vec((0_i64..40, 0_usize..3), 1..40),
        limit in 1_usize..7,
        from in 0_i64..40,
        until in 0_i64..40,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::new();
            let all = filled(&fixture, &events).await;
            let of = |wanted: &dyn Fn(&(i64, usize, String)) -> bool| -> Vec<String> {
                all.iter().filter(|event| wanted(event)).map(|(_, _, message)| message.clone()).collect()
            };
            let reversed = |mut messages: Vec<String>| {
                messages.reverse();
                messages
            };
            let now_ms = fixture.now_ms();
            let within = |at: i64| at >= now_ms + from && at <= now_ms + until;
            let filter = |extra: Value| {
                let mut input = json!({ "logGroupName": "g", "limit": limit });
                input.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
                all_filtered(&fixture, input)
            };
            assert_eq!(filter(json!({})).await, of(&|_| true));
            assert_eq!(filter(json!({ "startFromHead": false })).await, reversed(of(&|_| true)));
            assert_eq!(filter(json!({ "filterPattern": "ERROR" })).await, of(&|event| event.2.contains("ERROR")));
            assert_eq!(filter(json!({ "logStreamNamePrefix": "s" })).await, of(&|_| true));
            let times = json!({ "startTime": now_ms + from, "endTime": now_ms + until });
            assert_eq!(filter(times.clone()).await, of(&|event| within(event.0)));
            let stream = events[0].1;
            let name = format!("s{stream}");
            assert_eq!(filter(json!({ "logStreamNames": [name] })).await, of(&|event| event.1 == stream));
            let head = json!({ "logGroupName": "g", "logStreamName": name, "limit": limit, "startFromHead": true });
            assert_eq!(all_got(&fixture, head, "nextForwardToken").await, of(&|event| event.1 == stream));
            let tail = json!({ "logGroupName": "g", "logStreamName": name, "limit": limit });
            assert_eq!(all_got(&fixture, tail, "nextBackwardToken").await, reversed(of(&|event| event.1 == stream)));
            let mut timed = json!({ "logGroupName": "g", "logStreamName": name, "startFromHead": true });
            timed.as_object_mut().unwrap().extend(times.as_object().unwrap().clone());
            let got = messages(&fixture.ok("GetLogEvents", timed).await);
            // GetLogEvents excludes its end.
            assert_eq!(got, of(&|event| event.1 == stream && within(event.0) && event.0 != now_ms + until));
            // The same from the disk alone.
            assert_eq!(all_filtered(&fixture.restarted(), json!({ "logGroupName": "g" })).await, of(&|_| true));
        });
    }
}

#[tokio::test]
async fn a_page_looks_at_a_bounded_part_of_the_group() {
    let fixture = Fixture::new();
    for batch in 0..25 {
        let lines: Vec<String> = (0..1000).map(|line| format!("line {}", batch * 1000 + line)).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        fixture.write("g", "s", &lines).await;
    }
    let mut input = json!({ "logGroupName": "g", "filterPattern": "\"line 24999\"" });
    let mut pages = Vec::new();
    loop {
        let page = fixture.ok("FilterLogEvents", input.clone()).await;
        pages.push(messages(&page).len());
        match page.get("nextToken") {
            Some(token) => input["nextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(pages, [0, 0, 1]);
}

#[tokio::test]
async fn a_page_ends_at_a_mebibyte() {
    let fixture = Fixture::new();
    let line = "x".repeat(400_000);
    for _ in 0..3 {
        fixture.write("g", "s", &[&line]).await;
    }
    let page = fixture.ok("FilterLogEvents", json!({ "logGroupName": "g" })).await;
    assert_eq!(messages(&page).len(), 2);
    let rest = fixture.ok("FilterLogEvents", json!({ "logGroupName": "g", "nextToken": page["nextToken"] })).await;
    assert_eq!((messages(&rest).len(), rest.get("nextToken")), (1, None));
}

#[tokio::test]
async fn the_stream_has_an_end_that_a_token_waits_at() {
    let fixture = Fixture::new();
    fixture.write("g", "s", &["one"]).await;
    let mut input = json!({ "logGroupName": "g", "logStreamName": "s", "startFromHead": true });
    let first = fixture.ok("GetLogEvents", input.clone()).await;
    input["nextToken"] = first["nextForwardToken"].clone();
    let end = fixture.ok("GetLogEvents", input.clone()).await;
    assert_eq!((messages(&end).len(), &end["nextForwardToken"]), (0, &first["nextForwardToken"]));
    fixture.write("g", "s", &["two"]).await;
    assert_eq!(messages(&fixture.ok("GetLogEvents", input).await), ["two"]);
}
