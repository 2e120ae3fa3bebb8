//! A small driver for the tests: keeps the history and shows it in short.

use asl::{
    ChildId, ChildRequest, Effect, EventDetails, Execution, HistoryEvent, Input, MapRunSummary, Outcome, Start,
    StartBuilder, StateMachine, TaskId, TaskRequest,
};
use jiff::{SignedDuration, Timestamp};

pub(crate) const START: &str = "2026-01-01T00:00:00Z";
pub(crate) const LAMBDA: &str = "arn:aws:lambda:eu-west-1:000000000000:function:f";

pub(crate) struct Driver {
    pub(crate) machine: StateMachine,
    pub(crate) execution: Execution,
    pub(crate) history: Vec<HistoryEvent>,
    pub(crate) requests: Vec<TaskRequest>,
    pub(crate) cancelled: Vec<TaskId>,
    pub(crate) children: Vec<ChildRequest>,
    pub(crate) stopped: Vec<ChildId>,
    /// The newest Map Run, as it was when it began or ended.
    pub(crate) map_run: Option<MapRunSummary>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) now: Timestamp,
}

pub(crate) fn at(seconds: f64) -> Timestamp {
    START.parse::<Timestamp>().unwrap() + SignedDuration::from_secs_f64(seconds)
}

pub(crate) fn machine(states: &str) -> StateMachine {
    StateMachine::parse(&format!(r#"{{"StartAt":"A","States":{{{states}}}}}"#)).unwrap()
}

pub(crate) fn start(input: &str) -> StartBuilder {
    let execution_arn = "arn:aws:states:eu-west-1:000000000000:execution:m:e";
    let machine_arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:m";
    Start::builder(execution_arn, machine_arn, at(0.0)).role_arn("arn:aws:iam::000000000000:role/r").input(input)
}

impl Driver {
    pub(crate) fn start(machine: StateMachine, input: &str) -> Self {
        let now = at(0.0);
        let (execution, effects) = Execution::start(&machine, start(input).seed(42).build()).unwrap();
        let mut driver = Self {
            machine,
            execution,
            history: Vec::new(),
            requests: Vec::new(),
            cancelled: Vec::new(),
            children: Vec::new(),
            stopped: Vec::new(),
            map_run: None,
            outcome: None,
            now,
        };
        driver.apply(effects);
        driver.go_on();
        driver
    }

    /// Takes the effects of a first step that was made elsewhere.
    pub(crate) fn take(&mut self, effects: Vec<Effect>) {
        self.apply(effects);
        self.go_on();
    }

    /// Does what the last step had no room for.
    fn go_on(&mut self) {
        while self.execution.has_more() {
            let effects = self.execution.handle(&self.machine, Input::Wake, self.now).unwrap();
            assert!(!effects.is_empty(), "every step gets on");
            self.apply(effects);
        }
    }

    pub(crate) fn give(&mut self, input: Input, seconds: f64) {
        self.now = at(seconds);
        let effects = self.execution.handle(&self.machine, input, self.now).unwrap();
        self.apply(effects);
        self.go_on();
    }

    /// Redrives the execution after it has ended without success.
    pub(crate) fn redrive(&mut self, seconds: f64) {
        self.now = at(seconds);
        let effects = self.execution.redrive(&self.machine, self.now).unwrap();
        self.outcome = None;
        self.apply(effects);
        self.go_on();
    }

    pub(crate) fn wake(&mut self, seconds: f64) {
        self.give(Input::Wake, seconds);
    }

    /// Begins the newest task and lets it end.
    pub(crate) fn succeed(&mut self, output: &str, seconds: f64) {
        let task = self.begin(seconds);
        self.give(Input::TaskSucceeded { task, output: output.into() }, seconds);
    }

    pub(crate) fn fail(&mut self, error: &str, seconds: f64) {
        let task = self.begin(seconds);
        self.give(Input::TaskFailed { task, error: Some(error.into()), cause: Some("because".into()) }, seconds);
    }

    pub(crate) fn begin(&mut self, seconds: f64) -> TaskId {
        let task = self.requests.last().unwrap().task;
        self.give(Input::TaskStarted { task, worker_name: None }, seconds);
        task
    }

    fn apply(&mut self, effects: Vec<Effect>) {
        assert!(self.outcome.is_none(), "nothing comes after the end");
        for effect in effects {
            match effect {
                Effect::Event(event) => self.history.push(event),
                Effect::StartTask(request) => self.requests.push(request),
                Effect::CancelTask(task) => self.cancelled.push(task),
                Effect::StartChild(request) => self.children.push(request),
                Effect::StopChild(child) => self.stopped.push(child),
                Effect::StartMapRun(run) | Effect::EndMapRun(run) => self.map_run = Some(run),
                Effect::Ended(outcome) => self.outcome = Some(outcome),
                other => panic!("{other:?}"),
            }
        }
        let status = asl::Status::of(&self.history).unwrap();
        assert_eq!(status, Some(self.execution.status()), "status is a fold of the history");
    }

    /// The history, an event per line: second, id, previous id, type, and what matters.
    pub(crate) fn short(&self) -> String {
        self.history.iter().map(|event| line(event) + "\n").collect()
    }
}

fn line(event: &HistoryEvent) -> String {
    let second = event.timestamp.duration_since(at(0.0)).as_secs_f64();
    let what = match &event.details {
        EventDetails::StateEntered { name, .. } => name.to_string(),
        EventDetails::StateExited { output, .. } | EventDetails::ExecutionSucceeded { output } => output.to_string(),
        EventDetails::ExecutionFailed(failure)
        | EventDetails::ExecutionAborted(failure)
        | EventDetails::ExecutionTimedOut(failure) => {
            format!("{} | {}", failure.error.as_deref().unwrap_or("-"), failure.cause.as_deref().unwrap_or("-"))
        }
        _ => String::new(),
    };
    format!("{second:>5} {:>2} {:>2} {} {what}", event.id, event.previous_event_id, event.type_name())
        .trim_end()
        .to_owned()
}
