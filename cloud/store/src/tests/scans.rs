//! Reads: scans, single values, snapshots.

use std::ops::{Bound, ControlFlow};

use super::*;
use crate::{Direction, Range};

#[test]
fn scans_run_either_way_and_stop_where_told() {
    let store = Store::in_memory().unwrap();
    let mut batch = Batch::new();
    for key in ["a", "b/1", "b/2", "b/3", "b/4", "c"] {
        batch.put(EXECUTIONS, key, &0_u64).unwrap();
    }
    store.try_submit(batch).unwrap();
    let keys = |range: Range<'_>, most: usize| {
        let mut keys = Vec::new();
        let scanned = store.scan_keys(EXECUTIONS, range, |key| {
            keys.push(key.to_owned());
            if keys.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        scanned.unwrap();
        keys.join(" ")
    };
    let prefix = Range::prefix("b/");
    assert_eq!(keys(Range::all(), 9), "a b/1 b/2 b/3 b/4 c");
    assert_eq!(keys(prefix, 2), "b/1 b/2");
    assert_eq!(keys(prefix.reverse(), 2), "b/4 b/3");
    assert_eq!(keys(prefix.from(Bound::Excluded("b/2")), 9), "b/3 b/4");
    assert_eq!(keys(prefix.to(Bound::Included("b/2")).reverse(), 9), "b/2 b/1");
    assert_eq!(keys(prefix.from(Bound::Included("a")).to(Bound::Excluded("z")), 9), "b/1 b/2 b/3 b/4");
    assert_eq!(keys(prefix.from(Bound::Included("b/3")).to(Bound::Excluded("b/3")), 9), "");
    assert_eq!(keys(prefix.from(Bound::Excluded("c")).to(Bound::Included("a")), 9), "");
    assert_eq!(Range::default().direction, Direction::Forward);
}

#[test]
fn a_single_value_is_found_or_not() {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.get::<u64>(EXECUTIONS, "a").unwrap(), None);
    store.try_submit(put("a", 7)).unwrap();
    assert_eq!(store.get::<u64>(EXECUTIONS, "a").unwrap(), Some(7));
    assert_eq!(store.get::<u64>(EXECUTIONS, "b").unwrap(), None);
    assert!(matches!(store.get::<String>(EXECUTIONS, "a"), Err(StoreError::Row { .. })));
}

#[test]
fn bytes_are_kept_as_they_are() {
    let store = Store::in_memory().unwrap();
    let mut batch = Batch::new();
    batch.put_bytes(HISTORY, "a", [0, 255, 1]);
    store.try_submit(batch).unwrap();
    let mut found = Vec::new();
    store
        .scan_bytes(HISTORY, Range::all(), |key, value| {
            found.push((key.to_owned(), value.to_vec()));
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(found, [("a".to_owned(), vec![0, 255, 1])]);
}

#[test]
fn a_snapshot_sees_one_state_while_others_write() {
    let store = Store::in_memory().unwrap();
    store.try_submit(put("a", 1)).unwrap();
    let snapshot = store.snapshot().unwrap();
    store.try_submit(put("a", 2)).unwrap();
    assert_eq!(snapshot.get::<u64>(EXECUTIONS, "a").unwrap(), Some(1));
    // A scan may write, as a sweep does.
    store
        .scan_keys(EXECUTIONS, Range::all(), |key| {
            store.try_submit(put(key, 3)).unwrap();
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(rows(&store), pairs(&[("a", 3)]));
}
