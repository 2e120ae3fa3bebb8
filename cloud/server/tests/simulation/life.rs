//! A run: a cloud that lives, crashes and lives again, until all that its clients have begun is over.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_core::testing::come_to_rest;
use cloud_core::{Clock, ClockControl};
use cloud_store::SimulatedDisk;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::client::{self, Client, Shared};
use crate::draw::Draw;
use crate::outside::Outside;
use crate::workflow::{Callees, Workflow};
use crate::world::{Commits, World};

const START: &str = "2026-01-01T00:00:00Z";
/// How long after its last client is done a run goes on: express executions and asynchronous invocations take less.
const LAST: SignedDuration = SignedDuration::from_mins(10);
/// No run takes so long.
const HORIZON: SignedDuration = SignedDuration::from_hours(200);
/// The most workflows' lines and events that clients send beside their executions.
const EXTRAS: u64 = 6;

/// How a life ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Crash {
    /// After so many operations of the disk.
    Operations(u64),
    /// In the middle of what follows from so many moves of the clock: each task has gone on so often.
    Moves { moves: u64, turns: u64 },
}

/// A line, or an event of a function, that a client sends.
#[derive(Debug, Clone)]
pub(crate) struct Extra {
    pub(crate) text: String,
    pub(crate) is_line: bool,
    due: Timestamp,
    pub(crate) is_accepted: bool,
    /// How often it was sent, answered or not.
    pub(crate) sent: u64,
    is_busy: bool,
}

/// A run with all that it came to.
pub(crate) struct Run {
    pub(crate) clients: Vec<Shared>,
    pub(crate) extras: Arc<Mutex<Vec<Extra>>>,
    pub(crate) outside: Outside,
    pub(crate) callees: Option<Callees>,
    /// When the cloud was opened, each time.
    pub(crate) opened: Vec<Timestamp>,
    pub(crate) disk: SimulatedDisk,
    commits: Commits,
    clock: Clock,
    pub(crate) control: ClockControl,
    functions: tempfile::TempDir,
    begun: Timestamp,
    /// The operation of the disk after which this life ends.
    stops_after: Option<u64>,
}

impl Run {
    pub(crate) fn new(commits: Commits) -> Self {
        let begun: Timestamp = START.parse().unwrap();
        let (clock, control) = Clock::moved_by_hand(begun);
        Self {
            clients: Vec::new(),
            extras: Arc::default(),
            outside: Outside::default(),
            callees: None,
            opened: Vec::new(),
            disk: SimulatedDisk::new(),
            commits,
            clock,
            control,
            functions: tempfile::tempdir().unwrap(),
            begun,
            stops_after: None,
        }
    }

    /// Lives until everything is over: gives whether it came to that, or crashed before.
    pub(crate) fn live(&mut self, seed: u64, workflows: &Workflows, crash: Option<Crash>) -> Result<bool, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        self.outside.begin_life(self.control.now());
        self.opened.push(self.control.now());
        for client in &self.clients {
            client.lock().unwrap().begin_life();
        }
        self.extras.lock().unwrap().iter_mut().for_each(|extra| extra.is_busy = false);
        let is_over = runtime.block_on(self.life(seed, workflows, crash));
        // What still runs ends with the runtime, wherever it is; its last words reach no disk.
        if !matches!(is_over, Ok(true)) {
            self.disk.stop_after(Some(self.disk.operations()));
        }
        drop(runtime);
        is_over
    }

    /// The power comes back: what was not synced is there, lost or torn.
    pub(crate) fn restart(&mut self, seed: u64, after: Duration) {
        self.disk = self.disk.crash(seed);
        self.control.advance(after);
    }

    pub(crate) fn open(&self, seed: u64) -> Result<World, cloud_store::StoreError> {
        let functions: &Path = self.functions.path();
        World::open(&self.disk, self.commits, functions, &self.clock, &self.outside, seed)
    }

    async fn life(&mut self, seed: u64, workflows: &Workflows, crash: Option<Crash>) -> Result<bool, String> {
        let is_first = self.callees.is_none();
        self.stops_after = None;
        if !is_first {
            self.stop_after(crash);
        }
        let world = match self.open(seed) {
            Ok(world) => world,
            Err(_) if self.has_stopped() => return Ok(false),
            Err(error) => return Err(format!("the cloud does not open: {error}")),
        };
        if is_first {
            self.set_up(&world, workflows).await;
            self.stop_after(crash);
        }
        let activity = self.callees.as_ref().unwrap().activity.clone();
        for _ in 0..2 {
            client::work(&world, &self.outside, &activity, &self.clock);
        }
        let mut moves = 0;
        let mut over_since = None;
        loop {
            let now = self.control.now();
            self.ask_what_is_due(&world, now);
            if let Some(Crash::Moves { moves: last, turns }) = crash
                && moves == last
            {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
                return Ok(false);
            }
            moves += 1;
            come_to_rest().await;
            if let Some(broken) = &self.outside.lock().broken {
                return Err(broken.clone());
            }
            if self.has_stopped() {
                return Ok(false);
            }
            if self.is_done() && now.duration_since(*over_since.get_or_insert(now)) > LAST {
                // The crash that did not come would come when the disk is read.
                self.disk.stop_after(None);
                world.stop().await.map_err(|error| format!("the cloud does not stop: {error}"))?;
                return Ok(true);
            }
            if now.duration_since(self.begun) > HORIZON {
                return Err(format!("it does not come to an end: {:#?}", self.unfinished()));
            }
            let next = self.next_due().into_iter().chain(self.control.next_timer()).min();
            let next = next.ok_or_else(|| format!("nothing goes on: {:#?}", self.unfinished()))?;
            self.control.advance_to(next.max(now + SignedDuration::from_millis(1)));
        }
    }

    fn stop_after(&mut self, crash: Option<Crash>) {
        if let Some(Crash::Operations(most)) = crash {
            self.stops_after = Some(self.disk.operations() + most);
            self.disk.stop_after(self.stops_after);
        }
    }

    fn has_stopped(&self) -> bool {
        self.stops_after.is_some_and(|most| self.disk.operations() >= most)
    }

    async fn set_up(&mut self, world: &World, workflows: &Workflows) {
        let callees = world.set_up().await;
        let draw = Draw::new(workflows.seed);
        for number in 0..workflows.count {
            let draw = draw.fork();
            let patience_s = i64::try_from(draw.between(3, 120)).unwrap();
            let mut workflow = Workflow::new(format!("w{number}"), &draw, &callees);
            if workflow.is_express {
                workflow.name = format!("x{number}");
                workflow.input["path"] = json!(workflow.name);
            }
            if workflows.only.is_some_and(|only| only != number) {
                continue;
            }
            let name = format!("m{number}");
            let machine = world.create_machine(&name, &workflow.definition, workflow.is_express, &callees.role).await;
            let client = Client::new(workflow, machine, self.begun, patience_s);
            self.clients.push(Arc::new(Mutex::new(client)));
        }
        let mut extras = self.extras.lock().unwrap();
        for number in 0..EXTRAS * 2 {
            let due = self.begun + SignedDuration::from_millis(i64::try_from(draw.below(120_000)).unwrap());
            let is_line = number % 2 == 0;
            let text = format!("extra-{number}");
            extras.push(Extra { text, is_line, due, is_accepted: false, sent: 0, is_busy: false });
        }
        drop(extras);
        self.callees = Some(callees);
    }

    fn is_done(&self) -> bool {
        let extras = self.extras.lock().unwrap();
        self.clients.iter().all(|client| client.lock().unwrap().is_done())
            && extras.iter().all(|extra| extra.is_accepted)
    }

    fn unfinished(&self) -> Vec<String> {
        let clients = self.clients.iter().map(|client| client.lock().unwrap().clone());
        let open = clients.filter(|client| !client.is_done());
        open.map(|client| {
            let last: Vec<_> = client.seen.iter().rev().take(4).map(Value::to_string).collect();
            format!("{} {:?} {last:#?}", client.workflow.name, client.execution)
        })
        .collect()
    }

    fn next_due(&self) -> Option<Timestamp> {
        let clients = self.clients.iter().filter_map(|client| client.lock().unwrap().due());
        let happened = self.outside.lock();
        let tokens = happened.tokens.values().filter(|token| !token.is_over).map(crate::outside::Token::next);
        let extras = self.extras.lock().unwrap();
        let extras = extras.iter().filter(|extra| !extra.is_accepted && !extra.is_busy).map(|extra| extra.due);
        clients.chain(tokens.filter(|due| *due < Timestamp::MAX)).chain(extras).min()
    }

    fn ask_what_is_due(&self, world: &World, now: Timestamp) {
        for client in &self.clients {
            if client.lock().unwrap().due().is_some_and(|due| due <= now) {
                client::ask(world, &self.outside, client, self.begun, now);
            }
        }
        client::answer_tokens(world, &self.outside, now);
        let count = self.extras.lock().unwrap().len();
        for place in 0..count {
            let mut extras = self.extras.lock().unwrap();
            let extra = &mut extras[place];
            if extra.is_accepted || extra.is_busy || extra.due > now {
                continue;
            }
            (extra.is_busy, extra.sent) = (true, extra.sent + 1);
            let extra = extra.clone();
            drop(extras);
            let world = world.clone();
            let extras = Arc::clone(&self.extras);
            tokio::spawn(async move {
                let is_accepted = send(&world, &extra, now).await;
                let mut extras = extras.lock().unwrap();
                let extra = &mut extras[place];
                (extra.is_busy, extra.is_accepted) = (false, is_accepted);
                extra.due = now + SignedDuration::from_secs(1);
            });
        }
    }
}

async fn send(world: &World, extra: &Extra, now: Timestamp) -> bool {
    if extra.is_line {
        let line = json!({"timestamp": now.as_millisecond(), "message": extra.text});
        let input = json!({"logGroupName": "clients", "logStreamName": "one", "logEvents": [line]});
        return world.logs("PutLogEvents", &input).await.0 == 200;
    }
    // An event that was accepted without an answer is sent again as another one: both are run.
    let question = json!({"state": "Event", "attempt": 0, "data": {"path": extra.text, "n": 0, "i": extra.sent}, "plan": {"takes_ms": 500}});
    world.invoke_later(&question).await == 202
}

/// The workflows of a run: so many, from a seed; all of them, or one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Workflows {
    pub(crate) seed: u64,
    pub(crate) count: u64,
    pub(crate) only: Option<u64>,
}
