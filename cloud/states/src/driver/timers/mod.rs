//! When each waiting execution wants to be woken.

pub(super) mod wake;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use cloud_core::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::rows::execution::ExecutionKey;

/// How long before their moment executions are read, so that at the moment itself all of them go on at once.
const READ_AHEAD: SignedDuration = SignedDuration::from_secs(2);

/// What a look at the timers has come to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// These are due, earliest first; their timers are cleared.
    Due(Vec<ExecutionKey>),
    /// These are due soon.
    Soon(Vec<ExecutionKey>),
    /// There is nothing to do yet.
    Nothing,
}

/// The timers of all executions: one each, at most.
#[derive(Debug)]
pub(super) struct Timers {
    clock: Clock,
    queue: Mutex<Queue>,
    /// Told when an earlier moment than all others was set.
    sooner: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    /// Up to which moment executions were read ahead.
    read_until: Option<Timestamp>,
    by_moment: BTreeSet<(Timestamp, ExecutionKey)>,
    by_key: BTreeMap<ExecutionKey, Timestamp>,
}

impl Timers {
    /// No timer yet.
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, queue: Mutex::default(), sooner: Notify::new() }
    }

    /// Sets, moves or clears an execution's timer.
    pub(super) fn set(&self, key: &ExecutionKey, moment: Option<Timestamp>) {
        if self.lock().set(key, moment) {
            self.sooner.notify_one();
        }
    }

    /// Sets the timers of executions that have none yet, all at once: there may be a million of them.
    pub(super) fn load(&self, timers: Vec<(ExecutionKey, Timestamp)>) {
        let mut queue = self.lock();
        queue.by_moment = timers.iter().map(|(key, moment)| (*moment, key.clone())).collect();
        queue.by_key = timers.into_iter().collect();
        drop(queue);
        self.sooner.notify_one();
    }

    /// The executions whose moment has come, or those whose moment comes soon: `most` of them.
    pub(super) fn next(&self, now: Timestamp, most: usize) -> Next {
        let mut queue = self.lock();
        let due = queue.take_due(now);
        if due.is_empty() { queue.read_ahead(now, most) } else { Next::Due(due) }
    }

    /// The first moment of those executions.
    pub(super) fn first_of(&self, is_wanted: impl Fn(&ExecutionKey) -> bool) -> Option<Timestamp> {
        let queue = self.lock();
        queue.by_moment.iter().find(|(_, key)| is_wanted(key)).map(|(moment, _)| *moment)
    }

    /// Gives the executions that have a timer, from a key on, until one is refused.
    pub(super) fn each_from(&self, first: &ExecutionKey, mut take: impl FnMut(&ExecutionKey) -> bool) {
        let queue = self.lock();
        let mut keys = queue.by_key.range(first..).map(|(key, _)| key);
        while keys.next().is_some_and(&mut take) {}
    }

    /// Whether an execution that wants to be woken then has been, or would have been, read ahead.
    pub(super) fn is_due_soon(&self, next_wake: Option<Timestamp>) -> bool {
        next_wake.is_some_and(|moment| self.lock().read_until.is_some_and(|until| moment <= until))
    }

    /// Waits until there is something to do, or an earlier timer is set.
    pub(super) async fn wait(&self) {
        let first = self.lock().first_look();
        let Some(first) = first else {
            return self.clock.idle(self.sooner.notified()).await;
        };
        tokio::select! {
            biased;
            () = self.clock.sleep_exactly_until(first) => {}
            () = self.sooner.notified() => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// Tells whether the new moment is the first of all.
    fn set(&mut self, key: &ExecutionKey, moment: Option<Timestamp>) -> bool {
        if let Some(before) = self.by_key.remove(key) {
            self.by_moment.remove(&(before, key.clone()));
        }
        let Some(moment) = moment else {
            return false;
        };
        self.by_key.insert(key.clone(), moment);
        self.by_moment.insert((moment, key.clone()));
        self.by_moment.first().is_some_and(|(_, first)| first == key)
    }

    /// When there is something to do first.
    fn first_look(&self) -> Option<Timestamp> {
        let (first, _) = self.by_moment.first()?;
        match self.read_until {
            Some(until) if *first <= until => Some(*first),
            _ => Some(before(*first, READ_AHEAD)),
        }
    }

    /// Those that are due soon and were not given yet.
    fn read_ahead(&mut self, now: Timestamp, most: usize) -> Next {
        let until = now.checked_add(READ_AHEAD).unwrap_or(Timestamp::MAX);
        let read = self.read_until.replace(until);
        let soon = self.by_moment.iter().take_while(|(moment, _)| *moment <= until);
        let new = soon.filter(|(moment, _)| read.is_none_or(|read| *moment > read));
        let soon: Vec<ExecutionKey> = new.take(most).map(|(_, key)| key.clone()).collect();
        if soon.is_empty() { Next::Nothing } else { Next::Soon(soon) }
    }

    fn take_due(&mut self, now: Timestamp) -> Vec<ExecutionKey> {
        let mut due = Vec::new();
        while self.by_moment.first().is_some_and(|(moment, _)| *moment <= now) {
            if let Some((_, key)) = self.by_moment.pop_first() {
                self.by_key.remove(&key);
                due.push(key);
            }
        }
        due
    }
}

fn before(moment: Timestamp, duration: SignedDuration) -> Timestamp {
    moment.checked_sub(duration).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: u8) -> ExecutionKey {
        ExecutionKey::new("m", &name.to_string())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn ten_thousand_due_at_once() {
        let mut queue = Queue::default();
        for number in 0..10_000 {
            queue.set(&ExecutionKey::new("m", &number.to_string()), Some(at(5)));
        }
        assert!(queue.take_due(at(5) - jiff::SignedDuration::from_nanos(1)).is_empty(), "never early");
        assert_eq!(queue.take_due(at(5)).len(), 10_000);
        assert!(queue.by_key.is_empty());
    }

    #[test]
    fn what_is_due_soon_is_told_of_once_and_early_enough() {
        let mut queue = Queue::default();
        for name in 1..=3 {
            queue.set(&key(name), Some(at(9)));
        }
        assert_eq!(queue.first_look(), Some(before(at(9), READ_AHEAD)));
        assert_eq!(queue.read_ahead(at(4), 2), Next::Nothing);
        assert_eq!(queue.read_ahead(before(at(9), READ_AHEAD), 2), Next::Soon(vec![key(1), key(2)]));
        assert_eq!(queue.first_look(), Some(at(9)));
        assert_eq!(queue.read_ahead(at(8), 2), Next::Nothing);
    }

    #[test]
    fn tells_whether_the_queue_must_wake_sooner() {
        let mut queue = Queue::default();
        assert!(queue.set(&key(1), Some(at(10))));
        assert!(!queue.set(&key(2), Some(at(20))));
        assert!(queue.set(&key(2), Some(at(5))));
        assert!(!queue.set(&key(2), None));
    }

    proptest! {
        #[test]
        fn each_execution_wakes_once_at_its_last_setting(settings in prop::collection::vec((0u8..20, prop::option::of(0i64..100)), 0..200), now in 0i64..100) {
            let mut queue = Queue::default();
            let mut expected = BTreeMap::new();
            for (name, moment) in settings {
                queue.set(&key(name), moment.map(at));
                expected.insert(key(name), moment);
            }
            let mut due = queue.take_due(at(now));
            due.sort();
            let expected: Vec<_> = expected.into_iter().filter(|(_, moment)| moment.is_some_and(|moment| moment <= now)).map(|(key, _)| key).collect();
            prop_assert_eq!(due, expected);
        }
    }
}
