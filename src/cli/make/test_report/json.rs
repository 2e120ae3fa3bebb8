//! The results for programs.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::coverage::CoveredMachine;
use crate::cli::make::test::outcome::Outcome;
use crate::cli::make::test::runner::CaseResult;
use simulate::{Count, Failure, Summary};

/// All of it. What may be large is lent: a timeline has every payload of an execution.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::cli::make) struct Report<'a> {
    passed: usize,
    failed: usize,
    seed: u64,
    real_ms: f64,
    cases: Vec<Case<'a>>,
    coverage: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Case<'a> {
    file: &'a str,
    line: usize,
    name: &'a str,
    machine: &'a str,
    passed: bool,
    updated: bool,
    virtual_ms: i64,
    real_ms: f64,
    output: Option<&'a Value>,
    ended: Option<&'a str>,
    failures: Vec<Value>,
    timeline: Vec<Line<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    after_ms: i64,
    state: &'a str,
    what: &'a str,
    detail: Option<&'a str>,
}

impl<'a> Report<'a> {
    /// Of a run of tests.
    pub(in crate::cli::make) fn new(outcome: &'a Outcome) -> Self {
        let failed = outcome.failed();
        Self {
            passed: outcome.results.len() - failed,
            failed,
            seed: outcome.seed,
            real_ms: outcome.elapsed_ms,
            cases: outcome.results.iter().map(Case::new).collect(),
            coverage: json!({
                "total": count(outcome.covered.total()),
                "machines": outcome.covered.machines.iter().map(machine).collect::<Vec<_>>(),
            }),
        }
    }
}

impl<'a> Case<'a> {
    fn new(result: &'a CaseResult) -> Self {
        let lines = result.timeline.iter().map(|line| Line {
            after_ms: ms(line.after),
            state: &line.state,
            what: &line.what,
            detail: line.detail.as_deref(),
        });
        Self {
            file: &result.file,
            line: result.line,
            name: &result.name,
            machine: &result.machine,
            passed: result.has_passed(),
            updated: result.is_updated,
            virtual_ms: ms(result.virtual_time),
            real_ms: result.real_ms,
            output: result.output.as_ref(),
            ended: result.ended.as_deref(),
            failures: result.failures.iter().map(failure).collect(),
            timeline: lines.collect(),
        }
    }
}

fn ms(duration: jiff::SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn failure(failure: &Failure) -> Value {
    let differences: Vec<Value> = failure
        .differences
        .iter()
        .map(|it| json!({"path": it.path, "expected": it.expected, "actual": it.actual}))
        .collect();
    json!({
        "about": failure.about, "message": failure.message, "differences": differences, "advice": failure.advice,
    })
}

fn machine(machine: &CoveredMachine) -> Value {
    let missed: Vec<Value> = machine
        .coverage
        .missed()
        .into_iter()
        .map(|it| json!({"state": it.state, "part": it.part.name(), "what": it.what, "leadsTo": it.leads_to}))
        .collect();
    let summary = machine.coverage.summary();
    json!({"name": machine.name, "total": count(summary.total()), "parts": parts(&summary), "missed": missed})
}

fn parts(summary: &Summary) -> Value {
    let parts = summary.parts.iter().map(|(part, of_part)| (part.name().to_owned(), count(*of_part)));
    Value::Object(parts.collect::<Map<_, _>>())
}

fn count(count: Count) -> Value {
    json!({"taken": count.taken, "all": count.all, "percent": count.percent()})
}
