//! Runs cases, several at a time; those that failed before come first.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::previous::Previous;
use super::selection::Selected;
use super::suite::Suite;
use asl::{Decision, Outcome};
use aws::clock::Stopwatch;
use jiff::SignedDuration;
use serde_json::Value;
use simulate::{Failure, TimelineLine};

/// What came of a case.
pub(super) struct CaseResult {
    pub(super) selected: Selected,
    /// As the user would type it.
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) machine: String,
    pub(super) failures: Vec<Failure>,
    /// What it did, where it failed.
    pub(super) timeline: Vec<TimelineLine>,
    pub(super) output: Option<Value>,
    /// How it ended, of a case that does not say how it should.
    pub(super) ended: Option<String>,
    pub(super) virtual_time: SignedDuration,
    pub(super) real_ms: f64,
    pub(super) decisions: Vec<Decision>,
}

impl CaseResult {
    pub(super) fn has_passed(&self) -> bool {
        self.failures.is_empty()
    }
}

/// Runs cases on as many threads as there are jobs. The results are in the order of the files.
pub(super) fn run(
    suite: &Suite,
    selected: &[Selected],
    previous: &Previous,
    seed: u64,
    jobs: Option<u16>,
) -> Vec<CaseResult> {
    let mut order = selected.to_vec();
    order.sort_by_key(|selected| (!previous.has_failed(suite, *selected), *selected));
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.map_or(processors, usize::from).min(order.len()).max(1);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut results = Vec::new();
        while let Some(selected) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
            results.extend(one(suite, *selected, seed));
        }
        results
    };
    let mut results = if jobs == 1 {
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

fn one(suite: &Suite, selected: Selected, seed: u64) -> Option<CaseResult> {
    let (file, case) = suite.case(selected)?;
    let machine = suite.machine(file, case)?;
    let watch = Stopwatch::start();
    let run = simulate::run(&machine.subject, case, seed);
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
    })
}
