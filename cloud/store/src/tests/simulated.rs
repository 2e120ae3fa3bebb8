//! Power cuts at every operation of the disk, with writes lost and torn: what was durable is there, and no half of anything.

use std::collections::BTreeMap;

use fastrand::Rng;

use super::*;
use crate::SimulatedDisk;

/// How many histories are tried; each is cut at some of its operations.
const HISTORIES: u64 = 24;
const CUTS: u64 = 25;

type Model = BTreeMap<(Table, String), String>;

/// A random batch, made in a map too.
fn change(random: &mut Rng, model: &mut Model) -> Batch {
    let mut batch = Batch::new();
    for _ in 0..random.usize(1..6) {
        let table = if random.bool() { EXECUTIONS } else { HISTORY };
        let key = format!("{:03}", random.u8(..60));
        match random.u8(..10) {
            0 => {
                batch.delete_prefix(table, &key[..2]);
                model.retain(|(other, known), _| *other != table || !known.starts_with(&key[..2]));
            }
            1 => {
                let to = format!("{:03}", random.u8(..60));
                batch.delete_range(table, key.as_str(), to.as_str());
                model.retain(|(other, known), _| *other != table || *known < key || *known >= to);
            }
            2 | 3 => {
                batch.delete(table, key.as_str());
                model.remove(&(table, key));
            }
            _ => {
                let len = random.usize(..900);
                let value: String = std::iter::repeat_with(|| random.alphanumeric()).take(len).collect();
                batch.put(table, key.as_str(), &value).unwrap();
                model.insert((table, key), value);
            }
        }
    }
    batch
}

fn content(store: &Store) -> Model {
    let mut content = Model::new();
    for table in [EXECUTIONS, HISTORY] {
        content.extend(store.load::<String>(table).unwrap().into_iter().map(|(key, value)| ((table, key), value)));
    }
    content
}

/// Works until the disk stops. Gives what was durable, and what it is if the last batch, which nobody was told of, is there too.
async fn work(store: &Store, random: &mut Rng, model: Model) -> (Model, Model) {
    let mut durable = model;
    for _ in 0..60 {
        let mut next = durable.clone();
        let batch = change(random, &mut next);
        if store.commit(batch).await.is_err() {
            return (durable, next);
        }
        durable = next;
    }
    (durable.clone(), durable)
}

#[tokio::test]
async fn a_power_cut_at_any_operation_loses_nothing_that_was_durable() {
    let seed = std::env::var("STORE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds: Vec<u64> = seed.map_or_else(|| (0..HISTORIES).collect(), |seed| vec![seed]);
    let mut cuts = 0;
    for seed in seeds {
        let mut random = Rng::with_seed(seed);
        let mut disk = SimulatedDisk::new();
        drop(Store::open_simulated(&disk).unwrap());
        let mut either = (Model::new(), Model::new());
        for cut in 0..CUTS {
            disk.stop_after(Some(disk.operations() + random.u64(..if cut % 2 == 0 { 30 } else { 250 })));
            // The disk may stop while the store is opened.
            if let Ok(store) = Store::open_simulated(&disk) {
                let found = content(&store);
                assert!(found == either.0 || found == either.1, "seed {seed}, cut {cut}: STORE_SEED={seed} repeats it");
                either = work(&store, &mut random, found).await;
            }
            disk = disk.crash(random.u64(..));
            cuts += 1;
        }
        let found = content(&Store::open_simulated(&disk).unwrap());
        assert!(found == either.0 || found == either.1, "seed {seed}: STORE_SEED={seed} repeats it");
    }
    println!("{cuts} power cuts");
}

#[tokio::test]
async fn a_disk_that_is_full_again_and_again_leaves_nothing_of_what_failed() {
    for seed in 0..20 {
        let mut random = Rng::with_seed(seed);
        let mut disk = SimulatedDisk::new();
        let mut store = Store::open_simulated(&disk).unwrap();
        let mut model = Model::new();
        for step in 0..150 {
            let is_full = random.u8(..4) == 0;
            disk.set_full(is_full);
            let mut next = model.clone();
            let batch = change(&mut random, &mut next);
            match store.commit(batch).await {
                Ok(()) => model = next,
                Err(failure) => {
                    assert!(is_full && matches!(failure, StoreError::DiskFull { .. }), "seed {seed}: {failure}")
                }
            }
            if step % 5 == 0 {
                assert!(content(&store) == model, "seed {seed}, step {step}");
            }
            if step % 50 == 49 {
                disk.set_full(false);
                let after = disk.crash(random.u64(..));
                drop(store);
                disk = after;
                store = Store::open_simulated(&disk).unwrap();
                assert!(content(&store) == model, "seed {seed}, step {step}, after a power cut");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn snapshots_see_one_state_while_others_write_and_the_file_is_written() {
    let disk = SimulatedDisk::new();
    let engine = crate::engine::Engine::open(std::sync::Arc::new(disk), crate::engine::Limits::SIMULATED).unwrap();
    let store = Store::start(engine).unwrap();
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for round in 0..600_u64 {
                let mut batch = Batch::new();
                if round % 7 == 0 {
                    batch.delete_prefix(EXECUTIONS, "");
                }
                for key in 0..20 {
                    batch.put(EXECUTIONS, format!("{key:03}"), &round).unwrap();
                }
                store.commit(batch).await.unwrap();
            }
        })
    };
    let mut seen = 0;
    while !writer.is_finished() {
        let snapshot = store.snapshot().unwrap();
        let mut first = None;
        for _ in 0..3 {
            let mut count = 0;
            let scanned = snapshot.scan::<u64>(EXECUTIONS, crate::Range::all(), |_, round| {
                assert_eq!(*first.get_or_insert(round), round);
                count += 1;
                std::ops::ControlFlow::Continue(())
            });
            scanned.unwrap();
            assert!(count == 20 || first.is_none(), "{count} rows of 20");
            let one = snapshot.get::<u64>(EXECUTIONS, "011").unwrap();
            assert_eq!(one, first);
            tokio::task::yield_now().await;
        }
        assert!(first >= Some(seen).filter(|seen| *seen > 0), "time went back");
        seen = first.unwrap_or_default();
    }
    writer.await.unwrap();
    assert_eq!(store.get::<u64>(EXECUTIONS, "000").unwrap(), Some(599));
}
