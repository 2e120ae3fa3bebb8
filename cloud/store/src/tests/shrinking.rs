//! The file gets small again when what was in it is gone.

use std::sync::Arc;

use super::*;
use crate::SimulatedDisk;
use crate::engine::{Engine, Limits};

/// Rows that do not get smaller when they are packed.
fn fill(batch: &mut Batch, from: u32, to: u32) {
    let mut random = fastrand::Rng::with_seed(from.into());
    for each in from..to {
        batch.put_bytes(
            HISTORY,
            format!("{each:06}"),
            std::iter::repeat_with(|| random.u8(..)).take(3000).collect::<Vec<_>>(),
        );
    }
}

fn file_bytes(disk: &SimulatedDisk) -> u64 {
    disk.files()["store.redb"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_whose_rows_are_gone_is_small_again_while_it_is_open() {
    let disk = SimulatedDisk::new();
    let store = Store::start(Engine::open(Arc::new(disk.clone()), Limits::SIMULATED).unwrap()).unwrap();
    store.commit(put("kept", 1)).await.unwrap();
    for from in (0..3000).step_by(100) {
        let mut batch = Batch::new();
        fill(&mut batch, from, from + 100);
        store.commit(batch).await.unwrap();
    }
    let before = store.snapshot().unwrap();
    let mut batch = Batch::new();
    batch.delete_range(HISTORY, "000010", "999999");
    store.commit(batch).await.unwrap();
    let full = file_bytes(&disk);
    assert!(full > 5 << 20, "{full}");
    // The store is idle from here on.
    let condition = || file_bytes(&disk) < full / 10;
    while !condition() {
        tokio::task::yield_now().await;
    }
    let keys = |count: &mut usize| {
        let scanned = before.scan_keys(HISTORY, crate::Range::all(), |_| {
            *count += 1;
            std::ops::ControlFlow::Continue(())
        });
        scanned.unwrap();
    };
    let mut count = 0;
    keys(&mut count);
    assert_eq!(count, 3000, "a snapshot goes on with the file that it began with");
    drop(before);
    assert_eq!(rows(&store), pairs(&[("kept", 1)]));
    let mut left = 0;
    store
        .scan_keys(HISTORY, crate::Range::all(), |_| {
            left += 1;
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(left, 10);
    store.commit(put("later", 2)).await.unwrap();
    drop(store);
    assert_eq!(rows(&Store::open_simulated(&disk).unwrap()), pairs(&[("kept", 1), ("later", 2)]));
}

#[tokio::test]
async fn a_row_has_a_bound_and_says_so() {
    let store = Store::in_memory().unwrap();
    let mut batch = put("fits", 1);
    let too_large = "x".repeat(crate::ROW_BYTES);
    let refused = batch.put(HISTORY, "too large", &too_large).unwrap_err();
    let sentence = "The value for `too large` in table `history` is too large and was not stored: it has 67108866 bytes, and a row \
                    may have 67108864. Store less in one piece.";
    assert_eq!(refused.to_string(), sentence);
    store.commit(batch.clone()).await.unwrap();
    assert_eq!(rows(&store), pairs(&[("fits", 1)]));
    batch.put_bytes(HISTORY, "too large", vec![0; crate::ROW_BYTES + 2]);
    assert_eq!(store.commit(batch.clone()).await.unwrap_err(), refused);
    store.submit(batch).await;
    assert_eq!(store.flush().await.unwrap_err(), refused);
}

#[tokio::test]
async fn a_power_cut_while_it_gets_smaller_loses_nothing() {
    let disk = SimulatedDisk::new();
    let store = Store::open_simulated(&disk).unwrap();
    let mut batch = put("kept", 0);
    fill(&mut batch, 0, 150);
    store.commit(batch).await.unwrap();
    drop(store);
    let full = file_bytes(&disk);
    let mut smaller = 0;
    for (seed, operations) in (0..).zip((0..).step_by(3)) {
        let disk = disk.crash(0);
        let mut durable = 0;
        let store = Store::open_simulated(&disk).unwrap();
        disk.stop_after(Some(disk.operations() + operations));
        let mut is_stopped = false;
        for each in 1..25 {
            let mut batch = put("kept", each.into());
            batch.delete_prefix(HISTORY, "000");
            fill(&mut batch, 1000 * each, 1000 * each + 1);
            is_stopped = store.commit(batch).await.is_err();
            if is_stopped {
                break;
            }
            durable = each;
        }
        let after = disk.crash(seed);
        smaller += u32::from(file_bytes(&after) < full / 2);
        let found = Store::open_simulated(&after).unwrap();
        let kept = found.get::<u64>(EXECUTIONS, "kept").unwrap().unwrap();
        assert!(
            kept == u64::from(durable) || kept == u64::from(durable) + 1,
            "{operations} operations: {durable} was durable, {kept} is there"
        );
        assert!(crate::repair::check::check_in(&disk.crash(seed)).unwrap().is_whole());
        if !is_stopped {
            break;
        }
    }
    assert!(smaller > 2, "the file got smaller {smaller} times");
}
