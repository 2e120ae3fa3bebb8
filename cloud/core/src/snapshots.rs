//! The recent past of values, for answers that lag behind: what was there at a moment, and who is shown it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

/// How the work of one request sees values that change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadView {
    /// How long what a change replaces is remembered.
    pub keep: Duration,
    /// Reads see what was there at this moment; without one they see what is there.
    pub as_of: Option<Timestamp>,
}

tokio::task_local! {
    static VIEW: ReadView;
}

impl ReadView {
    /// Does some work with this view. What the work spawns has no view: it sees what is there.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        VIEW.scope(self, work).await
    }

    /// The moment whose values a read now has to see, if it is not the present one.
    pub fn as_of() -> Option<Timestamp> {
        VIEW.try_with(|view| view.as_of).ok().flatten()
    }

    /// How long what a change replaces now has to be remembered, if at all.
    pub fn keep() -> Option<Duration> {
        VIEW.try_with(|view| view.keep).ok().filter(|keep| !keep.is_zero())
    }
}

/// A moment, a duration earlier.
pub fn before(moment: Timestamp, duration: Duration) -> Timestamp {
    moment.checked_sub(duration).unwrap_or(Timestamp::MIN)
}

/// What changes have replaced lately, oldest first.
#[derive(Debug)]
pub struct Snapshots<T> {
    replaced: VecDeque<Replaced<T>>,
}

#[derive(Debug)]
struct Replaced<T> {
    key: String,
    /// None when there was nothing.
    value: Option<T>,
    at: Timestamp,
}

impl<T> Default for Snapshots<T> {
    fn default() -> Self {
        Self { replaced: VecDeque::new() }
    }
}

impl<T: Clone> Snapshots<T> {
    /// Takes in what a change replaced at a moment, and forgets what was replaced longer than `keep` before.
    pub fn remember(&mut self, key: String, value: Option<T>, at: Timestamp, keep: Duration) {
        let oldest = before(at, keep);
        while self.replaced.front().is_some_and(|replaced| replaced.at < oldest) {
            self.replaced.pop_front();
        }
        self.replaced.push_back(Replaced { key, value, at });
    }

    /// Whether anything changed after a moment.
    pub fn changed_after(&self, moment: Timestamp) -> bool {
        self.replaced.iter().any(|replaced| replaced.at > moment)
    }

    /// The value that a key had at a moment; `present` is the one it has now.
    pub fn value(&self, key: &str, present: Option<&T>, moment: Timestamp) -> Option<T> {
        let replaced = self.replaced.iter().find(|replaced| replaced.at > moment && replaced.key == key);
        replaced.map_or_else(|| present.cloned(), |replaced| replaced.value.clone())
    }

    /// All values at a moment; `present` are those of now.
    pub fn values(&self, present: &BTreeMap<String, T>, moment: Timestamp) -> BTreeMap<String, T> {
        let mut values = present.clone();
        for replaced in self.replaced.iter().rev().filter(|replaced| replaced.at > moment) {
            match &replaced.value {
                Some(value) => drop(values.insert(replaced.key.clone(), value.clone())),
                None => drop(values.remove(&replaced.key)),
            }
        }
        values
    }

    /// The values that a key had from one moment to another, oldest first; the last one is that of the later moment.
    pub fn held(&self, key: &str, present: Option<&T>, from: Timestamp, to: Timestamp) -> Vec<Option<T>> {
        let between = self.replaced.iter().filter(|replaced| replaced.key == key && replaced.at > from);
        let between = between.filter(|replaced| replaced.at <= to).map(|replaced| replaced.value.clone());
        between.chain([self.value(key, present, to)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_000_000 + ms).unwrap()
    }

    const KEEP: Duration = Duration::from_millis(100);

    fn changed(past: &mut Snapshots<u32>, now: &mut BTreeMap<String, u32>, key: &str, value: Option<u32>, ms: i64) {
        let before = match value {
            Some(value) => now.insert(key.to_owned(), value),
            None => now.remove(key),
        };
        past.remember(key.to_owned(), before, at(ms), KEEP);
    }

    #[test]
    fn what_is_new_was_absent_and_what_is_gone_was_there() {
        let mut past = Snapshots::default();
        let mut now = BTreeMap::new();
        changed(&mut past, &mut now, "a", Some(1), 0);
        changed(&mut past, &mut now, "a", Some(2), 50);
        changed(&mut past, &mut now, "a", None, 80);
        let seen = |ms| past.value("a", now.get("a"), at(ms));
        assert_eq!(
            (seen(-1), seen(0), seen(49), seen(50), seen(79), seen(80)),
            (None, Some(1), Some(1), Some(2), Some(2), None)
        );
        assert_eq!(past.held("a", now.get("a"), at(-1), at(90)), [None, Some(1), Some(2), None]);
        assert_eq!(past.held("a", now.get("a"), at(0), at(60)), [Some(1), Some(2)]);
        assert_eq!(past.held("a", now.get("a"), at(80), at(90)), [None]);
        assert!(past.changed_after(at(79)) && !past.changed_after(at(80)));
    }

    #[test]
    fn what_is_older_than_asked_for_is_forgotten() {
        let mut past = Snapshots::default();
        let mut now = BTreeMap::new();
        for round in 0..1000 {
            changed(&mut past, &mut now, "a", Some(round), i64::from(round));
        }
        assert_eq!(past.replaced.len(), 101);
        assert_eq!(past.value("a", now.get("a"), at(899)), Some(899));
    }

    proptest! {
        #[test]
        fn every_moment_looks_as_it_did_then(changes in prop::collection::vec((0_usize..3, prop::option::of(0_u32..9)), 0..40)) {
            let mut past = Snapshots::default();
            let mut now = BTreeMap::new();
            let mut seen = vec![now.clone()];
            for (index, (key, value)) in changes.iter().enumerate() {
                changed(&mut past, &mut now, ["a", "b", "c"][*key], *value, i64::try_from(index).unwrap());
                seen.push(now.clone());
            }
            for (index, then) in seen.iter().enumerate() {
                let moment = at(i64::try_from(index).unwrap() - 1);
                prop_assert_eq!(&past.values(&now, moment), then);
                for key in ["a", "b", "c"] {
                    prop_assert_eq!(past.value(key, now.get(key), moment), then.get(key).copied());
                }
            }
        }
    }

    #[tokio::test]
    async fn the_view_ends_with_the_work() {
        let view = ReadView { keep: KEEP, as_of: Some(at(0)) };
        let inside = view.during(async {
            let spawned = tokio::spawn(async { ReadView::as_of() }).await.unwrap();
            (ReadView::as_of(), ReadView::keep(), spawned)
        });
        assert_eq!(inside.await, (Some(at(0)), Some(KEEP), None));
        assert_eq!((ReadView::as_of(), ReadView::keep()), (None, None));
    }
}
