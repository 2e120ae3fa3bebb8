//! Executions that stay loaded between two steps, so that the next one need not read and parse the row again.

use std::collections::BTreeMap;

use super::Loaded;
use crate::rows::execution::ExecutionKey;

/// How many executions stay loaded: as many as have steps close together on a busy machine of two cores. One that waits
/// longer is read again.
const MOST_EXECUTIONS: usize = 512;

/// How many bytes their rows may have together. Loaded they take a few times as much memory, and the whole cloud has
/// 12 MB when it is idle.
const MOST_BYTES: usize = 1 << 20;

/// How many executions that are due soon stay loaded, so that all of them go on at their instant: what is due later than
/// these is read when it is due.
const MOST_DUE: usize = 10_000;

/// How many bytes the rows of those may have together.
const MOST_DUE_BYTES: usize = 16 << 20;

/// The executions that had a step last, and those that are due soon.
#[derive(Debug)]
pub(crate) struct Cache {
    recent: Part,
    due: Part,
}

/// Some executions within bounds: when there is no room the one that came first goes.
struct Part {
    most_executions: usize,
    most_bytes: usize,
    loaded: BTreeMap<ExecutionKey, (u64, Loaded)>,
    /// By the order in which they came.
    by_age: BTreeMap<u64, ExecutionKey>,
    last: u64,
    bytes: usize,
}

impl std::fmt::Debug for Part {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Part").field("executions", &self.loaded.len()).finish_non_exhaustive()
    }
}

impl Default for Cache {
    fn default() -> Self {
        Self { recent: Part::new(MOST_EXECUTIONS, MOST_BYTES), due: Part::new(MOST_DUE, MOST_DUE_BYTES) }
    }
}

impl Cache {
    /// Takes an execution out for its next step.
    pub(crate) fn take(&mut self, key: &ExecutionKey) -> Option<Loaded> {
        self.recent.take(key).or_else(|| self.due.take(key))
    }

    /// Keeps an execution whose last step is durable.
    pub(crate) fn put(&mut self, key: &ExecutionKey, loaded: Loaded, is_due_soon: bool) {
        drop(self.take(key));
        if is_due_soon { self.due.put(key, loaded) } else { self.recent.put(key, loaded) }
    }

    /// Whether there is room for another one that is due soon.
    pub(crate) fn has_room_for_due(&self) -> bool {
        self.due.loaded.len() < MOST_DUE && self.due.bytes < MOST_DUE_BYTES
    }

    /// How many executions are loaded that had a step last, and their rows' bytes.
    #[cfg(test)]
    fn size(&self) -> (usize, usize) {
        (self.recent.loaded.len(), self.recent.bytes)
    }

    /// How many executions are loaded that are due soon.
    #[cfg(test)]
    pub(crate) fn due_soon(&self) -> usize {
        self.due.loaded.len()
    }
}

impl Part {
    fn new(most_executions: usize, most_bytes: usize) -> Self {
        Self { most_executions, most_bytes, loaded: BTreeMap::new(), by_age: BTreeMap::new(), last: 0, bytes: 0 }
    }

    fn take(&mut self, key: &ExecutionKey) -> Option<Loaded> {
        let (age, loaded) = self.loaded.remove(key)?;
        self.by_age.remove(&age);
        self.bytes -= loaded.size_bytes;
        Some(loaded)
    }

    fn put(&mut self, key: &ExecutionKey, loaded: Loaded) {
        if loaded.size_bytes > self.most_bytes {
            return;
        }
        self.last += 1;
        self.bytes += loaded.size_bytes;
        self.by_age.insert(self.last, key.clone());
        self.loaded.insert(key.clone(), (self.last, loaded));
        while self.loaded.len() > self.most_executions || self.bytes > self.most_bytes {
            let Some((_, oldest)) = self.by_age.pop_first() else { return };
            if let Some((_, gone)) = self.loaded.remove(&oldest) {
                self.bytes -= gone.size_bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cloud_core::testing::come_to_rest;

    use super::*;
    use crate::tests::fixture::{Fixture, in_an_hour, waiting};

    #[tokio::test(start_paused = true)]
    async fn it_is_bounded_and_what_goes_is_read_again() {
        let fixture = Fixture::new().await;
        fixture.create(&waiting()).await;
        let first = fixture.start("first", &in_an_hour()).await.unwrap();
        for number in 0..MOST_EXECUTIONS {
            fixture.start(&format!("e{number}"), &in_an_hour()).await.unwrap();
        }
        come_to_rest().await;
        let key = ExecutionKey::new("us-east-1/m", "first");
        let mut cache = Cache::default();
        std::mem::swap(&mut cache, &mut fixture.states.driver.cache());
        assert_eq!(cache.size().0, MOST_EXECUTIONS);
        assert!(cache.size().1 <= MOST_BYTES && cache.take(&key).is_none());
        let loaded = fixture.states.load(&key).unwrap().unwrap();
        cache.put(&key, Loaded { size_bytes: MOST_BYTES, ..loaded }, false);
        assert_eq!(cache.size(), (1, MOST_BYTES));
        fixture.run_for(std::time::Duration::from_secs(3600)).await;
        assert_eq!(fixture.describe(&first).await["status"], "SUCCEEDED");
    }
}
