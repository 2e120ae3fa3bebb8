//! The embedded cloud's own writes: executions that move from state to state, each leaving its history.

use crate::engine::{Row, Table};

const EXECUTION_BYTES: usize = 600;
const EVENT_BYTES: usize = 300;

/// A small generator with a fixed seed, so that every store gets the same rows.
pub struct Workload {
    random: u64,
    order: Order,
    events: Vec<u32>,
}

/// What an execution's key says, which decides where its rows lie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The execution's own name: rows that are written together lie far apart.
    Name,
    /// A number given at the start: what runs at one time lies together.
    Start,
}

/// How many executions run at one time when keys follow their start, and how many transitions each of them takes.
const RUNNING: usize = 1_000;
const TRANSITIONS: usize = 10;

impl Workload {
    /// A workload over as many executions as given, none of which has any history yet.
    pub fn new(executions: usize, order: Order) -> Self {
        Self { random: 0x9E37_79B9_7F4A_7C15, order, events: vec![0; executions] }
    }

    /// Draws the next number (xorshift).
    fn draw(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }

    /// One transition of one execution: its value overwritten and two to four events appended.
    pub fn transition(&mut self, execution: usize, rows: &mut Vec<Row>) {
        let key = self.key(execution);
        let value = self.json("execution", EXECUTION_BYTES);
        let events = 2 + self.draw() % 3;
        for _ in 0..events {
            self.events[execution] += 1;
            let key = format!("{key}/{:010}", self.events[execution]);
            let value = self.json("event", EVENT_BYTES);
            rows.push(Row { table: Table::History, key, value });
        }
        rows.push(Row { table: Table::Executions, key, value });
    }

    /// The transition after `done` others: of any execution, or of one of those that run at that time.
    pub fn next_transition(&mut self, done: usize, rows: &mut Vec<Row>) {
        let drawn = self.draw() as usize;
        let execution = match self.order {
            Order::Name => drawn % self.events.len(),
            Order::Start => (done / TRANSITIONS + drawn % RUNNING) % self.events.len(),
        };
        self.transition(execution, rows);
    }

    /// A key as long as the real ones.
    fn key(&self, execution: usize) -> String {
        let scattered = (execution as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        match self.order {
            Order::Name => {
                format!("us-east-1/step-functions-example-dev-myStateMachine/{scattered:016x}-{execution:08x}")
            }
            Order::Start => {
                format!("{execution:012}/us-east-1/step-functions-example-dev-myStateMachine")
            }
        }
    }

    /// JSON of about the given length, half of it hard to compress, as ids and payloads are.
    fn json(&mut self, kind: &str, size_bytes: usize) -> Vec<u8> {
        let mut json =
            format!(r#"{{"type":"{kind}","definition":"wait-to-send","input":{{"taskName":"taskone","trigger_date":"#);
        while json.len() < size_bytes {
            let random = self.draw();
            json.push_str(&format!(r#""{random:016x}","payload":"#));
        }
        json.truncate(size_bytes);
        json.into_bytes()
    }
}
