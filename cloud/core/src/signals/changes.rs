//! That something in the cloud has changed: a count that goes up, for whoever shows what the cloud holds, and what it was about
//! for whoever shows a part of that.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::location::Location;

/// How many topics are followed. A page has a few; one that asks for a topic that was forgotten is told at once.
const FOLLOWED: usize = 64;

/// After so many changes without a question nobody follows anything any more: pages ask every twenty seconds.
const CHANGES_UNASKED: u64 = 1_000_000;

/// What a change is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic(String);

impl Topic {
    /// Whatever is set up, and the clock: all but what executions do and functions write.
    #[must_use]
    pub fn settings() -> Self {
        Self("settings".to_owned())
    }

    /// What an execution does, by its ARN.
    #[must_use]
    pub fn execution(arn: &str) -> Self {
        Self(format!("execution:{arn}"))
    }

    /// That executions of a state machine begin or end, by the machine's ARN; those of its Map Runs too.
    #[must_use]
    pub fn machine(arn: &str) -> Self {
        Self(format!("machine:{arn}"))
    }

    /// Lines of a log group.
    #[must_use]
    pub fn log(location: &Location, group: &str) -> Self {
        Self(format!("log:{}", location.arn("logs", &format!("log-group:{group}"))))
    }

    /// What a text names; a topic that there is not never changes.
    #[must_use]
    pub fn named(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// As a text: `settings`, or what it is and its ARN: `execution:ARN`, `machine:ARN`, `log:ARN`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

/// A count of changes; clones share it. It says that there is something new, not what: many changes may be one step.
#[derive(Debug, Clone)]
pub struct Changes {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    count: watch::Sender<u64>,
    /// Whether any topic is followed: what costs something is done only then.
    is_followed: AtomicBool,
    followed: Mutex<Followed>,
    /// Goes up with each change of a topic that is followed.
    followed_count: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Followed {
    topics: BTreeMap<Topic, Follow>,
    /// How often somebody has asked.
    asked: u64,
    /// The count when somebody asked last.
    last_asked_at: u64,
}

#[derive(Debug)]
struct Follow {
    /// The count after its last change.
    changed_at: u64,
    /// When somebody asked last, by the count of askings.
    asked_at: u64,
}

impl Default for Changes {
    fn default() -> Self {
        Self::new()
    }
}

impl Changes {
    /// A count of nothing so far.
    #[must_use]
    pub fn new() -> Self {
        let inner = Inner {
            count: watch::Sender::new(0),
            is_followed: AtomicBool::new(false),
            followed: Mutex::default(),
            followed_count: watch::Sender::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Counts a change that readers can see. It costs next to nothing where nobody waits: `topics` is asked only where somebody
    /// follows any.
    pub fn mark<T: IntoIterator<Item = Topic>>(&self, topics: impl FnOnce() -> T) {
        let Inner { count, is_followed, followed_count, .. } = &*self.inner;
        count.send_modify(|count| *count = count.wrapping_add(1));
        if !is_followed.load(Ordering::Acquire) {
            return;
        }
        let mut is_news = false;
        {
            let mut followed = self.followed();
            let now = self.count();
            if now.wrapping_sub(followed.last_asked_at) > CHANGES_UNASKED {
                followed.topics.clear();
                is_followed.store(false, Ordering::Release);
                return;
            }
            for topic in topics() {
                if let Some(follow) = followed.topics.get_mut(&topic) {
                    follow.changed_at = now;
                    is_news = true;
                }
            }
        }
        if is_news {
            followed_count.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    /// The count now.
    #[must_use]
    pub fn count(&self) -> u64 {
        *self.inner.count.borrow()
    }

    /// Waits until the count is another one, and gives it.
    pub async fn other_than(&self, known: u64) -> u64 {
        let mut receiver = self.inner.count.subscribe();
        match receiver.wait_for(|count| *count != known).await {
            Ok(count) => *count,
            // The sender lives as long as `self`.
            Err(_) => known,
        }
    }

    /// Which of these topics have changed after the count `known`. One that was not followed so far may have.
    #[must_use]
    pub fn changed(&self, topics: &[Topic], known: u64) -> Vec<Topic> {
        let mut followed = self.followed();
        self.inner.is_followed.store(true, Ordering::Release);
        let count = self.count();
        followed.follow(topics, count);
        let is_changed = |topic: &&Topic| followed.topics.get(topic).is_none_or(|follow| follow.changed_at > known);
        topics.iter().filter(is_changed).cloned().collect()
    }

    /// Waits until one of these topics has changed after the count `known`.
    pub async fn changed_after(&self, topics: &[Topic], known: u64) {
        let mut receiver = self.inner.followed_count.subscribe();
        // The sender lives as long as `self`, so that there is no error to tell.
        let _ = receiver.wait_for(|_| !self.changed(topics, known).is_empty()).await;
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.inner.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Followed {
    /// Follows these topics from now on, and forgets what nobody has asked for longest.
    fn follow(&mut self, topics: &[Topic], count: u64) {
        self.asked += 1;
        self.last_asked_at = count;
        for topic in topics {
            let follow = self.topics.entry(topic.clone()).or_insert(Follow { changed_at: count, asked_at: 0 });
            follow.asked_at = self.asked;
        }
        while self.topics.len() > FOLLOWED {
            let oldest = self.topics.iter().min_by_key(|(_, follow)| follow.asked_at).map(|(topic, _)| topic.clone());
            oldest.map(|topic| self.topics.remove(&topic));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_is_told_of_a_change() {
        let changes = Changes::new();
        let waiting = tokio::spawn({
            let changes = changes.clone();
            async move { changes.other_than(0).await }
        });
        changes.mark(|| [Topic::settings()]);
        assert_eq!(waiting.await.unwrap(), 1);
        assert_eq!(changes.other_than(0).await, 1, "also of one that was before");
    }

    #[tokio::test]
    async fn whoever_follows_a_topic_is_told_of_it_alone() {
        let changes = Changes::new();
        let one = [Topic::execution("one")];
        changes.mark(|| -> [Topic; 0] { unreachable!("nobody follows anything") });
        assert_eq!(changes.changed(&one, 0), one, "what was before is not known");
        let known = changes.count();
        assert_eq!(changes.changed(&one, known), []);
        changes.mark(|| [Topic::execution("other"), Topic::machine("m")]);
        assert_eq!(changes.changed(&one, known), []);
        let waiting = tokio::spawn({
            let changes = changes.clone();
            let one = one.clone();
            async move { changes.changed_after(&one, known).await }
        });
        changes.mark(|| one.clone());
        waiting.await.unwrap();
        assert_eq!(changes.changed(&one, known), one);
        assert_eq!(changes.changed(&one, changes.count()), []);
    }

    #[test]
    fn what_nobody_asks_for_any_more_is_forgotten() {
        let changes = Changes::new();
        let topic = |number: usize| [Topic::execution(&number.to_string())];
        for number in 0..=FOLLOWED {
            changes.mark(|| [Topic::settings()]);
            let _ = changes.changed(&topic(number), changes.count());
        }
        let known = changes.count() - 1;
        assert_eq!(changes.changed(&topic(FOLLOWED), known).len(), 1, "it is followed since then");
        assert_eq!(changes.changed(&topic(0), known).len(), 1, "it may have changed");
        assert_eq!(changes.inner.followed.lock().unwrap().topics.len(), FOLLOWED);
        for _ in 0..=CHANGES_UNASKED {
            changes.mark(|| [Topic::settings()]);
        }
        changes.mark(|| -> [Topic; 0] { unreachable!("nobody asks any more") });
        assert_eq!(changes.changed(&topic(0), changes.count()), [], "who comes back is told of what comes then");
    }
}
