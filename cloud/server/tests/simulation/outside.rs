//! What is outside of the cloud and outlives its crashes: the function, the workers, and what clients were told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use cloud_core::Clock;
use cloud_lambda::{SimulatedRun, SimulatedRunner};
use jiff::Timestamp;
use serde_json::{Value, json};

/// What has happened outside; clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outside(Arc<Mutex<Happened>>);

/// What has happened outside.
#[derive(Debug, Default)]
pub(crate) struct Happened {
    /// How many times the cloud was opened.
    pub(crate) life: u64,
    /// The lives in which the function ran for a question, each as often as it did.
    pub(crate) invoked: BTreeMap<String, Vec<u64>>,
    /// Tokens that are to be answered, by token.
    pub(crate) tokens: BTreeMap<String, Token>,
    /// The first thing that must not be.
    pub(crate) broken: Option<String>,
}

/// A task that somebody outside works on.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// When it is to be answered.
    pub(crate) due: Timestamp,
    /// When it is to be heard from before, if it is.
    pub(crate) beat: Option<Timestamp>,
    /// The output, or none for a failure.
    pub(crate) output: Option<Value>,
    /// Whether one was accepted.
    pub(crate) is_accepted: bool,
    /// Whether the cloud has refused it: its task is over, one way or the other.
    pub(crate) is_over: bool,
}

impl Token {
    fn new(due: Timestamp, output: Option<Value>) -> Self {
        Self { due, beat: None, output, is_accepted: false, is_over: false }
    }

    /// When something is to be told of it.
    pub(crate) fn next(&self) -> Timestamp {
        self.beat.unwrap_or(self.due)
    }
}

impl Outside {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Happened> {
        self.0.lock().unwrap()
    }

    /// The cloud is opened once more. Answers that were under way are sent again, as nobody knows what became of them.
    pub(crate) fn begin_life(&self, now: Timestamp) {
        let mut happened = self.lock();
        happened.life += 1;
        for token in happened.tokens.values_mut().filter(|token| token.due == Timestamp::MAX) {
            token.due = now;
        }
    }

    /// The runner of a life: every function is the one of the simulation.
    pub(crate) fn runner(&self, clock: &Clock) -> SimulatedRunner {
        let outside = self.clone();
        let time = clock.clone();
        SimulatedRunner::new(clock.clone(), move |_, event| {
            let question: Value = serde_json::from_slice(&event.payload).unwrap();
            outside.lock().invoke(&question, time.now())
        })
    }

    /// A worker has got a task of the activity.
    pub(crate) fn take_activity(&self, token: &str, question: &Value, now: Timestamp) {
        let takes_ms = question["plan"]["takes_ms"].as_i64().unwrap();
        let due = now + jiff::SignedDuration::from_millis(takes_ms);
        let mut answer = Token::new(due, Some(answered(question)));
        if question["plan"]["beats"] == true {
            answer.beat = Some(now + jiff::SignedDuration::from_millis(takes_ms / 2));
        }
        self.lock().tokens.insert(token.to_owned(), answer);
    }
}

impl Happened {
    /// Keeps what must not be, if it is the first.
    pub(crate) fn broke(&mut self, what: impl FnOnce() -> String) {
        self.broken.get_or_insert_with(what);
    }

    fn invoke(&mut self, question: &Value, now: Timestamp) -> SimulatedRun {
        let key = key(question);
        let life = self.life;
        let lives = self.invoked.entry(key.clone()).or_default();
        lives.push(life);
        let in_this_life = lives.iter().filter(|ran| **ran == life).count();
        let plan = &question["plan"];
        let is_express = question["data"]["path"].as_str().is_some_and(|path| path.starts_with('x'));
        if in_this_life > 1 && !is_express {
            self.broke(|| format!("the function ran {in_this_life} times in one life for {key}"));
        }
        let takes = Duration::from_millis(plan["takes_ms"].as_u64().unwrap_or_default());
        if let Some(token) = question["token"].as_str() {
            let due = now + jiff::SignedDuration::try_from(takes).unwrap();
            match plan["token"].as_str() {
                Some("never") => {}
                kind => {
                    let output = (kind == Some("succeeds")).then(|| answered(question));
                    self.tokens.entry(token.to_owned()).or_insert_with(|| Token::new(due, output));
                }
            }
            return SimulatedRun::answers(&Value::Null);
        }
        if plan["hangs"] == true {
            return SimulatedRun::hangs();
        }
        let attempt = question["attempt"].as_u64().unwrap_or_default();
        if attempt < plan["fails"].as_u64().unwrap_or_default() {
            return SimulatedRun::fails(&json!({"errorType": "Oops", "errorMessage": key})).after(takes);
        }
        SimulatedRun::answers(&answered(question)).after(takes).printing(&key)
    }
}

/// What the function or a worker is asked, as a text of its own: the same again only when a task is begun again.
fn key(question: &Value) -> String {
    let data = &question["data"];
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let parts = [&data["path"], &question["state"], &data["n"], &data["i"], &question["attempt"]];
    parts.map(text).join("|")
}

/// The answer to a question: what flows, with another `n`.
fn answered(question: &Value) -> Value {
    let mut data = question["data"].clone();
    let n = data["n"].as_u64().unwrap_or_default();
    data["n"] = json!((n * 31 + 7) % 1_000);
    data
}
