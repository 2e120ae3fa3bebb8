//! A world to run an execution and its children in: virtual time, tasks that answer in an order drawn from a seed.

use std::collections::BTreeMap;

use asl::{ChildId, Effect, Execution, HistoryEvent, Input, Outcome, Start, StateMachine, TaskId, TaskPhase};
use jiff::Timestamp;

/// What tasks answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Answers {
    /// All succeed.
    Good,
    /// Some fail, some never answer.
    Mixed,
    /// Some fail, another part of them for each number.
    Broken(u64),
}

struct Run {
    execution: Execution,
    history: Vec<HistoryEvent>,
    outcome: Option<Outcome>,
    parent: Option<(String, ChildId)>,
}

pub(crate) struct World<'m> {
    machine: &'m StateMachine,
    runs: BTreeMap<String, Run>,
    now: Timestamp,
    answers: Answers,
    drawn: u64,
}

pub(crate) const ROOT: &str = "arn:aws:states:x:000000000000:execution:m:e";
/// Steps after which the execution is stopped in any case.
const MOST_STEPS: usize = 3000;

impl<'m> World<'m> {
    /// Runs an execution to its end and gives all histories; `between` may do with an execution what it likes after every step.
    pub(crate) fn run(
        machine: &'m StateMachine,
        input: &str,
        answers: Answers,
        order: u64,
        stop_after: usize,
        between: impl Fn(Execution) -> Execution,
    ) -> BTreeMap<String, Vec<HistoryEvent>> {
        let mut world = Self::started(machine, input, answers, order);
        let stop_at = if answers == Answers::Mixed { stop_after } else { MOST_STEPS };
        for step in 0.. {
            for run in world.runs.values_mut() {
                run.execution = between(run.execution.clone());
            }
            if world.runs[ROOT].outcome.is_some() {
                break;
            }
            assert!(step <= MOST_STEPS, "the execution does not end");
            if step == stop_at {
                world.give(ROOT, Input::Stop { error: None, cause: None });
            } else {
                world.step();
            }
        }
        world.runs.into_iter().map(|(arn, run)| (arn, run.history)).collect()
    }

    /// Runs an execution whose tasks fail, and that is stopped after some steps; redrives it whenever it has ended without success,
    /// and has all tasks succeed after some redrives. Gives all histories.
    pub(crate) fn redriven(
        machine: &'m StateMachine,
        input: &str,
        order: u64,
        stop_after: usize,
        between: impl Fn(Execution) -> Execution,
    ) -> BTreeMap<String, Vec<HistoryEvent>> {
        const BROKEN: u64 = 3;
        let mut world = Self::started(machine, input, Answers::Broken(0), order);
        let mut redrives = 0;
        for step in 0.. {
            assert!(step <= MOST_STEPS, "the execution does not end");
            for run in world.runs.values_mut() {
                run.execution = between(run.execution.clone());
            }
            match &world.runs[ROOT].outcome {
                Some(Outcome::Succeeded { .. }) => break,
                Some(_) => {
                    redrives += 1;
                    world.answers = if redrives < BROKEN { Answers::Broken(redrives) } else { Answers::Good };
                    world.redrive(ROOT);
                }
                None if step == stop_after => world.give(ROOT, Input::Stop { error: None, cause: None }),
                None => world.step(),
            }
        }
        world.runs.into_iter().map(|(arn, run)| (arn, run.history)).collect()
    }

    fn redrive(&mut self, arn: &str) {
        let run = self.runs.get_mut(arn).unwrap();
        let effects = run.execution.redrive(self.machine, self.now).unwrap();
        run.outcome = None;
        self.apply(arn, effects);
    }

    fn started(machine: &'m StateMachine, input: &str, answers: Answers, order: u64) -> Self {
        let now = Timestamp::UNIX_EPOCH;
        let start = Start::builder(ROOT, "arn:aws:states:x:000000000000:stateMachine:m", now).execution_name("e");
        let started = Execution::start(machine, start.role_arn("role").input(input).seed(9).build()).unwrap();
        let mut world = Self { machine, runs: BTreeMap::new(), now, answers, drawn: order };
        world.add(ROOT.to_owned(), None, started);
        world
    }

    fn add(&mut self, arn: String, parent: Option<(String, ChildId)>, (execution, effects): (Execution, Vec<Effect>)) {
        let run = Run { execution, history: Vec::new(), outcome: None, parent };
        self.runs.insert(arn.clone(), run);
        self.apply(&arn, effects);
    }

    fn give(&mut self, arn: &str, input: Input) {
        let run = self.runs.get_mut(arn).unwrap();
        let effects = run.execution.handle(self.machine, input, self.now).unwrap();
        self.apply(arn, effects);
    }

    fn apply(&mut self, arn: &str, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Event(event) => self.runs.get_mut(arn).unwrap().history.push(event),
                // Tasks are found with `running_tasks`, as after a restart.
                Effect::StartTask(_) | Effect::CancelTask(_) | Effect::StartMapRun(_) | Effect::EndMapRun(_) => {}
                Effect::StartChild(request) if self.runs.contains_key(&*request.execution_arn) => {
                    let child = self.runs.get_mut(&*request.execution_arn).unwrap();
                    child.parent = Some((arn.to_owned(), request.child));
                    if !matches!(child.outcome, Some(Outcome::Succeeded { .. })) {
                        self.redrive(&request.execution_arn);
                    }
                }
                Effect::StartChild(request) => {
                    let parent = &self.runs[arn].execution;
                    let start = request.start(parent.context(), parent.seed(), self.now);
                    let started = Execution::start_child(self.machine, &request.state, start).unwrap();
                    let place = Some((arn.to_owned(), request.child));
                    self.add(request.execution_arn.to_string(), place, started);
                }
                Effect::StopChild(child) => {
                    let place = Some((arn.to_owned(), child));
                    let found = self.runs.iter().find(|(_, run)| run.parent == place && run.outcome.is_none());
                    if let Some(child) = found.map(|(arn, _)| arn.clone()) {
                        self.give(&child, Input::Stop { error: None, cause: None });
                    }
                }
                Effect::Ended(outcome) => self.runs.get_mut(arn).unwrap().outcome = Some(outcome),
                other => panic!("{other:?}"),
            }
        }
    }

    /// One thing that can happen now, drawn by chance; or, when nothing can, the next timer.
    fn step(&mut self) {
        if let Some((parent, input)) = self.ended_child() {
            return self.give(&parent, input);
        }
        let possible: Vec<(String, Input)> =
            self.runs.iter().flat_map(|(arn, run)| self.possible_inputs(arn, run)).collect();
        if !possible.is_empty() {
            let at = self.draw() as usize % possible.len();
            let (arn, input) = possible[at].clone();
            return self.give(&arn, input);
        }
        let running = self.runs.iter().filter(|(_, run)| run.outcome.is_none());
        let (at, arn) = running.map(|(arn, run)| (run.execution.next_wake().unwrap(), arn.clone())).min().unwrap();
        self.now = self.now.max(at);
        self.give(&arn, Input::Wake);
    }

    /// A child that has ended and whose parent still waits for it.
    fn ended_child(&self) -> Option<(String, Input)> {
        self.runs.values().find_map(|run| {
            let (parent, child) = run.parent.clone()?;
            let outcome = run.outcome.clone()?;
            let waits = self.runs[&parent].execution.running_children().any(|request| request.child == child);
            waits.then_some((parent, Input::ChildEnded { child, outcome }))
        })
    }

    fn possible_inputs(&self, arn: &str, run: &Run) -> Vec<(String, Input)> {
        if run.outcome.is_some() {
            return Vec::new();
        }
        let tasks = run.execution.running_tasks();
        let inputs = tasks.filter_map(|(request, phase)| match phase {
            TaskPhase::Scheduled => Some(Input::TaskStarted { task: request.task, worker_name: None }),
            _ => self.answer(request.task, &request.state, &request.input, request.attempt),
        });
        inputs.map(|input| (arn.to_owned(), input)).collect()
    }

    /// What a task answers: it hangs on the state and the input, not on when or in which order it was begun.
    fn answer(&self, task: TaskId, state: &str, input: &str, attempt: u64) -> Option<Input> {
        let hash = state.bytes().chain(input.bytes()).fold(attempt, |hash, byte| mix(hash ^ u64::from(byte)));
        let draw = match self.answers {
            Answers::Good => 9,
            Answers::Mixed => hash % 10,
            Answers::Broken(n) if mix(hash ^ n).is_multiple_of(3) => 0,
            Answers::Broken(_) => 9,
        };
        match draw {
            0..2 => Some(Input::TaskFailed { task, error: Some("Oops".into()), cause: None }),
            2 => None,
            _ => Some(Input::TaskSucceeded { task, output: format!(r#"{{"n": {}, "of": "{state}"}}"#, hash % 100) }),
        }
    }

    fn draw(&mut self) -> u64 {
        self.drawn = mix(self.drawn);
        self.drawn >> 8
    }
}

fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1);
    n ^ (n >> 29)
}
