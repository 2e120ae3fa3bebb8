//! Explores a machine: finds errors that nothing catches, runs that do not end, and what no run reaches.
//!
//! It is bounded and finds what it finds: inputs and answers come from the cases there are and from the Choice states' rules,
//! and each error is thrown at each task that some run has reached.

mod errors;
mod rules;
mod smallest;
mod values;
mod written;

use std::collections::BTreeMap;

use asl::{Outcome, StateType, TaskResource};
use serde_json::Value;

use crate::case::{Answer, Case, Expectation, MachineChoice, Mock, StateMocks, default_start};
use crate::coverage::{Coverage, Missed};
use crate::run::{Problem, Run, Subject, run};

/// What an exploration found.
#[derive(Clone, Debug)]
pub struct Exploration {
    /// What to look at, in the order of the definition.
    pub findings: Vec<Finding>,
    /// What no run took.
    pub unreached: Vec<Missed>,
    /// What the runs took.
    pub coverage: Coverage,
    /// How many runs there were.
    pub runs: usize,
    /// Whether the bound on runs was reached before everything was tried.
    pub is_cut: bool,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing it is.
    pub kind: FindingKind,
    /// The state that it is about.
    pub state: String,
    /// The error that ends the execution, where one does.
    pub error: Option<String>,
    /// What happens, in a sentence.
    pub message: String,
    /// A case that shows it and passes, in TOML.
    pub case: String,
}

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// An error ends the execution that neither `Catch` nor a Fail state knows of.
    Uncaught,
    /// It waits as long as an execution may, or goes round until its history is full.
    Endless,
}

impl FindingKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uncaught => "uncaught",
            Self::Endless => "endless",
        }
    }
}

/// Explores a machine with at most so many runs. `cases` are those that there are of it: their inputs and answers are tried.
pub fn explore(subject: &Subject, definition: &Value, cases: &[&Case], max_runs: usize) -> Exploration {
    let mut explorer = Explorer {
        subject,
        coverage: Coverage::of(subject),
        runs: 0,
        max_runs,
        reached: BTreeMap::new(),
        findings: Vec::new(),
    };
    let values = values::candidates(definition, cases);
    let answers = values::answers(subject, cases);
    explorer.inputs(&values, &answers);
    explorer.errors(definition);
    let Explorer { coverage, runs, findings, .. } = explorer;
    let unreached = coverage.missed();
    Exploration { findings, unreached, coverage, runs, is_cut: runs >= max_runs }
}

struct Explorer<'s> {
    subject: &'s Subject,
    coverage: Coverage,
    runs: usize,
    max_runs: usize,
    /// For each task that some run has reached, the first case that did.
    reached: BTreeMap<String, Case>,
    findings: Vec<Finding>,
}

impl Explorer<'_> {
    /// Runs a case, if there is one more run to take.
    fn run(&mut self, case: &Case) -> Option<Run> {
        if self.runs >= self.max_runs {
            return None;
        }
        self.runs += 1;
        let ran = run(self.subject, case, 0);
        self.coverage.add(&ran);
        for call in &ran.calls {
            self.reached.entry(call.state.clone()).or_insert_with(|| case.clone());
        }
        Some(ran)
    }

    /// Tries every value as the input, and then as what each task answers.
    fn inputs(&mut self, values: &[Value], answers: &BTreeMap<String, Vec<Answer>>) {
        let usual = |state: &str| answers.get(state).and_then(|answers| answers.first()).cloned();
        let mocks: BTreeMap<String, StateMocks> =
            answers.keys().filter_map(|state| Some((state.clone(), always(usual(state)?)))).collect();
        for value in values {
            let Some(case) = case(value.clone(), mocks.clone()) else { return };
            self.tried(&case);
        }
        let states: Vec<String> = self.reached.keys().cloned().collect();
        for state in states {
            let Some(base) = self.reached.get(&state).cloned() else { continue };
            let own = answers.get(&state).into_iter().flatten().cloned();
            let made_up = values.iter().map(|value| self.answer(&state, value));
            for answer in own.chain(made_up).collect::<Vec<_>>() {
                let mut case = base.clone();
                case.mocks.insert(state.clone(), always(answer));
                self.tried(&case);
            }
        }
    }

    /// A value as the answer of a state's task.
    fn answer(&self, state: &str, value: &Value) -> Answer {
        let resource = self.subject.machine.resources().find(|(name, _)| *name == state).map(|(_, resource)| resource);
        let wraps = matches!(resource, Some(TaskResource::Service { resource_type, resource, .. })
            if resource_type == "lambda" && resource == "invoke");
        if wraps { Answer::Payload(value.clone()) } else { Answer::Return(value.clone()) }
    }

    /// Runs a case, and notes it when it does not end or an error that nothing threw ends it.
    fn tried(&mut self, case: &Case) {
        let Some(ran) = self.run(case) else { return };
        if let Some(state) = self.endless(&ran) {
            let message = format!("`{state}` is entered again and again, until the execution's history is full.");
            self.note((FindingKind::Endless, &state, None), message, case);
        }
    }

    /// Whether a run shows what a finding says.
    fn shows(&self, ran: &Run, (kind, state, error): Found<'_>) -> bool {
        match kind {
            FindingKind::Uncaught => error_of(ran) == error && !self.is_meant(ran),
            FindingKind::Endless => {
                let is_stuck = matches!(ran.outcome, Some(Outcome::TimedOut)) && ran.path().last() == Some(&state);
                is_stuck || self.endless(ran).as_deref() == Some(state)
            }
        }
    }

    /// The state in which a run went round until it was stopped.
    fn endless(&self, ran: &Run) -> Option<String> {
        let is_full = u64::try_from(ran.history.len()).is_ok_and(|events| events >= asl::MAX_EVENTS);
        if !is_full && !matches!(ran.problem, Some(Problem::Endless(_))) {
            return None;
        }
        ran.path().last().map(|state| (*state).to_owned())
    }

    /// Whether a Fail state ended a run: then the definition knows of it.
    fn is_meant(&self, ran: &Run) -> bool {
        let last = ran.path().last().map(|state| (*state).to_owned());
        last.is_some_and(|last| self.subject.machine.states().any(|(name, of)| name == last && of == StateType::Fail))
    }

    /// Notes a finding, with the smallest input that shows it.
    fn note(&mut self, found: Found<'_>, message: String, case: &Case) {
        let (kind, state, error) = found;
        if self.findings.iter().any(|it| it.kind == kind && it.state == state && it.message == message) {
            return;
        }
        let with = |input: &Value| Case { input: input.clone(), ..case.clone() };
        let input = smallest::smallest(&case.input, |input| self.shows(&run(self.subject, &with(input), 0), found));
        let smallest = with(&input);
        let ran = run(self.subject, &smallest, 0);
        let case = written::case(&message, &self.subject.name, &smallest, &ran);
        let error = error.map(str::to_owned);
        self.findings.push(Finding { kind, state: state.to_owned(), error, message, case });
    }
}

/// What is found: its kind, the state, and the error that ends the execution.
type Found<'a> = (FindingKind, &'a str, Option<&'a str>);

/// The error that ended a run.
fn error_of(ran: &Run) -> Option<&str> {
    match &ran.outcome {
        Some(Outcome::Failed(failure)) => Some(failure.error.as_deref().unwrap_or_default()),
        _ => None,
    }
}

/// A mock that answers every call alike.
fn always(answer: Answer) -> StateMocks {
    let mock = Mock {
        line: 0,
        index: None,
        attempt: None,
        times: None,
        after: jiff::SignedDuration::ZERO,
        submitted: None,
        heartbeat: None,
        validation: asl::FieldValidation::None,
        answer,
    };
    StateMocks { offset: 0, is_shared: false, answers: vec![mock] }
}

fn case(input: Value, mocks: BTreeMap<String, StateMocks>) -> Option<Case> {
    Some(Case {
        name: String::new(),
        line: 0,
        machine: MachineChoice::Only,
        input,
        start: default_start()?,
        seed: None,
        stop: None,
        mocks,
        expect: Expectation::default(),
    })
}

#[cfg(test)]
mod tests;
