//! The engine against what AWS answered: recorded cases, replayed with a virtual clock.
//!
//! The corpus is looked for at `$WORKSHOP_CONFORMANCE` and beside the repository. `not-yet.txt` lists the cases that do not pass
//! yet: an unlisted case that fails is a regression, a listed one that passes must be taken off the list.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may stop at once and speak to who runs it"
)]

mod compare;
mod corpus;
mod definitions;
mod functions;
mod parallel;
mod references;
mod replay;

use std::collections::{BTreeMap, BTreeSet};

use compare::Matcher;
use corpus::Case;

const NOT_YET: &str = include_str!("../not-yet.txt");

#[test]
fn recorded_cases() {
    let Some(corpus) = corpus::find() else {
        println!(
            "0 conformance cases were run: the corpus is neither at $WORKSHOP_CONFORMANCE nor at ../shared/conformance beside the workspace."
        );
        return;
    };
    let not_yet = listed();
    let mut totals: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut regressions = Vec::new();
    let mut overdue = Vec::new();
    let mut seen = BTreeSet::new();
    for case in corpus::cases(&corpus) {
        let total = totals.entry(case.category.clone()).or_default();
        total.1 += 1;
        match (run(&case), not_yet.contains(case.id.as_str())) {
            (Ok(()), listed) => {
                total.0 += 1;
                overdue.extend(listed.then(|| case.id.clone()));
            }
            (Err(reason), false) => regressions.push(format!("{}\n    {reason}", case.id)),
            (Err(_), true) => {}
        }
        seen.insert(case.id);
    }
    for (category, (passed, total)) in &totals {
        println!("{category:22} {passed:4} / {total}");
    }
    let passed: usize = totals.values().map(|total| total.0).sum();
    println!("{:22} {passed:4} / {}", "all", seen.len());
    let unknown: Vec<_> = not_yet.iter().filter(|id| !seen.contains(**id)).collect();
    assert!(
        regressions.is_empty(),
        "{} cases fail and are not in not-yet.txt:\n{}",
        regressions.len(),
        regressions.join("\n")
    );
    assert!(overdue.is_empty(), "these cases pass now; take them off not-yet.txt:\n{}", overdue.join("\n"));
    assert!(unknown.is_empty(), "not-yet.txt lists cases that the corpus does not have: {unknown:?}");
}

/// The ids in `not-yet.txt`; a line that starts with `#` is the reason for those under it.
fn listed() -> BTreeSet<&'static str> {
    NOT_YET.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn run(case: &Case) -> Result<(), String> {
    let mut replay = replay::Replay::new(&case.json);
    replay.steps()?;
    let mut matcher = Matcher::new(&case.json["normalise"], &replay);
    for (key, recipe) in case.json["collect"].as_object().expect("collect is an object") {
        let mut actual = compare::prepare(&replay.collect(recipe)?);
        if case.json["normalise"]["parallel"] == true {
            parallel::strip(&mut actual);
        }
        let mut expected = case.json["expected"][key].clone();
        if let Some(names) = case.json["normalise"]["parse_json"].as_array() {
            compare::parse_members(&mut actual, names);
            compare::parse_members(&mut expected, names);
        }
        matcher.compare(&expected, &actual, key);
    }
    if matcher.differences.is_empty() { Ok(()) } else { Err(matcher.differences.join("\n    ")) }
}
