//! Executions recorded on AWS as cases: each history becomes one, and it passes.
//!
//! The corpus is looked for at `$WORKSHOP_CONFORMANCE` and beside the repository. `differs.txt` lists, with reasons, the
//! executions whose cases do not pass: an unlisted one that fails is a regression, a listed one that passes must be taken off.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may stop at once and speak to who runs it; the corpus is files"
)]

mod corpus;

use std::collections::{BTreeMap, BTreeSet};

use model::source::Source;
use simulate::{Masking, Subject, TestFile, explore, record, run};

const DIFFERS: &str = include_str!("differs.txt");
const ARN: &str = "arn:aws:states:us-east-1:111111111111:stateMachine:m";

#[test]
fn executions_recorded_on_aws_pass_as_cases() {
    let Some(folder) = corpus::find() else {
        println!(
            "0 recorded executions were run: the corpus is neither at $WORKSHOP_CONFORMANCE nor at ../shared/conformance beside the workspace."
        );
        return;
    };
    let listed: BTreeSet<&str> =
        DIFFERS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut passed = 0;
    let mut left_out: BTreeMap<String, usize> = BTreeMap::new();
    let mut regressions = Vec::new();
    let mut overdue = Vec::new();
    let executions = corpus::executions(&folder);
    for execution in &executions {
        let judged = judged(execution, &mut left_out);
        passed += usize::from(judged.is_ok());
        match (judged, listed.contains(execution.id.as_str())) {
            (Ok(()), true) => overdue.push(execution.id.clone()),
            (Err(reason), false) => regressions.push(format!("{}\n    {reason}", execution.id)),
            _ => {}
        }
    }
    println!(
        "{passed} of {} recorded executions pass as cases; left out of their expectations: {left_out:?}",
        executions.len()
    );
    assert!(regressions.is_empty(), "{} fail:\n{}", regressions.len(), regressions.join("\n"));
    assert!(overdue.is_empty(), "these pass now; take them off differs.txt:\n{}", overdue.join("\n"));
}

/// So many runs are taken of each definition here.
const RUNS: usize = 25;

#[test]
fn recorded_definitions_are_explored_within_bounds() {
    let Some(folder) = corpus::find() else { return };
    let mut definitions: BTreeMap<String, corpus::Execution> = BTreeMap::new();
    for execution in corpus::executions(&folder) {
        definitions.insert(execution.definition.clone(), execution);
    }
    let mut findings = 0;
    for (text, execution) in &definitions {
        let Ok(subject) = Subject::parse(text, ARN, execution.is_express) else { continue };
        let definition = serde_json::from_str(text).expect("a definition that was parsed");
        let exploration = explore(&subject, &definition, &[], RUNS);
        assert!(exploration.runs <= RUNS, "{}", execution.id);
        findings += exploration.findings.len();
    }
    println!("{findings} findings in {} definitions", definitions.len());
}

#[test]
fn mock_configurations_give_the_histories_that_aws_gave() {
    let Some(folder) = corpus::find() else { return };
    let mut compared = 0;
    for execution in corpus::executions(&folder) {
        let Some((config, test_case)) = &execution.mocked else { continue };
        compared += 1;
        let subject = Subject::parse(&execution.definition, ARN, execution.is_express).expect("a definition");
        let input = execution.recorded.events[0].input.clone().unwrap_or_default();
        let source = Source::new("MockConfigFile.json", config.to_string());
        let file = TestFile::of_mock_config(source, &input).expect("a mock configuration");
        let case = file.cases.iter().find(|case| case.name == format!("m#{test_case}")).expect("the test case");
        let types: Vec<String> = run(&subject, case, 0).history.iter().map(asl::HistoryEvent::type_name).collect();
        let recorded: Vec<&str> = execution.recorded.events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(types, recorded, "{}", execution.id);
    }
    println!("{compared} mock configurations were compared");
}

fn judged(execution: &corpus::Execution, left_out: &mut BTreeMap<String, usize>) -> Result<(), String> {
    let subject = Subject::parse(&execution.definition, ARN, execution.is_express).map_err(|it| it.aws_text())?;
    let case = record(&subject, &execution.recorded, &Masking::default())?;
    for failure in &case.left_out {
        *left_out.entry(failure.about.clone()).or_default() += 1;
    }
    match case.failures.first() {
        None => Ok(()),
        Some(failure) => Err(format!("{}: {}", failure.about, failure.message)),
    }
}
