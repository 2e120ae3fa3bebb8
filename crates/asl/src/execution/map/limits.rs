//! The limits of a Map Run: how many children run at once, and how many items may fail.

use serde::{Deserialize, Serialize};

/// The limits that `UpdateMapRun` may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Limits {
    pub(crate) max_concurrency: u64,
    pub(crate) tolerated_failure_count: Option<u64>,
    pub(crate) tolerated_failure_percentage: Option<f64>,
}

impl Limits {
    /// Whether more items have failed than both limits tolerate. On AWS a limit of 0 is one that is not set, and without any the
    /// first failure is too many (measured by others).
    pub(crate) fn are_exceeded(self, failed: u64, total: u64) -> bool {
        let count = self.tolerated_failure_count.filter(|count| *count > 0);
        let percentage = self.tolerated_failure_percentage.filter(|percentage| *percentage > 0.0);
        if count.is_none() && percentage.is_none() {
            return failed > 0;
        }
        let share = failed as f64 * 100.0 / total.max(1) as f64;
        count.is_some_and(|count| failed > count) || percentage.is_some_and(|percentage| share > percentage)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_nothing_is_none() {
        let exceeds = |failed, total, count, percentage| {
            let limits = Limits {
                max_concurrency: 0,
                tolerated_failure_count: Some(count),
                tolerated_failure_percentage: Some(percentage),
            };
            limits.are_exceeded(failed, total)
        };
        assert!(exceeds(1, 3, 0, 0.0) && !exceeds(0, 3, 0, 0.0));
        assert!(!exceeds(1, 3, 0, 100.0) && !exceeds(1, 3, 0, 50.0) && exceeds(3, 3, 0, 50.0));
        assert!(!exceeds(1, 3, 5, 0.0) && exceeds(2, 3, 1, 90.0) && exceeds(2, 3, 5, 50.0));
        assert!(exceeds(2, 5, 100_000, 39.0) && !exceeds(2, 5, 100_000, 40.0));
    }
}
