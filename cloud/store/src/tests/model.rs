//! Whatever is done to it, the store holds what a map would.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use proptest::prelude::*;

use super::*;
use crate::Range;

#[derive(Debug, Clone)]
enum Step {
    Put(Table, String, u64),
    Delete(Table, String),
    DeletePrefix(Table, String),
    DeleteRange(Table, String, String),
}

fn step() -> impl Strategy<Value = Step> {
    let table = prop_oneof![Just(EXECUTIONS), Just(HISTORY)];
    let key = "[aé\u{10FFFF}]{0,3}";
    prop_oneof![
        4 => (table.clone(), key, any::<u64>()).prop_map(|(table, key, value)| Step::Put(table, key, value)),
        1 => (table.clone(), key).prop_map(|(table, key)| Step::Delete(table, key)),
        1 => (table.clone(), key).prop_map(|(table, key)| Step::DeletePrefix(table, key)),
        1 => (table, key, key).prop_map(|(table, from, to)| Step::DeleteRange(table, from, to)),
    ]
}

type Model = BTreeMap<(Table, String), u64>;

fn apply(batch: &mut Batch, model: &mut Model, step: Step) {
    match step {
        Step::Put(table, key, value) => {
            batch.put(table, key.clone(), &value).unwrap();
            model.insert((table, key), value);
        }
        Step::Delete(table, key) => {
            batch.delete(table, key.clone());
            model.remove(&(table, key));
        }
        Step::DeletePrefix(table, prefix) => {
            model.retain(|(other, key), _| *other != table || !key.starts_with(&prefix));
            batch.delete_prefix(table, prefix);
        }
        Step::DeleteRange(table, from, to) => {
            model.retain(|(other, key), _| *other != table || *key < from || *key >= to);
            batch.delete_range(table, from, to);
        }
    }
}

fn assert_same(store: &Store, model: &Model, prefix: &str) {
    for table in [EXECUTIONS, HISTORY] {
        let expected: Vec<(String, u64)> = model
            .iter()
            .filter(|((other, key), _)| *other == table && key.starts_with(prefix))
            .map(|((_, key), value)| (key.clone(), *value))
            .collect();
        assert_eq!(store.load_prefix::<u64>(table, prefix).unwrap(), expected);
        let mut reversed = Vec::new();
        let scanned = store.scan::<u64>(table, Range::prefix(prefix).reverse(), |key, value| {
            reversed.insert(0, (key.to_owned(), value));
            ControlFlow::Continue(())
        });
        scanned.unwrap();
        assert_eq!(reversed, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn it_holds_what_a_map_would(
        batches in prop::collection::vec((prop::collection::vec(step(), 0..8), any::<bool>()), 0..12),
        prefix in "[aé]{0,2}",
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let dir = TempDir::new().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut model = Model::new();
        for (steps, awaited) in batches {
            let mut batch = Batch::new();
            for step in steps {
                let mut part = Batch::new();
                apply(&mut part, &mut model, step);
                batch.append(part);
            }
            if awaited {
                runtime.block_on(store.commit(batch)).unwrap();
                assert_same(&store, &model, &prefix);
            } else {
                runtime.block_on(store.submit(batch));
            }
        }
        drop(store);
        assert_same(&Store::open(dir.path()).unwrap(), &model, "");
    }
}
