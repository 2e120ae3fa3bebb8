//! Which parts of a zip are the biggest: packages, and folders at the top.

use crate::folder::Entries;
use std::collections::BTreeMap;

/// How many parts an error names.
const NAMED: usize = 3;

/// The biggest parts in words, e.g. `node_modules/aws-sdk (90 MB), assets (12 MB)`.
pub(super) fn biggest(entries: &Entries) -> String {
    let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
    for (name, entry) in entries {
        *sizes.entry(part(name)).or_default() += entry.stamp.size_bytes;
    }
    let mut sizes: Vec<_> = sizes.into_iter().collect();
    sizes.sort_by_key(|(name, size_bytes)| (std::cmp::Reverse(*size_bytes), *name));
    let words =
        sizes.iter().take(NAMED).map(|(name, size_bytes)| format!("{name} ({} MB)", size_bytes.div_ceil(1_000_000)));
    words.collect::<Vec<_>>().join(", ")
}

/// `node_modules/a`, `node_modules/@scope/a`, or the first folder.
fn part(name: &str) -> &str {
    let depth = match name.strip_prefix("node_modules/") {
        Some(package) if package.starts_with('@') => 3,
        Some(_) => 2,
        None => 1,
    };
    name.match_indices('/').nth(depth - 1).map_or(name, |(end, _)| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_packages_and_folders() {
        assert_eq!(part("node_modules/@a/b/c/d.js"), "node_modules/@a/b");
        assert_eq!(part("node_modules/a/b.js"), "node_modules/a");
        assert_eq!(part("src/a/b.js"), "src");
        assert_eq!(part("index.js"), "index.js");
    }
}
