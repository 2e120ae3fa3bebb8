//! Time as it is measured.

use crate::bench::figure::Figure;
use crate::failure::Failure;
use std::time::{Duration, Instant};

pub(super) fn ms(what: &'static str, bar: Option<f64>, measured: Duration) -> Figure {
    Figure { what, measured: measured.as_secs_f64() * 1e3, bar, unit: "ms" }
}

pub(super) fn median(rounds: usize, mut measured: impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let mut all = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let begun = now();
        measured()?;
        all.push(begun.elapsed());
    }
    Ok(middle(all))
}

pub(super) fn middle(mut all: Vec<Duration>) -> Duration {
    all.sort();
    all[all.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(super) fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_median() {
        let ms = [5, 1, 3].map(Duration::from_millis);
        assert_eq!(middle(ms.to_vec()), Duration::from_millis(3));
    }
}
