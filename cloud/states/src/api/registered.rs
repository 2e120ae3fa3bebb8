//! How many state machines and activities an account may have in a region.

use std::collections::BTreeMap;

/// State machines, and as many activities (service quotas, 2026).
pub(in crate::api) const MAX_REGISTERED: usize = 100_000;

/// Whether a location has `most` of what counts. Rows are counted only where there are so many in all.
pub(in crate::api) fn is_full<T>(
    rows: &BTreeMap<String, T>,
    location_prefix: &str,
    most: usize,
    counts: impl Fn(&T) -> bool,
) -> bool {
    let here = rows.range(location_prefix.to_owned()..).take_while(|(key, _)| key.starts_with(location_prefix));
    rows.len() >= most && here.filter(|(_, row)| counts(row)).nth(most.saturating_sub(1)).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_counts_in_the_location_is_counted() {
        let rows: BTreeMap<String, bool> = [("a/1", true), ("a/2", false), ("a/3", true), ("b/1", true)]
            .map(|(key, counts)| (key.to_owned(), counts))
            .into();
        let is_full = |location, most| is_full(&rows, location, most, |counts| *counts);
        assert!(is_full("a/", 2) && !is_full("a/", 3));
        assert!(is_full("b/", 1) && !is_full("b/", 2) && !is_full("c/", 1));
    }
}
