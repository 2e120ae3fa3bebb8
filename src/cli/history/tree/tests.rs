//! Histories of Maps and Parallels as trees.

use super::*;

/// Events from `(id, previous, milliseconds, type, state)`.
fn history(events: &[(i64, i64, i64, &str, &str)]) -> Vec<HistoryEvent> {
    let start: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
    let event = |(id, previous, ms, kind, state): &(i64, i64, i64, &str, &str)| HistoryEvent {
        id: *id,
        previous_event_id: *previous,
        timestamp: start.checked_add(jiff::SignedDuration::from_millis(*ms)).unwrap(),
        kind: (*kind).to_owned(),
        state: Some((*state).to_owned()).filter(|state| !state.is_empty() && !state.starts_with('#')),
        iteration: state.strip_prefix('#').and_then(|index| index.parse().ok()),
        error: kind.ends_with("Failed").then(|| "Declined".to_owned()),
        ..HistoryEvent::default()
    };
    events.iter().map(event).collect()
}

fn shown(events: &[(i64, i64, i64, &str, &str)], room: Option<usize>) -> String {
    anstream::adapter::strip_str(&Tree::of(&history(events)).render(room)).to_string()
}

const BOTH: [(i64, i64, i64, &str, &str); 20] = [
    (1, 0, 0, "ExecutionStarted", ""),
    (2, 0, 0, "ParallelStateEntered", "Both"),
    (3, 2, 0, "ParallelStateStarted", ""),
    (4, 3, 0, "MapStateEntered", "Each"),
    (5, 3, 0, "WaitStateEntered", "Brief"),
    (6, 4, 0, "MapStateStarted", ""),
    (7, 6, 1, "MapIterationStarted", "#0"),
    (8, 6, 1, "MapIterationStarted", "#1"),
    (9, 7, 1, "PassStateEntered", "Pack"),
    (10, 8, 2, "PassStateEntered", "Pack"),
    (11, 9, 5, "PassStateExited", "Pack"),
    (12, 11, 5, "MapIterationSucceeded", "#0"),
    (13, 10, 7, "PassStateExited", "Pack"),
    (14, 13, 7, "MapIterationSucceeded", "#1"),
    (15, 14, 8, "MapStateSucceeded", ""),
    (16, 15, 8, "MapStateExited", "Each"),
    (17, 5, 1_000, "WaitStateExited", "Brief"),
    (18, 17, 1_001, "TaskStateEntered", "Label"),
    (19, 18, 1_001, "TaskScheduled", ""),
    (20, 19, 1_002, "TaskFailed", ""),
];

#[test]
fn parts_stand_below_what_they_are_parts_of() {
    let mut events = BOTH.to_vec();
    insta::assert_snapshot!(shown(&events, None), @r"
    STATE          TYPE      TOOK
    Both           Parallel           on
    ├ 1 Each       Map       8 ms     2 items
    │   ├ #0 Pack  Pass      4 ms
    │   └ #1 Pack  Pass      5 ms
    └ 2 Brief      Wait      1.000 s
        Label      Task               Declined
    ");
    events.extend([
        (21, 20, 2_002, "TaskScheduled", ""),
        (22, 21, 2_003, "TaskSucceeded", ""),
        (23, 22, 2_003, "TaskStateExited", "Label"),
        (24, 23, 2_003, "ParallelStateSucceeded", ""),
        (25, 24, 2_004, "ParallelStateExited", "Both"),
        (26, 25, 2_004, "PassStateEntered", "After"),
        (27, 26, 2_004, "PassStateExited", "After"),
        (28, 27, 2_004, "ExecutionSucceeded", ""),
    ]);
    insta::assert_snapshot!(shown(&events, None), @r"
    STATE          TYPE      TOOK
    Both           Parallel  2.004 s
    ├ 1 Each       Map       8 ms     2 items
    │   ├ #0 Pack  Pass      4 ms
    │   └ #1 Pack  Pass      5 ms
    └ 2 Brief      Wait      1.000 s
        Label      Task      1.002 s  2 tries
    After          Pass      0 ms
    ");
    insta::assert_snapshot!(shown(&events, Some(30)), @r"
    STATE
    Both
    ├ 1 Each       2 items
    │   ├ #0 Pack
    │   └ #1 Pack
    └ 2 Brief
        Label      2 tries
    After
    ");
}

#[test]
fn what_failed_and_what_it_cut_short_are_told() {
    let is_later = |event: &&(i64, i64, i64, &str, &str)| !(12..=16).contains(&event.0);
    let mut events: Vec<_> = BOTH.iter().filter(is_later).copied().collect();
    events.push((21, 20, 1_003, "ParallelStateFailed", ""));
    events.push((22, 21, 1_003, "ExecutionFailed", ""));
    insta::assert_snapshot!(shown(&events, None), @r"
    STATE          TYPE      TOOK
    Both           Parallel           Declined
    ├ 1 Each       Map                did not end
    │   ├ #0 Pack  Pass      4 ms
    │   └ #1 Pack  Pass               did not end
    └ 2 Brief      Wait      1.000 s
        Label      Task               Declined
    ");
}

#[test]
fn of_many_items_some_are_shown_and_all_that_failed() {
    let mut events =
        vec![(1, 0, 0, "ExecutionStarted", ""), (2, 0, 0, "MapStateEntered", "Each"), (3, 2, 0, "MapStateStarted", "")];
    let labels: Vec<String> = (0..30).map(|item| format!("#{item}")).collect();
    for (item, label) in (0..30).zip(&labels) {
        let id = 4 + 4 * item;
        let end = if item == 20 { "MapIterationFailed" } else { "MapIterationSucceeded" };
        events.extend([
            (id, 3, 0, "MapIterationStarted", label.as_str()),
            (id + 1, id, 0, "PassStateEntered", "Pack"),
            (id + 2, id + 1, 0, "PassStateExited", "Pack"),
            (id + 3, id + 2, 0, end, label.as_str()),
        ]);
    }
    insta::assert_snapshot!(shown(&events, None), @r"
    STATE        TYPE  TOOK
    Each         Map         on
    ├ #0 Pack    Pass  0 ms
    ├ #1 Pack    Pass  0 ms
    ├ #2 Pack    Pass  0 ms
    ├ #3 Pack    Pass  0 ms
    ├ #4 Pack    Pass  0 ms
    ├ #5 Pack    Pass  0 ms
    ├ #6 Pack    Pass  0 ms
    ├ #7 Pack    Pass  0 ms
    ├ #8 Pack    Pass  0 ms
    ├ #9 Pack    Pass  0 ms
    ├ #20 Pack   Pass  0 ms
    └ … 19 more
    ");
    assert!(!Tree::of(&history(&events[..2])).has_parts());
}

#[test]
fn a_history_that_is_not_well_formed_is_no_panic() {
    let events: Vec<_> = BOTH.iter().rev().copied().collect();
    assert!(!shown(&events, Some(10)).is_empty());
    assert!(shown(&[], None).contains("STATE"));
    let headless = &BOTH[9..];
    assert!(shown(headless, None).contains("Pack"));
}
