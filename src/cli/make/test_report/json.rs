//! The results for programs.

use serde_json::{Map, Value, json};

use super::coverage::CoveredMachine;
use crate::cli::make::test::outcome::Outcome;
use crate::cli::make::test::runner::CaseResult;
use simulate::{Count, Failure, Summary};

/// All of it as one value.
pub(in crate::cli::make) fn report(outcome: &Outcome) -> Value {
    let failed = outcome.failed();
    json!({
        "passed": outcome.results.len() - failed,
        "failed": failed,
        "seed": outcome.seed,
        "realMs": outcome.elapsed_ms,
        "cases": outcome.results.iter().map(case).collect::<Vec<_>>(),
        "coverage": {
            "total": count(outcome.covered.total()),
            "machines": outcome.covered.machines.iter().map(machine).collect::<Vec<_>>(),
        },
    })
}

fn case(result: &CaseResult) -> Value {
    let timeline: Vec<Value> = result
        .timeline
        .iter()
        .map(|line| {
            json!({
                "afterMs": ms(line.after), "state": line.state, "what": line.what, "detail": line.detail,
            })
        })
        .collect();
    json!({
        "file": result.file,
        "line": result.line,
        "name": result.name,
        "machine": result.machine,
        "passed": result.has_passed(),
        "updated": result.is_updated,
        "virtualMs": ms(result.virtual_time),
        "realMs": result.real_ms,
        "output": result.output,
        "ended": result.ended,
        "failures": result.failures.iter().map(failure).collect::<Vec<_>>(),
        "timeline": timeline,
    })
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
