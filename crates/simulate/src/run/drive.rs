//! The drive loop: gives executions what is due next, and takes up what comes of it.

use std::sync::Arc;

use asl::mock::{self, name_of};
use asl::{
    ChildId, ChildRequest, Decisions, Effect, EventDetails, Execution, HistoryEvent, Input, Outcome, Start,
    TaskPurpose, TaskRequest,
};
use jiff::{SignedDuration, Timestamp};

use super::agenda::{About, Agenda, Due};
use super::chosen::Mocks;
use super::outside::{Outside, Passed};
use super::ran::{Call, ChildRun, Problem, Run};
use super::subject::Subject;
use crate::case::{Answer, Case, Mock, Stop};

/// So many steps are taken of one case: some seconds. What needs more than that does not end.
const MAX_STEPS: u64 = 1_000_000;

/// What a test's executions are called.
const EXECUTION: &str = "test";

/// An execution of the run: the case's own first, then the children of its Map Runs.
struct Driven {
    execution: Execution,
    /// The execution that it is a child of.
    parent: Option<(usize, ChildId)>,
    /// The Map states around it, with its indices.
    place: Vec<(Arc<str>, u64)>,
    history: Vec<HistoryEvent>,
    outcome: Option<Outcome>,
}

/// A run under way.
pub(super) struct Drive<'c> {
    subject: &'c Subject,
    case: &'c Case,
    outside: &'c dyn Outside,
    seed: u64,
    mocks: Mocks<'c>,
    agenda: Agenda,
    driven: Vec<Driven>,
    calls: Vec<Call>,
    decisions: Decisions,
    now: Timestamp,
}

impl<'c> Drive<'c> {
    pub(super) fn new(subject: &'c Subject, case: &'c Case, seed: u64, outside: &'c dyn Outside) -> Self {
        Self {
            subject,
            case,
            outside,
            seed,
            mocks: Mocks::new(case),
            agenda: Agenda::default(),
            driven: Vec::new(),
            calls: Vec::new(),
            decisions: Decisions::default(),
            now: case.start,
        }
    }

    pub(super) fn run(mut self) -> Run {
        let problem = self.start().and_then(|()| self.go_on()).err();
        let decisions = self.decisions.take();
        let conditions = self.decisions.take_conditions();
        let mut driven = self.driven.into_iter();
        let own = driven.next();
        let outcome = own.as_ref().and_then(|own| own.outcome.clone()).filter(|_| problem.is_none());
        let children =
            driven.map(|it| ChildRun { place: it.place, history: it.history, outcome: it.outcome }).collect();
        Run {
            outcome,
            problem,
            started_at: self.case.start,
            ended_at: self.now,
            input: self.case.input.clone(),
            history: own.map(|own| own.history).unwrap_or_default(),
            observed_types: None,
            children,
            calls: self.calls,
            decisions,
            conditions,
        }
    }

    fn start(&mut self) -> Result<(), Problem> {
        let start = Start::builder(self.subject.execution_arn(EXECUTION), self.subject.arn.as_str(), self.now)
            .role_arn("arn:aws:iam::123456789012:role/test")
            .input(self.case.input.to_string())
            .seed(self.seed)
            .redrive_count((!self.subject.is_express).then_some(0))
            .build();
        let started = Execution::start_noting(&self.subject.machine, start, &self.decisions);
        let (execution, effects) = started.map_err(|error| Problem::NoStart(error.to_string()))?;
        if let Some(Stop { after, error, cause }) = &self.case.stop {
            let stop = Due::Input(Input::Stop { error: error.clone(), cause: cause.clone() });
            self.agenda.add(later(self.now, *after), 0, About::Execution, stop);
        }
        self.take_up(Driven { execution, parent: None, place: Vec::new(), history: Vec::new(), outcome: None }, effects)
    }

    /// Takes up an execution that has just started.
    fn take_up(&mut self, driven: Driven, effects: Vec<Effect>) -> Result<(), Problem> {
        let index = self.driven.len();
        self.driven.push(driven);
        self.apply(index, effects)
    }

    fn go_on(&mut self) -> Result<(), Problem> {
        let mut steps = 0;
        while self.driven.first().is_some_and(|own| own.outcome.is_none()) {
            steps += 1;
            if steps > MAX_STEPS {
                return Err(Problem::Endless(MAX_STEPS));
            }
            let Some((at, index, due)) = self.agenda.next() else {
                return Err(Problem::Engine("it waits for nothing".to_owned()));
            };
            self.now = self.now.max(at);
            self.step(index, due)?;
        }
        Ok(())
    }

    fn step(&mut self, index: usize, due: Due) -> Result<(), Problem> {
        let input = match due {
            Due::Input(input) => input,
            Due::Heartbeat { task, every } => {
                self.agenda.add(later(self.now, every), index, About::Task(task), Due::Heartbeat { task, every });
                Input::TaskHeartbeat { task }
            }
        };
        if let Input::TaskSucceeded { task, .. } | Input::TaskFailed { task, .. } = &input {
            self.agenda.cancel(index, About::Task(*task));
        }
        let Some(driven) = self.driven.get_mut(index) else { return Ok(()) };
        let handled = driven.execution.handle_noting(&self.subject.machine, input, self.now, &self.decisions);
        let effects = handled.map_err(|error| Problem::Engine(error.to_string()))?;
        self.apply(index, effects)
    }

    fn apply(&mut self, index: usize, effects: Vec<Effect>) -> Result<(), Problem> {
        for effect in effects {
            match effect {
                Effect::Event(event) => {
                    if let Some(driven) = self.driven.get_mut(index) {
                        driven.history.push(event);
                    }
                }
                Effect::StartTask(request) => self.call(index, &request)?,
                Effect::CancelTask(task) => self.agenda.cancel(index, About::Task(task)),
                Effect::StartChild(request) => self.start_child(index, &request)?,
                Effect::StopChild(child) => self.stop_child(index, child),
                Effect::Ended(outcome) => self.ended(index, outcome),
                Effect::StartMapRun(_) | Effect::EndMapRun(_) => {}
                other => return Err(Problem::Engine(format!("it asks for what tests do not know: {other:?}"))),
            }
        }
        let wake = self.driven.get(index).and_then(|driven| driven.execution.next_wake());
        self.agenda.wake(index, wake);
        Ok(())
    }

    /// Has a mock answer a task.
    fn call(&mut self, index: usize, request: &TaskRequest) -> Result<(), Problem> {
        let call = self.described(index, request);
        let chosen = self.mocks.choose(&call);
        self.calls.push(Call { answered_by: chosen.as_ref().ok().map(|mock| mock.line), ..call });
        let mock = chosen?;
        let task = request.task;
        let ends_at = later(self.now, mock.after);
        let unfit = |why: String| Problem::Unfit { state: name_of(request), line: mock.line, why };
        let end = match &mock.answer {
            answer @ (Answer::Function(_) | Answer::Cloud) => {
                let passed = Passed { subject: self.subject, request, answer };
                let answered = self.outside.answer(&passed);
                Some(answered.map_err(|why| Problem::NotAnswered { state: name_of(request), line: mock.line, why })?)
            }
            answer => {
                check_shape(mock, request).map_err(unfit)?;
                mock::end(answer, request, ends_at).map_err(unfit)?
            }
        };
        let mut add = |at, due| self.agenda.add(at, index, About::Task(task), due);
        add(self.now, Due::Input(Input::TaskStarted { task, worker_name: None }));
        if let Some(submitted) = mock::submitted(mock.submitted.as_ref(), request) {
            add(self.now, Due::Input(submitted));
        }
        if let Some(every) = mock.heartbeat {
            add(later(self.now, every), Due::Heartbeat { task, every });
        }
        if let Some(end) = end {
            add(ends_at, Due::Input(end));
        }
        Ok(())
    }

    fn described(&self, index: usize, request: &TaskRequest) -> Call {
        let driven = self.driven.get(index);
        let mut place = driven.map(|driven| driven.place.clone()).unwrap_or_default();
        let inside = driven.map(|driven| driven.execution.place_of(request.task)).unwrap_or_default();
        place.extend(inside.into_iter().filter(|(state, _)| self.subject.maps.contains(&**state)));
        let scheduled = driven.and_then(|driven| driven.history.iter().rev().find(|event| schedules(event, request)));
        Call {
            state: name_of(request),
            resource: request.resource.clone(),
            place,
            attempt: request.attempt,
            input: Arc::clone(&request.input),
            at: self.now,
            child: index.checked_sub(1),
            event: scheduled.map_or(0, |event| event.id),
            answered_by: None,
        }
    }

    fn start_child(&mut self, index: usize, request: &ChildRequest) -> Result<(), Problem> {
        let Some(parent) = self.driven.get(index) else { return Ok(()) };
        let start = request.start(parent.execution.context(), parent.execution.seed(), self.now);
        let mut place = parent.place.clone();
        place.push((Arc::clone(&request.state), request.child.index));
        let machine = &self.subject.machine;
        let started = Execution::start_child_noting(machine, &request.state, start, &self.decisions);
        let (execution, effects) = started.map_err(|error| Problem::NoStart(error.to_string()))?;
        let parent = Some((index, request.child));
        self.take_up(Driven { execution, parent, place, history: Vec::new(), outcome: None }, effects)
    }

    fn stop_child(&mut self, index: usize, child: ChildId) {
        self.agenda.cancel(index, About::Child(child));
        if let Some(stopped) = self.driven.iter().position(|driven| driven.parent == Some((index, child))) {
            self.agenda.forget(stopped);
        }
    }

    fn ended(&mut self, index: usize, outcome: Outcome) {
        self.agenda.forget(index);
        let Some(driven) = self.driven.get_mut(index) else { return };
        driven.outcome = Some(outcome.clone());
        if let Some((parent, child)) = driven.parent {
            let ended = Due::Input(Input::ChildEnded { child, outcome });
            self.agenda.add(self.now, parent, About::Child(child), ended);
        }
    }
}

/// Holds a result against the model of the API that the task calls, as TestState does.
///
/// # Errors
/// Why the API can't answer so, as the rest of a sentence.
fn check_shape(mock: &Mock, request: &TaskRequest) -> Result<(), String> {
    let is_of_map = matches!(request.purpose, TaskPurpose::ReadItems | TaskPurpose::WriteResults);
    match &mock.answer {
        Answer::Return(value) if !is_of_map => {
            let checked = request.resource.check_mock_result(value, mock.validation);
            checked.map_err(|problem| format!("{problem} (`validate = \"PRESENT\"` or `\"NONE\"` asks for less)"))
        }
        _ => Ok(()),
    }
}

/// A moment so much later; the last one there is for what lies beyond.
fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// Whether an event is the one that schedules a task.
fn schedules(event: &HistoryEvent, request: &TaskRequest) -> bool {
    match &event.details {
        EventDetails::LambdaFunctionScheduled { input, .. } | EventDetails::ActivityScheduled { input, .. } => {
            Arc::ptr_eq(input, &request.input)
        }
        EventDetails::TaskScheduled { parameters, .. } => Arc::ptr_eq(parameters, &request.input),
        _ => false,
    }
}
