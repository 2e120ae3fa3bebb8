//! Activity tasks that wait for a worker, and the workers that wait for a task.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use asl::TaskId;
use tokio::sync::Notify;

use super::ExecutionKey;

/// The waiting tasks of every activity, by its ARN, oldest first.
#[derive(Debug, Default)]
pub(in crate::local::sfn) struct Pollers {
    queues: Mutex<BTreeMap<String, Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    tasks: VecDeque<(ExecutionKey, TaskId)>,
    /// Told once for every task that comes.
    news: Arc<Notify>,
}

impl Pollers {
    /// A task waits for a worker.
    pub(super) fn offer(&self, activity: &str, key: &ExecutionKey, task: TaskId) {
        let mut queues = self.lock();
        let queue = queues.entry(activity.to_owned()).or_default();
        queue.tasks.push_back((key.clone(), task));
        queue.news.notify_one();
    }

    /// A task waits no longer.
    pub(super) fn withdraw(&self, key: &ExecutionKey, task: TaskId) {
        for queue in self.lock().values_mut() {
            queue.tasks.retain(|(other, id)| *id != task || other != key);
        }
    }

    /// The task that waits longest; whoever asks has to take it.
    pub(in crate::local::sfn) fn next(&self, activity: &str) -> Option<(ExecutionKey, TaskId)> {
        self.lock().get_mut(activity)?.tasks.pop_front()
    }

    /// What tells that a task has come since it was last asked.
    pub(in crate::local::sfn) fn news(&self, activity: &str) -> Arc<Notify> {
        Arc::clone(&self.lock().entry(activity.to_owned()).or_default().news)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_come_in_their_order_and_can_be_withdrawn() {
        let (pollers, key) = (Pollers::default(), ExecutionKey::new("us-east-1/m", "e"));
        for task in 1..=3 {
            pollers.offer("a", &key, TaskId(task));
        }
        pollers.withdraw(&key, TaskId(2));
        assert_eq!(pollers.next("a").map(|(_, task)| task), Some(TaskId(1)));
        assert_eq!(pollers.next("a").map(|(_, task)| task), Some(TaskId(3)));
        assert_eq!(pollers.next("a"), None);
        assert_eq!(pollers.next("b"), None);
    }
}
