//! What clients do while the cloud is killed under them.

use std::time::Duration;

use serde_json::{Value, json};

use super::connection::{Connection, Unanswered};
use super::records::{Records, Sent};
use crate::support::epoch_ms;

pub const ACTIVITY: &str = "arn:aws:states:us-east-1:000000000000:activity:work";

pub fn machine_arn(name: &str) -> String {
    format!("arn:aws:states:us-east-1:000000000000:stateMachine:{name}")
}

pub fn execution_arn(machine: &str, name: &str) -> String {
    format!("arn:aws:states:us-east-1:000000000000:execution:{machine}:{name}")
}

/// One client: its number, its draws and what it is about to try again.
pub struct Client<'a> {
    number: usize,
    random: u64,
    connection: Connection,
    records: &'a Records,
    count: u64,
    unanswered_start: Option<(String, &'static str)>,
    /// Executions that run until they are stopped.
    waiting: Vec<String>,
}

impl<'a> Client<'a> {
    pub fn new(number: usize, seed: u64, port: u16, records: &'a Records) -> Self {
        let random = seed.wrapping_mul(31).wrapping_add(number as u64);
        let connection = Connection::new(port);
        Self { number, random, connection, records, count: 0, unanswered_start: None, waiting: Vec::new() }
    }

    /// Asks one thing after the other until all is over.
    pub fn run(mut self) {
        while !self.records.is_over() {
            if !self.records.is_up() || self.ask().is_err() {
                std::thread::park_timeout(Duration::from_millis(1));
            }
        }
    }

    fn draw(&mut self, below: u64) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.random ^ (self.random >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }

    fn ask(&mut self) -> Result<(), Unanswered> {
        if let Some((name, machine)) = self.unanswered_start.clone() {
            return self.start(name, machine);
        }
        self.count += 1;
        let name = format!("c{}-{}", self.number, self.count);
        match self.draw(20) {
            0..=4 => self.start(name, "pass"),
            5..=8 => self.start(name, "wait"),
            9..=11 => self.start(name, "task"),
            12 => self.start(name, "long"),
            13 => self.stop(),
            14 | 15 => self.put_line(name),
            16 if self.draw(4) == 0 => self.invoke(name),
            17 => self.change_thing("activity", name),
            18 => self.change_thing("group", name),
            19 => self.change_thing("machine", name),
            _ => self.start(name, "pass"),
        }
    }

    /// Starts an execution; the same again until it is answered.
    fn start(&mut self, name: String, machine: &'static str) -> Result<(), Unanswered> {
        self.unanswered_start = Some((name.clone(), machine));
        self.records.told().executions.entry(name.clone()).or_default().machine = machine;
        let input =
            json!({"stateMachineArn": machine_arn(machine), "name": name, "input": json!({"name": name}).to_string()});
        let (status, answer) = self.connection.states("StartExecution", &input)?;
        self.records.count();
        self.unanswered_start = None;
        // One that has ended already was started before, and that was not answered.
        let is_there = answer["__type"].as_str().is_some_and(|kind| kind.ends_with("ExecutionAlreadyExists"));
        if status != 200 && !is_there {
            self.records.broke(format!("{name} was not started: {status} {answer}"));
            return Ok(());
        }
        let mut told = self.records.told();
        told.executions.entry(name.clone()).or_default().is_accepted = true;
        drop(told);
        if machine == "long" {
            self.waiting.push(name);
        }
        Ok(())
    }

    fn stop(&mut self) -> Result<(), Unanswered> {
        let Some(name) = self.waiting.last().cloned() else { return Ok(()) };
        self.records.told().executions.entry(name.clone()).or_default().is_stop_sent = true;
        let input = json!({"executionArn": execution_arn("long", &name), "error": "Stopped"});
        let (status, answer) = self.connection.states("StopExecution", &input)?;
        self.records.count();
        match status {
            200 => self.records.told().executions.entry(name).or_default().is_stop_accepted = true,
            _ => self.records.broke(format!("{name} was not stopped: {status} {answer}")),
        }
        self.waiting.pop();
        Ok(())
    }

    fn put_line(&mut self, name: String) -> Result<(), Unanswered> {
        self.records.told().lines.entry(name.clone()).or_default().times += 1;
        let line = json!({"timestamp": epoch_ms(0), "message": name});
        let input = json!({"logGroupName": "lines", "logStreamName": "one", "logEvents": [line]});
        let (status, answer) = self.connection.logs("PutLogEvents", &input)?;
        self.records.count();
        match status {
            200 => self.records.told().lines.entry(name).or_default().is_accepted = true,
            _ => self.records.broke(format!("the line {name} was not taken: {status} {answer}")),
        }
        Ok(())
    }

    fn invoke(&mut self, name: String) -> Result<(), Unanswered> {
        self.records.told().events.insert(name.clone(), Sent { times: 1, is_accepted: false });
        let status = self.connection.invoke_later("echo", &json!({"event": name}))?;
        self.records.count();
        match status {
            202 => self.records.told().events.entry(name).or_default().is_accepted = true,
            _ => self.records.broke(format!("the event {name} was not taken: {status}")),
        }
        Ok(())
    }

    /// Creates something, and now and then deletes it again.
    fn change_thing(&mut self, kind: &'static str, name: String) -> Result<(), Unanswered> {
        let set = |is_there| self.records.told().things.insert((kind, name.clone()), is_there);
        set(None);
        let (status, answer) = self.connection_call(kind, &name, true)?;
        self.records.count();
        if status != 200 {
            self.records.broke(format!("{kind} {name} was not created: {status} {answer}"));
            return Ok(());
        }
        self.records.told().things.insert((kind, name.clone()), Some(true));
        if self.draw(2) == 0 {
            return Ok(());
        }
        self.records.told().things.insert((kind, name.clone()), None);
        let (status, answer) = self.connection_call(kind, &name, false)?;
        self.records.count();
        match status {
            200 => drop(self.records.told().things.insert((kind, name), Some(false))),
            _ => self.records.broke(format!("{kind} {name} was not deleted: {status} {answer}")),
        }
        Ok(())
    }

    fn connection_call(&mut self, kind: &str, name: &str, creates: bool) -> Result<(u16, Value), Unanswered> {
        let definition = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}).to_string();
        let machine = json!({"name": name, "definition": definition, "roleArn": "arn:aws:iam::000000000000:role/all"});
        let arn = ACTIVITY.replace(":work", &format!(":{name}"));
        match (kind, creates) {
            ("activity", true) => self.connection.states("CreateActivity", &json!({"name": name})),
            ("activity", false) => self.connection.states("DeleteActivity", &json!({"activityArn": arn})),
            ("machine", true) => self.connection.states("CreateStateMachine", &machine),
            ("machine", false) => {
                self.connection.states("DeleteStateMachine", &json!({"stateMachineArn": machine_arn(name)}))
            }
            (_, true) => self.connection.logs("CreateLogGroup", &json!({"logGroupName": name})),
            (_, false) => self.connection.logs("DeleteLogGroup", &json!({"logGroupName": name})),
        }
    }
}

/// Takes tasks of the activity and answers them, each with an answer of its own.
pub fn work(port: u16, records: &Records) {
    let mut connection = Connection::new(port);
    let mut answers = 0_u64;
    // A task that was taken and is not answered yet.
    let mut taken: Option<(String, String)> = None;
    while !records.is_over() {
        if !records.is_up() {
            std::thread::park_timeout(Duration::from_millis(1));
            continue;
        }
        let Some((token, name)) = taken.clone() else {
            if let Ok((200, task)) = connection.states("GetActivityTask", &json!({"activityArn": ACTIVITY})) {
                records.count();
                let input: Value = serde_json::from_str(task["input"].as_str().unwrap_or("null")).unwrap_or_default();
                let token = task["taskToken"].as_str().map(str::to_owned);
                taken = token.zip(input["name"].as_str().map(str::to_owned));
            }
            continue;
        };
        answers += 1;
        let answer = json!({"name": name, "answer": answers});
        match connection.states("SendTaskSuccess", &json!({"taskToken": token, "output": answer.to_string()})) {
            Ok((200, _)) => records.told().task_answers.entry(name).or_default().push(answer),
            // It was accepted before, and that was not answered; or it came too late.
            Ok((400, _)) => {}
            Ok((status, told)) => records.broke(format!("the answer for {name} was refused: {status} {told}")),
            Err(Unanswered) => continue,
        }
        records.count();
        taken = None;
    }
}
