//! A proxy between a command and a cloud: writes down which AWS calls pass, can make every answer late, and can do harm to
//! one call: refuse it, cut it off, leave it without an answer, or hold it. It can write down whole requests, and let through
//! only what a caller's policy allows. For tests and benchmarks; it knows AWS's wire formats, and of the workspace nothing but
//! what a policy decides.
#![allow(clippy::disallowed_methods, reason = "it tells how long a call takes, and makes it take longer")]

mod caller;
mod calls;
mod endpoint;
mod fault;
mod naming;
mod needs;
mod recorded;
mod tags;
mod wire;

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use caller::Caller;
pub use calls::{Call, CallId, Calls};
pub use endpoint::Early;
use fault::Service;
use fault::access_denied;
pub use fault::{Fault, Injection};
pub use naming::Names;
pub use needs::Need;
pub use recorded::Recorded;
use wire::Request;

/// What an organisation forbids: from a call's operation and body to the sentence that denies it.
pub type Rule = fn(&str, &str) -> Option<String>;

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
    /// What an organisation forbids.
    rule: Option<Rule>,
    /// Who calls, when not everything is allowed.
    caller: Option<Caller>,
    /// Whether whole requests are kept.
    records: bool,
    /// Endpoints of HTTP APIs are called through it as well.
    with_endpoints: bool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    calls: Vec<Call>,
    recorded: Vec<Recorded>,
    /// Actions that the caller was refused, in the order in which it asked for them.
    refused: Vec<Need>,
    seen: BTreeMap<(String, String), usize>,
    names: Names,
    /// What the next calls of an endpoint get.
    early: VecDeque<Early>,
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
        Self::open(Shared { delay, ..Shared::new(target) })
    }

    /// Passes everything on to a port, but for the first `times` calls of each name, which the service throttles.
    pub fn throttling(target: u16, times: usize) -> std::io::Result<Self> {
        Self::open(Shared { throttled_first: times, ..Shared::new(target) })
    }

    /// Passes everything on to a port, but for what an organisation forbids.
    pub fn ruled(target: u16, rule: Rule) -> std::io::Result<Self> {
        Self::open(Shared { rule: Some(rule), ..Shared::new(target) })
    }

    /// Passes everything on to a port, and keeps every request whole.
    pub fn recording(target: u16) -> std::io::Result<Self> {
        Self::open(Shared { records: true, ..Shared::new(target) })
    }

    /// Passes on to a port what a caller may do, refuses the rest as AWS does, and keeps every request whole.
    pub fn enforcing(target: u16, caller: Caller) -> std::io::Result<Self> {
        Self::open(Shared { records: true, caller: Some(caller), ..Shared::new(target) })
    }

    /// Passes everything on to a port, and is the address of every endpoint; their first calls get these answers.
    pub fn with_endpoints(target: u16, early: impl IntoIterator<Item = Early>) -> std::io::Result<Self> {
        let state = Mutex::new(State { early: early.into_iter().collect(), ..State::default() });
        Self::open(Shared { with_endpoints: true, state, ..Shared::new(target) })
    }

    /// What the next calls of an endpoint get, from now on.
    pub fn answer_early(&self, early: impl IntoIterator<Item = Early>) {
        self.shared.state().early = early.into_iter().collect();
    }

    /// Passes everything on to a port, but for the harm to one call. Ids in `names` are called as given there.
    pub fn injecting(target: u16, names: Names, injection: Option<Injection>) -> std::io::Result<Self> {
        let state = Mutex::new(State { names, ..State::default() });
        Self::open(Shared { injection, state, ..Shared::new(target) })
    }

    fn open(shared: Shared) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(shared);
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

    /// The whole requests since the last time this was asked.
    pub fn take_recorded(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.shared.state().recorded)
    }

    /// What the caller was refused since the last time this was asked.
    pub fn take_refused(&self) -> Vec<Need> {
        std::mem::take(&mut self.shared.state().refused)
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

/// A request, what it is called, and its place among the calls.
struct Named {
    request: Request,
    id: CallId,
    place: usize,
}

impl Shared {
    /// Passes everything on to a port.
    fn new(target: u16) -> Self {
        let state = Mutex::new(State::default());
        Self {
            target,
            delay: Duration::ZERO,
            injection: None,
            throttled_first: 0,
            rule: None,
            with_endpoints: false,
            caller: None,
            records: false,
            state,
            changed: Condvar::new(),
        }
    }

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
        if let Some(answer) = self.refusal(&request, &id, place) {
            request.taken(&mut client);
            return self.answer(client, &answer);
        }
        if self.with_endpoints {
            return self.pass_with_endpoints(client, port, &request, place);
        }
        let struck =
            self.injection.as_ref().filter(|injection| injection.strikes(&id)).map(|injection| injection.fault);
        let fault = struck.or((id.occurrence <= self.throttled_first).then_some(Fault::Throttled));
        if fault.is_some() {
            self.state().struck = true;
            self.changed.notify_all();
        }
        self.pass_with(fault, client, port, &Named { request, id, place })
    }

    /// What a call gets that an organisation forbids or the caller may not make.
    fn refusal(&self, request: &Request, id: &CallId, place: usize) -> Option<Vec<u8>> {
        let body = String::from_utf8_lossy(&request.body);
        if let Some(denied) = self.rule.and_then(|rule| rule(&id.operation, &body)) {
            return Some(access_denied(Service::of(request), &denied));
        }
        let refusal = self.caller.as_ref()?.refusal(request)?;
        self.state().refused.push(refusal.need.clone());
        if refusal.is_whole {
            return Some(refusal.answer(Service::of(request)));
        }
        Some(refusal.partial(&self.forward(request, place)?))
    }

    /// A call with the harm that is done to it, if any.
    fn pass_with(&self, fault: Option<Fault>, mut client: TcpStream, port: u16, named: &Named) -> Option<()> {
        let Named { request, id, place } = named;
        let place = *place;
        match fault {
            Some(Fault::Refused) => self.close(port),
            Some(Fault::ResetBefore) => {}
            Some(Fault::ResetAfter) => drop(self.forward(request, place)),
            Some(Fault::Silence) => {
                self.forward(request, place);
                request.taken(&mut client);
                wire::wait_for_end(&mut client);
            }
            Some(fault @ (Fault::Throttled | Fault::Broken)) => {
                request.taken(&mut client);
                self.answer(client, &fault.answer(Service::of(request)))?;
            }
            Some(Fault::Denied) => {
                request.taken(&mut client);
                self.answer(client, &Fault::denial(Service::of(request), &id.operation))?;
            }
            Some(Fault::TagsUnreadable) if id.operation != "GetFunction" => {
                request.taken(&mut client);
                self.answer(client, &Fault::denial(Service::of(request), &id.operation))?;
            }
            Some(Fault::TagsUnreadable) => {
                let answer = self.forward(request, place)?;
                request.taken(&mut client);
                let reason = fault::denied(Service::Lambda, "ListTags");
                self.answer(client, &tags::unreadable(&answer, &reason))?;
            }
            Some(Fault::TagsMissing) => {
                let answer = self.forward(request, place)?;
                request.taken(&mut client);
                self.answer(client, &tags::missing(&answer))?;
            }
            Some(Fault::HoldBefore) => {
                if self.held() {
                    self.carry(client, request, place)?;
                }
            }
            Some(Fault::HoldAfter) => {
                let answer = self.forward(request, place)?;
                if self.held() {
                    request.taken(&mut client);
                    self.answer(client, &answer)?;
                }
            }
            None => self.carry(client, request, place)?,
        }
        Some(())
    }

    /// A call where endpoints are called through the proxy too.
    fn pass_with_endpoints(&self, mut client: TcpStream, port: u16, request: &Request, place: usize) -> Option<()> {
        let early = if endpoint::is_called(request) { self.state().early.pop_front() } else { None };
        let answer = match early {
            Some(early) if !early.is_done() => early.answer(),
            Some(early) => self.forward(request, place).map(|_| early.answer())?,
            None => endpoint::moved(&self.forward(request, place)?, self.target, port),
        };
        request.taken(&mut client);
        self.answer(client, &answer)
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
        if self.records {
            state.recorded.push(Recorded::of(id, request));
        }
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
