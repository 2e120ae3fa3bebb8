//! How long each test took. The test harness does not say so on the stable compiler, but it starts tests by name, as many at
//! once as it has threads, and the next when one ends: from the moments at which tests end follows when each began.

use std::time::Duration;

/// A test and when it ended, or how long it took.
pub(super) type Timed = (String, Duration);

/// Durations from the ends, which are in the order in which they came.
pub(super) fn of(ends: &[Timed], threads: usize) -> Vec<Timed> {
    let mut names: Vec<&str> = ends.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let began = |name: &str| {
        let place = names.iter().position(|other| *other == name).unwrap_or_default();
        place.checked_sub(threads).and_then(|before| ends.get(before)).map_or(Duration::ZERO, |(_, end)| *end)
    };
    ends.iter().map(|(name, end)| (name.clone(), end.saturating_sub(began(name)))).collect()
}

/// The test that a line of the harness' output is about, when it has ended: `test a::b ... ok`.
pub(super) fn ended(line: &str) -> Option<&str> {
    let (name, outcome) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let run = outcome.starts_with("ok") || outcome.starts_with("FAILED");
    run.then(|| name.trim_end_matches(" - should panic"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timed(all: &[(&str, u64)]) -> Vec<Timed> {
        all.iter().map(|(name, ms)| (String::from(*name), Duration::from_millis(*ms))).collect()
    }

    #[test]
    fn a_test_begins_when_another_has_ended() {
        // Two threads: a and b begin at once; c when b ends, d when c ends.
        let ends = timed(&[("b", 10), ("c", 30), ("a", 50), ("d", 55)]);
        assert_eq!(of(&ends, 2), timed(&[("b", 10), ("c", 20), ("a", 50), ("d", 25)]));
        assert_eq!(of(&timed(&[("a", 10), ("b", 15)]), 1), timed(&[("a", 10), ("b", 5)]));
    }

    #[test]
    fn lines_tell_which_test_has_ended() {
        assert_eq!(ended("test a::b ... ok"), Some("a::b"));
        assert_eq!(ended("test a::b - should panic ... ok"), Some("a::b"));
        assert_eq!(ended("test a ... FAILED"), Some("a"));
        assert_eq!(ended("test a ... ignored"), None);
        assert_eq!(ended("test result: ok. 3 passed"), None);
    }
}
