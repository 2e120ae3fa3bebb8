//! A token bucket: how many calls may pass at a moment.

use jiff::Timestamp;

/// Calls per second, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateLimit {
    /// How many calls pass per second in the long run.
    pub rate_per_s: f64,
    /// How many calls pass at once at most.
    pub burst: f64,
}

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TokenBucket {
    tokens: f64,
    filled_at: Timestamp,
}

impl TokenBucket {
    /// A bucket that nobody took from yet.
    pub fn full(limits: RateLimit, now: Timestamp) -> Self {
        Self { tokens: limits.burst, filled_at: now }
    }

    /// Whether a call may pass now; if so, it counts.
    pub fn take(&mut self, limits: RateLimit, now: Timestamp) -> bool {
        // A clock that was set back fills nothing.
        let passed_s = now.duration_since(self.filled_at).as_secs_f64().max(0.0);
        self.tokens = (self.tokens + passed_s * limits.rate_per_s).min(limits.burst);
        self.filled_at = now;
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn a_burst_passes_then_the_rate_holds() {
        let limits = RateLimit { rate_per_s: 4.0, burst: 2.0 };
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut bucket = TokenBucket::full(limits, start);
        let mut passed =
            |at_ms| (0..9).filter(|_| bucket.take(limits, start + SignedDuration::from_millis(at_ms))).count();
        assert_eq!((passed(0), passed(249), passed(251), passed(5_000), passed(4_000)), (2, 0, 1, 2, 0));
    }
}
