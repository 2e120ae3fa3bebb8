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
