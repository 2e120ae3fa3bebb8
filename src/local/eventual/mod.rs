//! AWS's eventual consistency, shown when asked to: slow roles, pending functions, conflicts, stale reads, throttling.
//!
//! All of it is off at first, and a request then costs one look at a flag.

mod call;
mod conflict;
mod gate;
mod service;
mod settings;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use self::conflict::Writes;
use self::gate::Gates;
use super::Cloud;
use super::error::ServiceError;
use super::http::{Request, Response};
use super::past::{View, before};
use aws::clock;

pub(crate) use call::Call;
pub(crate) use settings::{Setting, Settings};

/// The settings, and what they have to know of the calls before.
#[derive(Debug, Default)]
pub(crate) struct Eventual {
    is_on: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    shown: Shown,
    gates: Gates,
    writes: Writes,
}

/// What is shown, and since when: all changes before are known to everybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    settings: Settings,
    since: Timestamp,
}

/// The stretch of time in which a change is still on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Eventual {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is shown from now on, of changes from now on.
    pub(crate) fn set(&self, settings: Settings, now: Timestamp) {
        *self.state() = State { shown: Shown { settings, since: now }, ..State::default() };
        self.is_on.store(settings != Settings::default(), Ordering::Release);
    }

    /// What is shown, if anything is.
    pub(crate) fn shown(&self) -> Option<Shown> {
        self.is_on.load(Ordering::Acquire).then(|| self.state().shown)
    }

    /// The settings that are on.
    pub(crate) fn settings(&self) -> Settings {
        self.shown().map(|shown| shown.settings).unwrap_or_default()
    }

    /// In which time a role, or its trust policy, must not have changed for a service to assume it.
    pub(crate) fn role_window(&self) -> Option<Window> {
        self.shown().and_then(|shown| shown.window(shown.settings.role_propagation, clock::now()))
    }

    /// In which time a function must not have changed to be ready, as the caller sees it.
    pub(crate) fn function_window(&self) -> Option<Window> {
        let moment = || View::as_of().unwrap_or_else(clock::now);
        self.shown().and_then(|shown| shown.window(shown.settings.function_pending, moment()))
    }

    /// In which time a state machine must not have been deleted to be gone.
    pub(crate) fn deletion_window(&self) -> Option<Window> {
        self.shown().and_then(|shown| shown.window(shown.settings.machine_deletion, clock::now()))
    }

    /// Does work of the cloud's own, whose changes readers see late too.
    pub(crate) async fn remembering<F: Future>(&self, work: F) -> F::Output {
        View { keep: self.settings().memory(), as_of: None }.during(work).await
    }
}

impl Shown {
    fn window(&self, delay: Duration, to: Timestamp) -> Option<Window> {
        (!delay.is_zero()).then(|| Window { from: before(to, delay).max(self.since), to })
    }

    /// How a call that arrived at a moment sees the cloud.
    fn view(&self, call: &Call, received_at: Timestamp) -> View {
        let behind = self.settings.stale_reads;
        let lags = call.is_read && !behind.is_zero();
        View { keep: self.settings.memory(), as_of: lags.then(|| before(received_at, behind).max(self.since)) }
    }
}

/// Answers a call as AWS might: late, not yet, not now or not at all.
pub(crate) async fn answer(
    cloud: &Arc<Cloud>,
    shown: Shown,
    call: Call,
    request: &Request,
    work: impl Future<Output = Result<Response, ServiceError>>,
) -> Result<Response, ServiceError> {
    let (now, settings) = (clock::now(), shown.settings);
    cloud.eventual.state().gates.admit(call.service, &settings, now)?;
    if let Some(reference) = &call.updates {
        cloud.functions.refuse_update(cloud, reference)?;
    }
    let view = shown.view(&call, request.received_at);
    let work = async {
        let answer = work.await;
        if call.shows_functions {
            answer.map(|response| cloud.functions.show_progress(cloud, response))
        } else {
            answer
        }
    };
    let Some(thing) = call.writes.filter(|_| !settings.update_conflicts.is_zero()) else {
        return view.during(work).await;
    };
    let begun = cloud.eventual.state().writes.begin(&thing, settings.update_conflicts, now);
    let until = begun.ok_or_else(|| call.service.conflict())?;
    let answer = view.during(work).await;
    match &answer {
        Ok(_) => clock::sleep_until(until).await,
        Err(_) => cloud.eventual.state().writes.end(&thing, until),
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn off_shows_nothing() {
        let eventual = Eventual::default();
        assert_eq!((eventual.shown(), eventual.settings()), (None, Settings::default()));
        let windows =
            |eventual: &Eventual| [eventual.role_window(), eventual.function_window(), eventual.deletion_window()];
        assert_eq!(windows(&eventual), [None; 3]);
        eventual.set(Settings::LIKE_AWS, at(0));
        assert_eq!(eventual.settings(), Settings::LIKE_AWS);
        assert!(windows(&eventual).iter().all(Option::is_some));
        eventual.set(Settings::default(), at(1));
        assert_eq!((eventual.shown(), windows(&eventual)), (None, [None; 3]));
    }

    #[test]
    fn reads_lag_and_writes_do_not() {
        let settings: Settings = "stale-reads=2s,role-propagation=5s".parse().unwrap();
        let shown = Shown { settings, since: at(10) };
        let keep = Duration::from_secs(7);
        let view = |operation: &str, second| shown.view(&Call::step_functions(operation), at(second));
        assert_eq!(view("ListStateMachines", 20), View { keep, as_of: Some(at(18)) });
        assert_eq!(view("CreateStateMachine", 20), View { keep, as_of: None });
    }

    #[test]
    fn what_was_before_the_settings_is_known() {
        let settings: Settings = "stale-reads=2s".parse().unwrap();
        let shown = Shown { settings, since: at(10) };
        let as_of = |second| shown.view(&Call::step_functions("ListStateMachines"), at(second)).as_of;
        assert_eq!((as_of(10), as_of(11), as_of(13)), (Some(at(10)), Some(at(10)), Some(at(11))));
        let window = |second| shown.window(Duration::from_secs(5), at(second));
        assert_eq!(window(12), Some(Window { from: at(10), to: at(12) }));
        assert_eq!(window(20), Some(Window { from: at(15), to: at(20) }));
        assert_eq!(shown.window(Duration::ZERO, at(20)), None);
    }
}
