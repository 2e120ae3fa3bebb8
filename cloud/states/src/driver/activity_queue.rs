//! Activity tasks that wait for a worker, and the workers that wait for a task.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asl::TaskId;
use tokio::sync::Notify;

use crate::rows::execution::ExecutionKey;

/// A task that was taken out of its queue for a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OfferedTask {
    pub(crate) key: ExecutionKey,
    pub(crate) task: TaskId,
    activity: String,
    /// Its place among all tasks that ever waited.
    number: u64,
}

/// The waiting tasks of every activity, by its ARN, oldest first.
#[derive(Debug, Default)]
pub(crate) struct ActivityQueues {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    queues: BTreeMap<String, Queue>,
    /// Where each task waits: its activity, and its number there.
    places: BTreeMap<(ExecutionKey, TaskId), (String, u64)>,
    last: u64,
}

#[derive(Debug, Default)]
struct Queue {
    tasks: BTreeMap<u64, (ExecutionKey, TaskId)>,
    /// Told once for every task that comes.
    arrived: Arc<Notify>,
}

impl ActivityQueues {
    /// A task waits for a worker.
    pub(super) fn offer(&self, activity: &str, key: &ExecutionKey, task: TaskId) {
        let mut inner = self.lock();
        inner.last += 1;
        let number = inner.last;
        inner.insert(OfferedTask { key: key.clone(), task, activity: activity.to_owned(), number });
    }

    /// A worker did not get a task after all: it waits again where it was.
    pub(super) fn put_back(&self, offered: OfferedTask) {
        self.lock().insert(offered);
    }

    /// A task waits no longer.
    pub(super) fn withdraw(&self, key: &ExecutionKey, task: TaskId) {
        let mut inner = self.lock();
        // Nearly every task that ends waits for no worker.
        if inner.places.is_empty() {
            return;
        }
        if let Some((activity, number)) = inner.places.remove(&(key.clone(), task))
            && let Some(queue) = inner.queues.get_mut(&activity)
        {
            queue.tasks.remove(&number);
        }
    }

    /// The task that waits longest; whoever asks has to take it.
    pub(crate) fn next(&self, activity: &str) -> Option<OfferedTask> {
        let mut inner = self.lock();
        let (number, place) = inner.queues.get_mut(activity)?.tasks.pop_first()?;
        inner.places.remove(&place);
        let (key, task) = place;
        Some(OfferedTask { key, task, activity: activity.to_owned(), number })
    }

    /// What tells that a task has come since it was last asked.
    pub(crate) fn arrived(&self, activity: &str) -> Arc<Notify> {
        Arc::clone(&self.lock().queues.entry(activity.to_owned()).or_default().arrived)
    }

    /// The tasks that wait, by activity.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> Vec<(ExecutionKey, TaskId)> {
        self.lock().places.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, offered: OfferedTask) {
        let OfferedTask { key, task, activity, number } = offered;
        self.places.insert((key.clone(), task), (activity.clone(), number));
        let queue = self.queues.entry(activity).or_default();
        queue.tasks.insert(number, (key, task));
        queue.arrived.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_come_in_their_order_and_can_be_withdrawn() {
        let activities = ActivityQueues::default();
        let key = ExecutionKey::new("us-east-1/m", "e");
        for task in 1..=3 {
            activities.offer("a", &key, TaskId(task));
        }
        activities.withdraw(&key, TaskId(2));
        let first = activities.next("a").unwrap();
        assert_eq!(first.task, TaskId(1));
        activities.put_back(first.clone());
        assert_eq!(activities.next("a"), Some(first), "it keeps its place");
        assert_eq!(activities.next("a").map(|offered| offered.task), Some(TaskId(3)));
        assert_eq!(activities.next("a"), None);
        assert_eq!(activities.next("b"), None);
        assert!(activities.lock().places.is_empty());
    }
}
