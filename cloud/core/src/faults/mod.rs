//! AWS's eventual consistency, shown when asked to: slow roles, pending functions, conflicts, stale reads, throttling.
//!
//! All of it is off at first, and a request then costs one look at a flag.

mod conflict;
mod gate;
mod settings;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use self::conflict::Writes;
use self::gate::Gates;
use super::clock::Clock;
use super::error::ServiceError;
use super::operation::{Access, OperationInfo, ServiceInfo};
use super::snapshots::{ReadView, before};
use super::wire::{Request, Response};

pub use settings::{ConsistencySettings, Setting, SettingError, Throttling};

/// The settings, and what they have to know of the calls before; clones share them.
#[derive(Debug, Clone)]
pub struct FaultInjection {
    clock: Clock,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    is_on: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    active: Active,
    gates: Gates,
    writes: Writes,
}

/// What is shown, and since when: all changes before are known to everybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Active {
    settings: ConsistencySettings,
    since: Timestamp,
}

/// The stretch of time in which a change is still on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its begin.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

impl FaultInjection {
    /// Nothing is shown yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, inner: Arc::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows these settings from now on, of changes from now on.
    pub fn set(&self, settings: ConsistencySettings) {
        *self.state() = State { active: Active { settings, since: self.clock.now() }, ..State::default() };
        self.inner.is_on.store(settings != ConsistencySettings::default(), Ordering::Release);
    }

    fn active(&self) -> Option<Active> {
        self.inner.is_on.load(Ordering::Acquire).then(|| self.state().active)
    }

    /// The settings that are on.
    #[must_use]
    pub fn settings(&self) -> ConsistencySettings {
        self.active().map(|active| active.settings).unwrap_or_default()
    }

    /// In which time a role, or its trust policy, must not have changed for a service to assume it.
    #[must_use]
    pub fn role_window(&self) -> Option<Window> {
        self.active().and_then(|active| active.window(active.settings.role_propagation, self.clock.now()))
    }

    /// In which time a function must not have changed to be ready, as the caller sees it.
    #[must_use]
    pub fn function_window(&self) -> Option<Window> {
        let moment = || ReadView::as_of().unwrap_or_else(|| self.clock.now());
        self.active().and_then(|active| active.window(active.settings.function_pending, moment()))
    }

    /// In which time a state machine must not have been deleted to be gone.
    #[must_use]
    pub fn deletion_window(&self) -> Option<Window> {
        self.active().and_then(|active| active.window(active.settings.machine_deletion, self.clock.now()))
    }

    /// Does work that sees what an API's endpoint has learned by now: its API, and who may invoke functions.
    pub async fn at_endpoint<F: Future>(&self, work: F) -> F::Output {
        let active = self.active();
        let window = active.and_then(|active| active.window(active.settings.api_propagation, self.clock.now()));
        match window {
            None => work.await,
            Some(window) => ReadView { keep: Duration::ZERO, as_of: Some(window.from) }.during(work).await,
        }
    }

    /// Does work of the cloud's own, whose changes readers see late too.
    pub async fn remembering<F: Future>(&self, work: F) -> F::Output {
        ReadView { keep: self.settings().memory(), as_of: None }.during(work).await
    }

    /// Answers a call as AWS might: late, not yet, not now or not at all. Where nothing is shown it only does the work.
    ///
    /// # Errors
    /// The work's own, or the service's answer to a call too many, when it fails, or to a conflicting write.
    pub async fn answer(
        &self,
        service: &'static ServiceInfo,
        operation: &'static OperationInfo,
        request: &Request,
        work: impl Future<Output = Result<Response, ServiceError>> + Send,
    ) -> Result<Response, ServiceError> {
        match self.active() {
            None => work.await,
            // In a box of its own, so that requests stay small where nothing is shown.
            Some(active) => Box::pin(self.answer_late(active, service, operation, request, work)).await,
        }
    }

    async fn answer_late(
        &self,
        active: Active,
        service: &'static ServiceInfo,
        operation: &'static OperationInfo,
        request: &Request,
        work: impl Future<Output = Result<Response, ServiceError>> + Send,
    ) -> Result<Response, ServiceError> {
        let now = self.clock.now();
        let settings = active.settings;
        self.state().gates.admit(service, operation, &request.location(), &settings, now)?;
        let view = active.view(operation.access, request.received_at);
        let is_alone = operation.access == Access::WritesAlone && !settings.update_conflicts.is_zero();
        if !is_alone {
            return view.during(work).await;
        }
        let resource = operation.exclusive_arn(request);
        let begun = self.state().writes.begin(&resource, settings.update_conflicts, now);
        let until = begun.ok_or_else(service.conflict)?;
        let answer = view.during(work).await;
        match &answer {
            Ok(_) => self.clock.sleep_until(until).await,
            Err(_) => self.state().writes.end(&resource, until),
        }
        answer
    }
}

impl Active {
    fn window(&self, delay: Duration, to: Timestamp) -> Option<Window> {
        (!delay.is_zero()).then(|| Window { from: before(to, delay).max(self.since), to })
    }

    /// How a call that arrived at a moment sees the cloud.
    fn view(&self, access: Access, received_at: Timestamp) -> ReadView {
        let behind = self.settings.stale_reads;
        let lags = access == Access::Reads && !behind.is_zero();
        ReadView { keep: self.settings.memory(), as_of: lags.then(|| before(received_at, behind).max(self.since)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn off_shows_nothing() {
        let (clock, control) = Clock::moved_by_hand(at(0));
        let faults = FaultInjection::new(clock);
        assert_eq!((faults.active(), faults.settings()), (None, ConsistencySettings::default()));
        let windows =
            |faults: &FaultInjection| [faults.role_window(), faults.function_window(), faults.deletion_window()];
        assert_eq!(windows(&faults), [None; 3]);
        faults.set(ConsistencySettings::LIKE_AWS);
        assert_eq!(faults.settings(), ConsistencySettings::LIKE_AWS);
        assert!(windows(&faults).iter().all(Option::is_some));
        control.advance(Duration::from_secs(1));
        faults.set(ConsistencySettings::default());
        assert_eq!((faults.active(), windows(&faults)), (None, [None; 3]));
    }

    #[test]
    fn reads_lag_and_writes_do_not() {
        let settings: ConsistencySettings = "stale-reads=2s,role-propagation=5s".parse().unwrap();
        let active = Active { settings, since: at(10) };
        let keep = Duration::from_secs(7);
        assert_eq!(active.view(Access::Reads, at(20)), ReadView { keep, as_of: Some(at(18)) });
        for access in [Access::ReadsPresent, Access::Writes, Access::WritesAlone] {
            assert_eq!(active.view(access, at(20)), ReadView { keep, as_of: None });
        }
    }

    #[test]
    fn what_was_before_the_settings_is_known() {
        let settings: ConsistencySettings = "stale-reads=2s".parse().unwrap();
        let active = Active { settings, since: at(10) };
        let as_of = |second| active.view(Access::Reads, at(second)).as_of;
        assert_eq!((as_of(10), as_of(11), as_of(13)), (Some(at(10)), Some(at(10)), Some(at(11))));
        let window = |second| active.window(Duration::from_secs(5), at(second));
        assert_eq!(window(12), Some(Window { from: at(10), to: at(12) }));
        assert_eq!(window(20), Some(Window { from: at(15), to: at(20) }));
        assert_eq!(active.window(Duration::ZERO, at(20)), None);
    }
}
