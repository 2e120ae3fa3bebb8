//! Measuring in rounds.

use crate::cargo::cargo;
use crate::failure::Failure;
use crate::{process, project};
use std::time::Duration;

/// Runs the benchmark of one library.
pub(super) fn library(bench: &str, folder: &str) -> Result<(), Failure> {
    let manifest = project::root().join(folder).join("Cargo.toml");
    process::run(cargo(&["bench", "--quiet", "--bench", bench, "--manifest-path"]).arg(manifest))
}

/// The middle one of so many measurements.
pub(super) fn median(
    rounds: usize,
    mut measure: impl FnMut() -> Result<Duration, Failure>,
) -> Result<Duration, Failure> {
    let mut all = (0..rounds).map(|_| measure()).collect::<Result<Vec<_>, _>>()?;
    all.sort();
    Ok(all[all.len() / 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_of_what_was_measured() {
        let mut left = vec![5, 1, 3];
        let median = median(3, || Ok(Duration::from_millis(left.pop().unwrap())));
        assert_eq!(median, Ok(Duration::from_millis(3)));
    }
}
