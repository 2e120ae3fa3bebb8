//! Runs cases, several at a time; those that failed before come first.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::previous::Previous;
use super::selection::Selected;
use super::suite::Suite;
use crate::cli::make::outside::Outside;
use asl::{ConditionTaken, Decision, Outcome};
use aws::clock::Stopwatch;
use jiff::SignedDuration;
use serde_json::Value;
use simulate::{Failure, TimelineLine};

/// What came of a case.
pub(in crate::cli::make) struct CaseResult {
    pub(in crate::cli::make) selected: Selected,
    /// As the user would type it.
    pub(in crate::cli::make) file: String,
    pub(in crate::cli::make) line: usize,
    pub(in crate::cli::make) name: String,
    pub(in crate::cli::make) machine: String,
    pub(in crate::cli::make) failures: Vec<Failure>,
    /// What it did, where it failed.
    pub(in crate::cli::make) timeline: Vec<TimelineLine>,
    pub(in crate::cli::make) output: Option<Value>,
    /// How it ended, of a case that does not say how it should.
    pub(in crate::cli::make) ended: Option<String>,
    pub(in crate::cli::make) virtual_time: SignedDuration,
    pub(in crate::cli::make) real_ms: f64,
    pub(in crate::cli::make) decisions: Vec<Decision>,
    pub(in crate::cli::make) conditions: BTreeSet<ConditionTaken>,
    /// Whether the output that it expects was written anew, and was all that failed.
    pub(in crate::cli::make) is_updated: bool,
}

impl CaseResult {
    pub(in crate::cli::make) fn has_passed(&self) -> bool {
        self.failures.is_empty() || self.is_updated
    }
}

/// How cases are run.
#[derive(Clone, Copy)]
pub(in crate::cli::make) struct How<'a> {
    /// The seed of random numbers.
    pub(in crate::cli::make) seed: u64,
    /// How many run at the same time; one for each processor when it is not said.
    pub(in crate::cli::make) jobs: Option<u16>,
    /// What answers tasks that mocks leave to others.
    pub(in crate::cli::make) outside: Option<&'a Outside>,
}

/// Runs cases on as many threads as there are jobs. The results are in the order of the files.
pub(in crate::cli::make) fn run(
    suite: &Suite,
    selected: &[Selected],
    previous: &Previous,
    how: &How<'_>,
) -> Vec<CaseResult> {
    let How { seed, jobs, outside } = *how;
    let mut order = selected.to_vec();
    order.sort_by_key(|selected| (!previous.has_failed(suite, *selected), *selected));
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.map_or(processors, usize::from).min(order.len()).max(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        while let Some(selected) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            results.extend(one(suite, *selected, seed, outside));
        }
        results
    };
    // What is outside is asked by a thread that waits; the one that runs the program may not.
    let mut results = if jobs == 1 && outside.is_none() {
        work()
    } else {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
            // A panic in a worker is a bug of ours, and ends the command as one here would.
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect()
        })
    };
    results.sort_by_key(|result| result.selected);
    results
}

fn ended(outcome: Option<&Outcome>) -> String {
    let Some(outcome) = outcome else { return String::new() };
    let status = outcome.status().api_name();
    match outcome {
        Outcome::Succeeded { output } => format!("{status} {output}"),
        Outcome::Failed(failure) | Outcome::Aborted(failure) => {
            let parts = [failure.error.as_deref(), failure.cause.as_deref()];
            format!("{status} {}", parts.into_iter().flatten().collect::<Vec<_>>().join(": "))
        }
        Outcome::TimedOut => status.to_owned(),
    }
}

fn one(suite: &Suite, selected: Selected, seed: u64, outside: Option<&Outside>) -> Option<CaseResult> {
    let (file, case) = suite.case(selected)?;
    let machine = suite.machine(file, case)?;
    let watch = Stopwatch::start();
    let run = match outside {
        Some(outside) => simulate::run_with(&machine.subject, case, seed, outside),
        None => simulate::run(&machine.subject, case, seed),
    };
    let failures = simulate::judge(&machine.subject, case, &run);
    let real_ms = watch.elapsed().as_secs_f64() * 1e3;
    let timeline = if failures.is_empty() { Vec::new() } else { simulate::timeline(&run) };
    Some(CaseResult {
        selected,
        file: file.file.source.file.clone(),
        line: case.line,
        name: case.name.clone(),
        machine: machine.name.clone(),
        failures,
        timeline,
        output: run.output(),
        ended: case.expect.is_any_end.then(|| ended(run.outcome.as_ref())),
        virtual_time: run.duration(),
        real_ms,
        decisions: run.decisions,
        conditions: run.conditions,
        is_updated: false,
    })
}
