//! Functions that are closures: for tests and simulations, on any clock and without processes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Clock, PortFuture};
use jiff::Timestamp;
use serde_json::Value;
use tokio::net::unix::pipe;

use super::runner::{Delivery, InvocationEvent, Launch, Runner, RunnerError, Runtime, RuntimeMessage, RuntimeSignal};
use crate::model::FunctionVersion;

/// What a closure makes of one event of a version.
type Handler = dyn Fn(&FunctionVersion, &InvocationEvent) -> SimulatedRun + Send + Sync;

/// Runs every function with one closure.
#[derive(Clone)]
pub struct SimulatedRunner {
    clock: Clock,
    handler: Arc<Handler>,
    init: SimulatedInit,
}

/// What each runtime does before it asks for its first event.
#[derive(Debug, Clone, Default)]
struct SimulatedInit {
    takes: Duration,
    prints: Vec<String>,
}

/// What one run of a simulated function does.
#[derive(Debug)]
pub struct SimulatedRun {
    takes: Duration,
    prints: Vec<String>,
    ends_with: Option<RuntimeSignal>,
}

impl SimulatedRun {
    /// It answers at once.
    #[must_use]
    pub fn answers(result: &Value) -> Self {
        Self::ends_with(RuntimeSignal::Message(RuntimeMessage::Response(Bytes::from(result.to_string()))))
    }

    /// It fails at once, with an error document.
    #[must_use]
    pub fn fails(document: &Value) -> Self {
        Self::ends_with(RuntimeSignal::Message(RuntimeMessage::Error(Bytes::from(document.to_string()))))
    }

    /// It ends at once with this signal, such as [`RuntimeSignal::Exited`].
    #[must_use]
    pub fn ends_with(signal: RuntimeSignal) -> Self {
        Self { takes: Duration::ZERO, prints: Vec::new(), ends_with: Some(signal) }
    }

    /// It never ends by itself.
    #[must_use]
    pub fn hangs() -> Self {
        Self { takes: Duration::ZERO, prints: Vec::new(), ends_with: None }
    }

    /// It takes so long.
    #[must_use]
    pub fn after(self, takes: Duration) -> Self {
        Self { takes, ..self }
    }

    /// It prints a line first.
    #[must_use]
    pub fn printing(mut self, line: &str) -> Self {
        self.prints.push(format!("{line}\n"));
        self
    }
}

impl SimulatedRunner {
    /// Runs every event of every version with this closure.
    pub fn new(
        clock: Clock,
        handler: impl Fn(&FunctionVersion, &InvocationEvent) -> SimulatedRun + Send + Sync + 'static,
    ) -> Self {
        Self { clock, handler: Arc::new(handler), init: SimulatedInit::default() }
    }

    /// Each runtime prints a line, and then takes so long to initialise.
    #[must_use]
    pub fn initialising_for(mut self, takes: Duration, line: &str) -> Self {
        self.init = SimulatedInit { takes, prints: vec![format!("{line}\n")] };
        self
    }
}

impl Runner for SimulatedRunner {
    fn start<'a>(
        &'a self,
        version: &'a FunctionVersion,
        _launch: &'a Launch,
    ) -> PortFuture<'a, Result<Box<dyn Runtime>, RunnerError>> {
        let mut runtime = SimulatedRuntime {
            clock: self.clock.clone(),
            handler: Arc::clone(&self.handler),
            version: version.clone(),
            signals: self.init.prints.iter().cloned().map(RuntimeSignal::Printed).collect(),
            last_signal: None,
            is_running: true,
        };
        runtime.initialise(self.init.takes);
        Box::pin(async move { Ok(Box::new(runtime) as Box<dyn Runtime>) })
    }

    fn stop(&self) {}

    fn protection(&self) -> PortFuture<'_, String> {
        Box::pin(std::future::ready("functions are closures".to_owned()))
    }
}

struct SimulatedRuntime {
    clock: Clock,
    handler: Arc<Handler>,
    version: FunctionVersion,
    /// What it does at once, in order.
    signals: VecDeque<RuntimeSignal>,
    /// What it does after that, and when.
    last_signal: Option<(Timestamp, RuntimeSignal)>,
    is_running: bool,
}

impl SimulatedRuntime {
    /// It asks for its first event after so long.
    fn initialise(&mut self, takes: Duration) {
        let ready = RuntimeSignal::Message(RuntimeMessage::Ready);
        if takes.is_zero() {
            self.signals.push_back(ready);
        } else {
            self.last_signal = Some((self.due_after(takes), ready));
        }
    }

    fn due_after(&self, takes: Duration) -> Timestamp {
        self.clock.now().checked_add(takes).unwrap_or(Timestamp::MAX)
    }
}

impl Runtime for SimulatedRuntime {
    fn deliver(&mut self, invocation: Delivery) -> PortFuture<'_, ()> {
        let run = (self.handler)(&self.version, &invocation.event);
        let due = self.due_after(run.takes);
        self.signals.extend(run.prints.into_iter().map(RuntimeSignal::Printed));
        self.last_signal = run.ends_with.map(|signal| (due, signal));
        Box::pin(std::future::ready(()))
    }

    fn signal(&mut self) -> PortFuture<'_, RuntimeSignal> {
        Box::pin(async move {
            if let Some(signal) = self.signals.pop_front() {
                return signal;
            }
            if let Some((due, _)) = &self.last_signal {
                self.clock.sleep_until(*due).await;
            }
            match self.last_signal.take() {
                Some((_, signal)) => {
                    self.is_running = !matches!(signal, RuntimeSignal::Exited(_) | RuntimeSignal::OutOfMemory);
                    let asks_already = matches!(signal, RuntimeSignal::Message(RuntimeMessage::Ready));
                    if self.is_running && !asks_already {
                        self.signals.push_back(RuntimeSignal::Message(RuntimeMessage::Ready));
                    }
                    signal
                }
                None => std::future::pending().await,
            }
        })
    }

    fn take_output(&mut self) -> Option<pipe::Receiver> {
        None
    }

    fn is_running(&mut self) -> bool {
        self.is_running
    }

    fn peak_memory_mb(&self) -> Option<u64> {
        None
    }

    fn kill(&mut self) {
        self.is_running = false;
    }
}
