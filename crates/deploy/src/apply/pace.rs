//! The pace of many calls of one operation: all of them slow down together when one is refused, and speed up again while
//! they pass. So they soon follow each other as fast as the service takes them, whatever its limit is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws::clock;

/// The pace after the first refusal: until then calls follow each other as soon as others have ended.
const FIRST_RATE_PER_S: f64 = 40.0;

/// It never gets slower.
const SLOWEST_RATE_PER_S: f64 = 1.0;

/// What a refusal multiplies it by.
const SLOWER: f64 = 0.7;

/// What a call that passes adds: a tenth in the time in which as many calls pass as in a second.
const FASTER_PER_S: f64 = 0.1;

/// How many calls in a row may be refused; at the slowest pace that takes two minutes.
const MAX_REFUSED: u32 = 120;

/// Shared by calls of one operation that are made at once.
#[derive(Debug, Default)]
pub(super) struct Pace {
    rate: Mutex<Rate>,
    /// Whoever holds it waits for the next call's turn.
    turn: tokio::sync::Mutex<()>,
}

/// When a call was made: which refusals it has nothing to do with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch(u64);

impl Pace {
    /// Waits until one more call may be made.
    pub(super) async fn turn(&self) -> Epoch {
        let _turn = self.turn.lock().await;
        let pause = self.rate().pause();
        clock::pause(pause).await;
        Epoch(self.rate().epoch)
    }

    /// A call passed.
    pub(super) fn passed(&self) {
        self.rate().passed();
    }

    /// A call was refused; false when it is no use to try again.
    pub(super) fn refused(&self, made: Epoch) -> bool {
        self.rate().refused(made)
    }

    fn rate(&self) -> MutexGuard<'_, Rate> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Rate {
    /// None before the first refusal.
    per_s: Option<f64>,
    /// How often it was slowed down.
    epoch: u64,
    refused_in_a_row: u32,
}

impl Rate {
    /// The time between two calls.
    fn pause(&self) -> Duration {
        self.per_s.map_or(Duration::ZERO, |per_s| Duration::from_secs_f64(1.0 / per_s))
    }

    fn passed(&mut self) {
        self.refused_in_a_row = 0;
        self.per_s = self.per_s.map(|per_s| per_s + FASTER_PER_S);
    }

    /// Calls that were under way together are refused together: that is one reason to slow down, not many.
    fn refused(&mut self, made: Epoch) -> bool {
        self.refused_in_a_row += 1;
        if made.0 == self.epoch {
            self.epoch += 1;
            let slower = self.per_s.map_or(FIRST_RATE_PER_S, |per_s| per_s * SLOWER);
            self.per_s = Some(slower.max(SLOWEST_RATE_PER_S));
        }
        self.refused_in_a_row <= MAX_REFUSED
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::parallel::MAX_AT_ONCE;

    /// What came of many calls.
    #[derive(Debug)]
    struct Outcome {
        refused: usize,
        took_s: f64,
    }

    /// Makes calls, so many at once, to a service with a token bucket; each takes 80 ms. Nothing waits: time is a number.
    fn simulate(mut calls: usize, at_once: usize, size: f64, refill_per_s: f64) -> Outcome {
        const CALL_US: u64 = 80_000;
        let mut rate = Rate::default();
        let mut outcome = Outcome { refused: 0, took_s: 0.0 };
        let mut tokens = size;
        let mut filled_us = 0;
        let mut turn_us = 0_u64;
        // By the time of their answers: the worker, the epoch of its call; none for a worker that has made none yet.
        let mut answers: BTreeMap<(u64, usize), Option<Epoch>> =
            (0..at_once).map(|worker| ((0, worker), None)).collect();
        let mut left_to_begin = calls;
        while let Some(((now_us, worker), made)) = answers.pop_first() {
            let mut again = false;
            if let Some(made) = made {
                let passed_s = Duration::from_micros(now_us - filled_us).as_secs_f64();
                tokens = (tokens + passed_s * refill_per_s).min(size);
                filled_us = now_us;
                if tokens >= 1.0 {
                    tokens -= 1.0;
                    calls -= 1;
                    rate.passed();
                } else {
                    outcome.refused += 1;
                    assert!(rate.refused(made), "given up");
                    again = true;
                }
            }
            outcome.took_s = Duration::from_micros(now_us).as_secs_f64();
            if !again && left_to_begin == 0 {
                continue;
            }
            left_to_begin -= usize::from(!again);
            turn_us = turn_us.max(now_us) + u64::try_from(rate.pause().as_micros()).unwrap();
            answers.insert((turn_us + CALL_US, worker), Some(Epoch(rate.epoch)));
        }
        assert_eq!(calls, 0);
        outcome
    }

    #[test]
    fn of_fifteen_hundred_calls_few_are_refused() {
        // Step Functions' StopExecution: most regions, then the large ones.
        for (size, refill_per_s) in [(500.0, 25.0), (1_000.0, 200.0)] {
            let outcome = simulate(1_500, MAX_AT_ONCE, size, refill_per_s);
            let least_s = (1_500.0 - size) / refill_per_s;
            println!(
                "1500 calls, bucket {size}, {refill_per_s}/s: {} refused, {:.0} s (at best {least_s:.0} s)",
                outcome.refused, outcome.took_s
            );
            assert!(outcome.refused < 150, "{outcome:?}");
            assert!(outcome.took_s < 2.0 * least_s.max(10.0), "{outcome:?}");
        }
    }

    #[test]
    fn refusals_of_calls_under_way_together_slow_down_once() {
        let mut rate = Rate::default();
        assert_eq!(rate.pause(), Duration::ZERO);
        let made = Epoch(rate.epoch);
        (0..10).for_each(|_| assert!(rate.refused(made)));
        assert_eq!(rate.per_s, Some(FIRST_RATE_PER_S));
        assert!(rate.refused(Epoch(rate.epoch)));
        assert_eq!(rate.pause(), Duration::from_secs_f64(1.0 / 28.0));
        (0..109).for_each(|_| assert!(rate.refused(Epoch(rate.epoch))));
        assert_eq!(rate.pause(), Duration::from_secs(1));
        assert!(!rate.refused(Epoch(rate.epoch)), "it ends");
    }
}
