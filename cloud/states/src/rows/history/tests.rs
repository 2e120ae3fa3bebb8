//! Tests of stored histories.

use std::collections::BTreeMap;

use asl::{EventDetails, Failure, StateType};
use cloud_store::Batch;
use proptest::prelude::*;

use super::writer::{ROW_BYTES, ROW_EVENTS};
use super::*;

fn event(id: u64, input: &str) -> HistoryEvent {
    HistoryEvent {
        id,
        previous_event_id: id - 1,
        timestamp: jiff::Timestamp::UNIX_EPOCH,
        details: EventDetails::ExecutionStarted { input: input.into(), role_arn: "r".into() },
    }
}

/// A store with a history that was written in steps of these sizes, and another execution on either side.
fn stored(steps: &[usize], payload: &str) -> (Store, ExecutionKey, u64) {
    let store = Store::in_memory().unwrap();
    let key = ExecutionKey::new("us-east-1/m", "run-1");
    let mut last = 0;
    let mut batch = Batch::new();
    for step in steps {
        let events: Vec<_> = (0..*step as u64).map(|more| event(last + 1 + more, payload)).collect();
        last += *step as u64;
        put_events(&mut batch, &key, &events).unwrap();
    }
    for neighbour in ["run-0", "run-10", "run-2"] {
        put_events(&mut batch, &ExecutionKey::new("us-east-1/m", neighbour), &[event(1, "x")]).unwrap();
    }
    drop(store.commit(batch));
    (store, key, last)
}

fn read_all(store: &Store, key: &ExecutionKey, reverse: bool, limit: usize) -> Vec<u64> {
    let mut ids = Vec::new();
    loop {
        let page = read_events(store, key, ids.last().copied(), reverse, limit).unwrap();
        assert!(page.events.len() <= limit && (page.events.len() == limit || !page.has_more));
        ids.extend(page.events.iter().map(|event| event.id));
        if !page.has_more {
            return ids;
        }
    }
}

#[test]
fn events_come_back_from_a_row() {
    let name = "a \"name\"\n";
    let entered = |input: &str| EventDetails::StateEntered {
        state_type: StateType::Pass,
        name: name.into(),
        input: input.into(),
    };
    let exited = |assigned| EventDetails::StateExited {
        state_type: StateType::Wait,
        name: name.into(),
        output: "\"\u{1}\"".into(),
        assigned,
    };
    let failed = Failure { error: Some("E".to_owned()), cause: None };
    let all = [
        event(1, "x").details,
        entered("{\"a\": [1]}"),
        exited(BTreeMap::new()),
        exited(BTreeMap::from([("v".to_owned(), "1".into())])),
        EventDetails::ParallelStateStarted,
        EventDetails::ExecutionFailed(failed),
        entered(name),
        EventDetails::ExecutionSucceeded { output: "{}".into() },
    ];
    let moment = |second| jiff::Timestamp::new(second, 678_901_234).unwrap();
    let seconds = [-5, -5, 7, 7, 3, i64::from(u32::MAX), 1, 1];
    let events = std::iter::zip(all, seconds).zip(9..).map(|((details, second), id)| {
        let previous_event_id = if id % 3 == 0 { 0 } else { id - 1 };
        HistoryEvent { id, previous_event_id, timestamp: moment(second), details }
    });
    let events: Vec<HistoryEvent> = events.collect();
    let store = Store::in_memory().unwrap();
    let key = ExecutionKey::new("us-east-1/m", "run-1");
    let mut batch = Batch::new();
    put_events(&mut batch, &key, &events).unwrap();
    drop(store.commit(batch));
    let rows: Vec<(String, HistoryRow)> = store.load(HISTORY).unwrap();
    assert_eq!(rows, [(key.history(9), HistoryRow { events })]);
}

#[test]
fn packed_events_that_name_what_is_not_there_are_refused() {
    let row = |events: &str| {
        let packed = format!("{{\"first\":1,\"at\":\"2026-01-02T03:04:05Z\",\"texts\":[\"a\"],\"events\":{events}}}");
        serde_json::from_str::<HistoryRow>(&format!("{{\"format\":2,\"packed\":{packed}}}"))
            .map_err(|error| error.to_string())
    };
    assert_eq!(row(r#"[[1,{"D":0}]]"#).unwrap().events.len(), 1);
    assert_eq!(row(r#"[[1,{"D":1}]]"#).unwrap_err(), "event 1 names text 1, and its row has 1");
    assert_eq!(row(r#"[[2,{"D":0}]]"#).unwrap_err(), "event 1 follows the event that is 2 before it");
}

#[test]
fn a_short_history_is_packed_whole_or_not_at_all() {
    let events = |from: u64, to: u64, payload: &str| (from..=to).map(|id| event(id, payload)).collect::<Vec<_>>();
    let short = events(1, ROW_EVENTS as u64, "{}");
    assert_eq!(pack_short(&short).unwrap().unpack().unwrap(), short);
    assert_eq!(pack_short(&events(1, ROW_EVENTS as u64 + 1, "{}")), None);
    assert_eq!(pack_short(&events(2, 3, "{}")), None);
    assert_eq!(pack_short(&[]), None);
    assert_eq!(pack_short(&events(1, 3, &"x".repeat(ROW_BYTES / 2))), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn pages_have_every_event_once_either_way(steps in prop::collection::vec(1_usize..90, 1..8), limit in 1_usize..70) {
        let (store, key, last) = stored(&steps, "{}");
        let all: Vec<u64> = (1..=last).collect();
        prop_assert_eq!(read_all(&store, &key, false, limit), all.clone());
        let reversed: Vec<u64> = all.into_iter().rev().collect();
        prop_assert_eq!(read_all(&store, &key, true, limit), reversed);
    }
}

/// Rows as they lie, each with the events of these ids.
fn lying(rows: &[Vec<u64>]) -> (Store, ExecutionKey) {
    let store = Store::in_memory().unwrap();
    let key = ExecutionKey::new("us-east-1/m", "run-1");
    let mut batch = Batch::new();
    for ids in rows {
        let row = StoredHistory::first_version(ids.iter().map(|id| event(*id, "{}")).collect());
        batch.put(HISTORY, key.history(ids[0]), &row).unwrap();
    }
    drop(store.commit(batch));
    (store, key)
}

#[test]
fn a_history_that_an_earlier_version_stored_out_of_order_is_read_whole() {
    let in_one_row = vec![vec![1, 2, 3, 4, 5, 6], vec![7, 8, 13, 9, 10, 14, 11, 12, 15], vec![16, 17]];
    let over_rows = vec![vec![1, 2, 3], vec![4, 5, 9, 6], vec![7, 10, 8], vec![11, 12]];
    let among_rows = vec![vec![1, 2], vec![3, 8, 4], vec![9, 5], vec![6, 10, 7], vec![11]];
    for (rows, last) in [(in_one_row, 17), (over_rows, 12), (among_rows, 11)] {
        let (store, key) = lying(&rows);
        for limit in 1..20 {
            assert_eq!(read_all(&store, &key, false, limit), (1..=last).collect::<Vec<u64>>(), "{limit}");
            assert_eq!(read_all(&store, &key, true, limit), (1..=last).rev().collect::<Vec<u64>>(), "{limit}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn events_are_stored_in_order_whatever_order_they_come_in(
        ids in Just((1..=120_u64).collect::<Vec<u64>>()).prop_shuffle(), limit in 1_usize..130,
    ) {
        let store = Store::in_memory().unwrap();
        let key = ExecutionKey::new("us-east-1/m", "run-1");
        let mut batch = Batch::new();
        let events: Vec<HistoryEvent> = ids.iter().map(|id| event(*id, "{}")).collect();
        put_events(&mut batch, &key, &events).unwrap();
        drop(store.commit(batch));
        prop_assert_eq!(read_all(&store, &key, false, limit), (1..=120).collect::<Vec<u64>>());
    }
}

#[test]
fn rows_are_small() {
    let rows = |payload: &str| {
        let (store, key, _) = stored(&[100], payload);
        store.load_prefix::<HistoryRow>(HISTORY, &key.row()).unwrap()
    };
    assert!(rows("{}").iter().all(|(_, row)| row.events.len() <= ROW_EVENTS));
    assert_eq!(rows(&format!("\"{}\"", "x".repeat(ROW_BYTES))).len(), 100);
}

#[test]
fn a_page_of_large_events_is_shorter() {
    let payload = format!("\"{}\"", "x".repeat(256 * 1024 - 2));
    let (store, key, last) = stored(&[40], &payload);
    for (reverse, first) in [(false, 1), (true, last)] {
        let page = read_events(&store, &key, None, reverse, 1000).unwrap();
        assert_eq!((page.events.len(), page.has_more), (16, true));
        assert_eq!(page.events[0].id, first);
        let next = page.events.last().map(|event| event.id);
        let rest = read_events(&store, &key, next, reverse, 1000).unwrap();
        assert_eq!((rest.events.len(), rest.has_more), (16, true));
    }
    let tail = read_events(&store, &key, Some(32), false, 1000).unwrap();
    assert_eq!((tail.events.len(), tail.has_more), (8, false));
}

#[test]
fn a_page_reads_its_own_rows_alone() {
    let (store, key, last) = stored(&[1000], "{}");
    // A row far from the page that cannot be read.
    let mut batch = Batch::new();
    batch.put_bytes(HISTORY, key.history(1), "no row");
    drop(store.commit(batch));
    assert_eq!(read_events(&store, &key, Some(500), false, 100).unwrap().events.len(), 100);
    assert_eq!(read_events(&store, &key, Some(last), true, 100).unwrap().events.len(), 100);
    assert!(read_events(&store, &key, None, false, 1).is_err());
}
