//! A proxy between a command and a cloud: writes down which AWS calls pass, can make every answer late, and can do harm to
//! one call: refuse it, cut it off, leave it without an answer, or hold it. For tests and benchmarks; it knows AWS's wire
//! formats and nothing of the workspace.
#![allow(clippy::disallowed_methods, reason = "it tells how long a call takes, and makes it take longer")]

mod calls;
mod fault;
mod naming;
mod wire;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use calls::{Call, CallId, Calls};
use fault::Service;
pub use fault::{Fault, Injection};
pub use naming::Names;
use wire::Request;

/// A proxy on a port of its own, in front of a cloud on this machine. It ends with this value.
pub struct Proxy {
    /// Where it listens on 127.0.0.1.
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    target: u16,
    delay: Duration,
    injection: Option<Injection>,
    /// How many calls of each name are throttled before one passes.
    throttled_first: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    seen: BTreeMap<(String, String), usize>,
    names: Names,
    /// Requests that the cloud may be working on.
    under_way: usize,
    /// The call that harm is done to has come.
    struck: bool,
    /// What is held may go on.
    released: bool,
    /// Nothing gets through any more.
    closed: bool,
}

impl Proxy {
    /// Passes everything on to a port; each answer comes `delay` late.
    pub fn start(target: u16, delay: Duration) -> std::io::Result<Self> {
        Self::open(target, delay, Names::new(), None, 0)
    }

    /// Passes everything on to a port, but for the first `times` calls of each name, which the service throttles.
    pub fn throttling(target: u16, times: usize) -> std::io::Result<Self> {
        Self::open(target, Duration::ZERO, Names::new(), None, times)
    }

    /// Passes everything on to a port, but for the harm to one call. Ids in `names` are called as given there.
    pub fn injecting(target: u16, names: Names, injection: Option<Injection>) -> std::io::Result<Self> {
        Self::open(target, Duration::ZERO, names, injection, 0)
    }

    fn open(
        target: u16,
        delay: Duration,
        names: Names,
        injection: Option<Injection>,
        throttled_first: usize,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let state = Mutex::new(State { names, ..State::default() });
        let shared = Arc::new(Shared { target, delay, injection, throttled_first, state, changed: Condvar::new() });
        let here = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if here.state().closed {
                    break;
                }
                let shared = Arc::clone(&here);
                std::thread::spawn(move || shared.pass(client, port));
            }
        });
        Ok(Self { port, shared })
    }

    /// The calls since the last time this was asked.
    pub fn take(&self) -> Calls {
        Calls(std::mem::take(&mut self.shared.state().calls))
    }

    /// Forgets which calls came: the next of each name is its first again.
    pub fn begin_again(&self) {
        let mut state = self.shared.state();
        state.calls.clear();
        state.seen.clear();
    }

    /// Whether the call that harm is done to has come.
    pub fn struck(&self) -> bool {
        self.shared.state().struck
    }

    /// Lets the call that is held go on.
    pub fn release(&self) {
        self.shared.state().released = true;
        self.shared.changed.notify_all();
    }

    /// Lets nothing through any more, and waits until the cloud has done what it was asked.
    pub fn close(&self) {
        self.shared.close(self.port);
        let mut state = self.shared.state();
        while state.under_way > 0 {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.close(self.port);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses every later connection: the listener goes, once it is woken up to see that it shall.
    fn close(&self, port: u16) {
        self.state().closed = true;
        self.changed.notify_all();
        // Nobody listens any more when it was closed before.
        let _ = TcpStream::connect(("127.0.0.1", port));
    }

    fn pass(&self, mut client: TcpStream, port: u16) -> Option<()> {
        let begun = Instant::now();
        let request = Request::read(&mut client)?;
        let id = self.name(&request);
        let place = self.begin(&id, &request, begun);
        let struck =
            self.injection.as_ref().filter(|injection| injection.strikes(&id)).map(|injection| injection.fault);
        let fault = struck.or((id.occurrence <= self.throttled_first).then_some(Fault::Throttled));
        if fault.is_some() {
            self.state().struck = true;
            self.changed.notify_all();
        }
        match fault {
            Some(Fault::Refused) => self.close(port),
            Some(Fault::ResetBefore) => {}
            Some(Fault::ResetAfter) => drop(self.forward(&request, place)),
            Some(Fault::Silence) => {
                self.forward(&request, place);
                request.taken(&mut client);
                wire::wait_for_end(&mut client);
            }
            Some(fault @ (Fault::Throttled | Fault::Broken)) => {
                request.taken(&mut client);
                self.answer(client, &fault.answer(Service::of(&request)))?;
            }
            Some(Fault::HoldBefore) => {
                if self.held() {
                    self.carry(client, &request, place)?;
                }
            }
            Some(Fault::HoldAfter) => {
                let answer = self.forward(&request, place)?;
                if self.held() {
                    request.taken(&mut client);
                    self.answer(client, &answer)?;
                }
            }
            None => self.carry(client, &request, place)?,
        }
        Some(())
    }

    /// The usual way of a call. A connection that is dropped with a byte unread is reset.
    fn carry(&self, mut client: TcpStream, request: &Request, place: usize) -> Option<()> {
        let answer = self.forward(request, place)?;
        request.taken(&mut client);
        self.answer(client, &answer)
    }

    fn answer(&self, mut client: TcpStream, answer: &[u8]) -> Option<()> {
        client.write_all(answer).ok()?;
        client.shutdown(Shutdown::Write).ok()
    }

    fn name(&self, request: &Request) -> CallId {
        let mut state = self.state();
        let (operation, subject) = naming::name(request, &state.names);
        let seen = state.seen.entry((operation.clone(), subject.clone())).or_default();
        *seen += 1;
        CallId { occurrence: *seen, operation, subject }
    }

    fn begin(&self, id: &CallId, request: &Request, begun: Instant) -> usize {
        let mut state = self.state();
        let request = naming::request(request);
        state.calls.push(Call { id: id.clone(), request, begun, ended: None, status: None });
        state.calls.len() - 1
    }

    /// Has the cloud do it; nothing when nothing may pass any more, or the cloud is gone.
    fn forward(&self, request: &Request, place: usize) -> Option<Vec<u8>> {
        {
            let mut state = self.state();
            if state.closed {
                return None;
            }
            state.under_way += 1;
        }
        let answer = wire::exchange(self.target, request);
        if answer.is_some() {
            wire::late(self.delay);
        }
        let mut state = self.state();
        state.under_way -= 1;
        if let Some(answer) = &answer {
            naming::learn(&mut state.names, &String::from_utf8_lossy(answer));
            if let Some(call) = state.calls.get_mut(place) {
                (call.ended, call.status) = (Some(Instant::now()), wire::status(answer));
            }
        }
        self.changed.notify_all();
        answer
    }

    /// Waits until the call may go on; false when it never may.
    fn held(&self) -> bool {
        let mut state = self.state();
        while !state.released && !state.closed {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.closed
    }
}
