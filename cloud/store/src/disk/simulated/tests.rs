//! The simulated disk itself: what a crash keeps and what it may lose.

use std::collections::BTreeSet;

use super::*;
use crate::{Batch, Store, Table};

const ROWS: Table = Table::new("rows");

fn content(disk: &SimulatedDisk, name: &str) -> Option<Vec<u8>> {
    let file = disk.open(name).ok()?;
    let mut bytes = vec![0; usize::try_from(file.len().unwrap()).unwrap()];
    file.read(0, &mut bytes).unwrap();
    Some(bytes)
}

#[test]
fn what_was_synced_stays_and_the_rest_is_kept_lost_or_torn_by_the_seed() {
    let disk = SimulatedDisk::new();
    let file = disk.open_or_create("a").unwrap();
    file.write(0, &[1; 2048]).unwrap();
    file.sync_data().unwrap();
    let lost: BTreeSet<Option<Vec<u8>>> = (0..50).map(|seed| content(&disk.crash(seed), "a")).collect();
    assert_eq!(lost, BTreeSet::from([None, Some(vec![1; 2048])]), "the name was not synced");
    disk.sync().unwrap();
    file.write(0, &[2; 2048]).unwrap();
    let mut left = BTreeSet::new();
    for seed in 0..400 {
        let bytes = content(&disk.crash(seed), "a").unwrap();
        assert_eq!(Some(&bytes), content(&disk.crash(seed), "a").as_ref(), "seed {seed} gives two answers");
        assert!(bytes.chunks(512).all(|sector| sector == [1; 512] || sector == [2; 512]), "seed {seed}");
        left.insert(bytes);
    }
    assert_eq!(left.len(), 16, "each of the four sectors is there or not");
    assert_eq!(content(&disk, "a"), Some(vec![2; 2048]), "the disk itself goes on");
}

#[test]
fn it_stops_where_it_is_told_and_a_full_one_writes_half() {
    let disk = SimulatedDisk::new();
    let file = disk.open_or_create("a").unwrap();
    disk.stop_after(Some(disk.operations() + 1));
    file.write(0, b"whole").unwrap();
    file.write(0, b"other").unwrap_err();
    file.sync_data().unwrap_err();
    disk.sync().unwrap_err();
    assert_eq!(content(&disk, "a").unwrap(), b"whole");
    disk.stop_after(None);
    disk.set_full(true);
    assert_eq!(file.write(5, b"more").unwrap_err().kind(), io::ErrorKind::StorageFull);
    assert_eq!(content(&disk, "a").unwrap(), b"wholemo");
}

#[tokio::test]
async fn a_store_on_it_survives_a_crash_after_each_operation() {
    for seed in 0..20 {
        let disk = SimulatedDisk::new();
        drop(Store::open_simulated(&disk).unwrap());
        let before = disk.operations();
        disk.stop_after(Some(before + seed));
        let mut durable = 0;
        if let Ok(store) = Store::open_simulated(&disk) {
            for each in 0..5_u64 {
                let mut batch = Batch::new();
                batch.put(ROWS, "row", &each).unwrap();
                match store.commit(batch).await {
                    Ok(()) => durable = each,
                    Err(_) => break,
                }
            }
        }
        let store = Store::open_simulated(&disk.crash(seed)).unwrap();
        let found = store.get::<u64>(ROWS, "row").unwrap().unwrap_or_default();
        assert!(found == durable || found == durable + 1, "seed {seed}: {durable} was durable, {found} is there");
    }
}
