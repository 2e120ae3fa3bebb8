//! How far apart the calls of a command that polls are, when others poll the same account. Pure: it says how long to wait,
//! its owner waits.
//!
//! CloudWatch Logs takes five FilterLogEvents a second from a whole account and region, however many people read logs. So
//! each command finds its share: a refused call cuts its rate, an answered one raises it a little for the time since the
//! call before. Cut by a factor and raised by a sum, the rates of many commands become equal without any of them knowing of
//! the others. Who was not refused for minutes raises its rate faster, so that the last who reads is soon as fast as alone.

use std::time::Duration;

use jiff::Timestamp;

use aws::random::Random;

/// The longest time between two calls, in seconds.
const MAX_SPACING_S: f64 = 30.0;

/// After a first refusal the calls are at least so far apart, in seconds.
const MIN_REFUSED_SPACING_S: f64 = 1.0;

/// A rate above this, in calls a second, is far from a share that is worth keeping: a refusal halves it.
const FAST_HZ: f64 = 0.3;

/// What a refusal leaves of a slower rate.
const KEPT: f64 = 0.75;

/// By how much the rate grows in a second without a refusal, in calls a second.
const GROWTH_HZ_PER_S: f64 = 0.0003;

/// After this many seconds without a refusal growth has doubled; then it goes on with the square of the time.
const GROWTH_DOUBLES_S: f64 = 120.0;

/// The part of the spacing after which a refused call is made again: it has waited for one spacing already.
const AGAIN: [f64; 2] = [0.2, 0.6];

/// The part of the spacing between two other calls.
const SPREAD: [f64; 2] = [0.75, 1.25];

/// The time between calls, which refusals lengthen.
#[derive(Debug, Clone)]
pub(crate) struct Spacing {
    random: Random,
    most_hz: f64,
    rate_hz: f64,
    last_call: Option<Timestamp>,
    last_refusal: Option<Timestamp>,
    /// Whether the last call was refused.
    refused: bool,
}

impl Spacing {
    /// For calls that are made once an interval where nobody else makes any.
    pub(crate) fn new(interval: Duration, random: Random) -> Self {
        let most_hz = 1.0 / interval.as_secs_f64().max(0.001);
        Self { random, most_hz, rate_hz: most_hz, last_call: None, last_refusal: None, refused: false }
    }

    /// A call was answered.
    pub(crate) fn answered(&mut self, now: Timestamp) {
        let since_call_s = seconds_since(self.last_call.replace(now), now).unwrap_or(0.0);
        self.refused = false;
        let Some(calm_s) = seconds_since(self.last_refusal, now) else { return };
        let growth = GROWTH_HZ_PER_S * (1.0 + (calm_s / GROWTH_DOUBLES_S).powi(2));
        self.rate_hz = (self.rate_hz + growth * since_call_s).min(self.most_hz);
        if self.is_fastest() {
            self.last_refusal = None;
        }
    }

    /// A call was refused for throttling.
    pub(crate) fn refused(&mut self, now: Timestamp) {
        self.last_call = Some(now);
        self.last_refusal = Some(now);
        self.refused = true;
        let kept = if self.rate_hz > FAST_HZ { 0.5 } else { KEPT };
        let least_hz = (1.0 / MAX_SPACING_S).min(self.most_hz);
        self.rate_hz = (self.rate_hz * kept).min(1.0 / MIN_REFUSED_SPACING_S).max(least_hz);
    }

    /// How long to wait before the next call: another fraction of the spacing each time, so that commands that were refused
    /// together do not come back together.
    pub(crate) fn pause(&self) -> Duration {
        let [least, most] = match (self.refused, self.is_fastest()) {
            (true, _) => AGAIN,
            (false, false) => SPREAD,
            (false, true) => [1.0, 1.0],
        };
        Duration::from_secs_f64(self.seconds() * (least + (most - least) * self.random.fraction()))
    }

    /// The time between calls, in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        1.0 / self.rate_hz
    }

    /// Whether nothing slows it down.
    pub(crate) fn is_fastest(&self) -> bool {
        self.rate_hz >= self.most_hz
    }
}

/// The seconds since a moment; zero when the clock was set back.
fn seconds_since(moment: Option<Timestamp>, now: Timestamp) -> Option<f64> {
    moment.map(|moment| now.duration_since(moment).as_secs_f64().max(0.0))
}

#[cfg(test)]
mod tests {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::*;
    use crate::cli::time::moment;

    /// What many tails of one account met in some minutes of virtual time.
    #[derive(Debug)]
    struct Met {
        refused_percent: usize,
        /// The longest time for which a tail showed nothing new, in milliseconds: the age of its oldest line.
        oldest_line_ms: i64,
        /// The middle of all times between two answers to a tail, in milliseconds.
        median_ms: i64,
        spacings_s: Vec<f64>,
    }

    /// Tails of one account, each with 80 ms from call to answer, before a bucket of five calls that five a second refill;
    /// all but `stay` of them end after five minutes.
    fn simulated(tails: usize, stay: usize, minutes: i64, seed: u64) -> Met {
        let random = Random::from_seed(seed);
        let begin = |_| Spacing::new(Duration::from_secs(1), random.clone());
        let mut spacings: Vec<Spacing> = (0..tails).map(begin).collect();
        let mut due: BinaryHeap<Reverse<(i64, usize)>> =
            (0..tails).map(|tail| Reverse(((random.fraction() * 2000.0) as i64, tail))).collect();
        let capacity = 5.0_f64;
        let mut left = capacity;
        let mut refilled_ms = 0;
        let mut answered_ms = vec![0; tails];
        let mut calls = 0;
        let mut refusals = 0;
        let mut gaps = Vec::new();
        while let Some(Reverse((now_ms, tail))) = due.pop().filter(|Reverse((now_ms, _))| *now_ms < minutes * 60_000) {
            if now_ms > 300_000 && tail >= stay {
                continue;
            }
            left = capacity.min(left + (now_ms - refilled_ms) as f64 * 0.005);
            refilled_ms = now_ms;
            calls += 1;
            let now = moment::from_ms(now_ms);
            if left >= 1.0 {
                left -= 1.0;
                gaps.push(now_ms - answered_ms[tail]);
                answered_ms[tail] = now_ms;
                spacings[tail].answered(now);
            } else {
                refusals += 1;
                spacings[tail].refused(now);
            }
            let pause_ms = spacings[tail].pause().as_millis() as i64;
            due.push(Reverse((now_ms + 80 + pause_ms, tail)));
        }
        gaps.sort_unstable();
        Met {
            refused_percent: refusals * 100 / calls,
            oldest_line_ms: gaps.last().copied().unwrap_or(i64::MAX),
            median_ms: gaps[gaps.len() / 2],
            spacings_s: spacings.iter().map(Spacing::seconds).collect(),
        }
    }

    /// With a wait that doubled and halved, 74 % were refused and six of thirty tails showed nothing.
    #[test]
    fn thirty_tails_share_five_calls_a_second() {
        for seed in 0..10 {
            let met = simulated(30, 30, 10, seed);
            println!("seed {seed}: {met:?}");
            assert!(met.refused_percent < 15, "seed {seed}: {met:?}");
            assert!(met.oldest_line_ms < 45_000, "nobody starves; seed {seed}: {met:?}");
            assert!((4_000..9_000).contains(&met.median_ms), "a fair share is 6 s; seed {seed}: {met:?}");
        }
    }

    #[test]
    fn a_few_tails_are_not_slowed_down() {
        let met = simulated(4, 4, 5, 1);
        assert_eq!((met.refused_percent, met.spacings_s), (0, vec![1.0; 4]));
    }

    #[test]
    fn who_stays_alone_is_as_fast_as_before() {
        for seed in 0..5 {
            let met = simulated(30, 1, 20, seed);
            assert_eq!(met.spacings_s[0], 1.0, "seed {seed}");
        }
    }

    #[test]
    fn a_refusal_is_felt_at_any_interval() {
        let mut spacing = Spacing::new(Duration::from_millis(30), Random::from_seed(1));
        assert_eq!(spacing.pause(), Duration::from_millis(30));
        let now = moment::from_ms(0);
        spacing.refused(now);
        assert_eq!(spacing.seconds(), MIN_REFUSED_SPACING_S);
        assert!((0.2..=0.6).contains(&spacing.pause().as_secs_f64()));
        (0..50).for_each(|_| spacing.refused(now));
        assert!((spacing.seconds() - MAX_SPACING_S).abs() < 1e-9);
        let mut slow = Spacing::new(Duration::from_secs(3600), Random::from_seed(1));
        slow.refused(now);
        assert!(slow.seconds() >= 3600.0, "a wish for less is kept");
    }
}
