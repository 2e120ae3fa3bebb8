//! Who is told of waits, and what was told already.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::WaitCause;
use crate::clock;
use crate::random::Random;

/// A service that goes on asking is told of again after it was quiet for this long.
const QUIET: SignedDuration = SignedDuration::from_secs(60);

/// A wait that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// The service that was called, as people write it.
    pub service: &'static str,
    /// What is waited for.
    pub cause: WaitCause,
    /// How long at most.
    pub limit: Duration,
}

type Listener = Box<dyn Fn(Wait) + Send + Sync>;

/// What the clients of one command share; clones are the same.
#[derive(Clone)]
pub(crate) struct Waits(Arc<Shared>);

struct Shared {
    random: Random,
    listener: OnceLock<Listener>,
    told: Mutex<Told>,
    answered: AtomicBool,
}

impl fmt::Debug for Waits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Waits")
    }
}

/// When each wait last went on.
#[derive(Debug, Default)]
struct Told(BTreeMap<(&'static str, WaitCause), Timestamp>);

impl Told {
    /// Whether a wait is news: it began, or begins again after a while.
    fn is_news(&mut self, wait: Wait, now: Timestamp) -> bool {
        let last = self.0.insert((wait.service, wait.cause), now);
        last.is_none_or(|last| now.duration_since(last) > QUIET)
    }
}

impl Waits {
    pub(crate) fn new(random: Random) -> Self {
        Self(Arc::new(Shared {
            random,
            listener: OnceLock::new(),
            told: Mutex::default(),
            answered: AtomicBool::new(false),
        }))
    }

    pub(super) fn random(&self) -> &Random {
        &self.0.random
    }

    /// Something answered a call.
    pub(super) fn answered(&self) {
        self.0.answered.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_answered(&self) -> bool {
        self.0.answered.load(Ordering::Relaxed)
    }

    /// Tells of a wait, if that is news.
    pub(super) fn tell(&self, wait: Wait) {
        let news = self.0.told.lock().unwrap_or_else(PoisonError::into_inner).is_news(wait, clock::now());
        if let Some(listener) = self.0.listener.get().filter(|_| news) {
            listener(wait);
        }
    }

    /// From now on this listener is told; the first that is given stays.
    pub(crate) fn listen(&self, listener: impl Fn(Wait) + Send + Sync + 'static) {
        if self.0.listener.set(Box::new(listener)).is_err() {
            tracing::debug!(target: crate::trace::TARGET, "somebody is told of waits already");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_news_once_and_again_after_quiet() {
        let mut told = Told::default();
        let start: Timestamp = "2026-11-22T08:00:00Z".parse().unwrap();
        let after = |seconds| start.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        let limit = Duration::from_secs(120);
        let wait = Wait { service: "IAM", cause: WaitCause::Throttled, limit };
        assert!(told.is_news(wait, start));
        assert!(!told.is_news(wait, after(1)));
        assert!(!told.is_news(wait, after(61)), "it goes on");
        assert!(told.is_news(Wait { service: "STS", ..wait }, after(61)));
        assert!(told.is_news(Wait { cause: WaitCause::ServiceFault, ..wait }, after(61)));
        assert!(told.is_news(wait, after(122)), "it was quiet");
    }
}
