//! Tests of how pruning is result.

use super::*;
use model::names::Key;

#[test]
fn what_stays_is_grouped_by_its_reason() {
    let key = |name: &str| Key::parse(name).unwrap();
    let function = |number| Version::Function(key("send"), number);
    let pruning = Selection {
        delete: (1..4).chain([6]).map(function).chain([Version::Machine(key("flow"), 1)]).collect(),
        keep: BTreeMap::from([
            (function(9), KeepReason::Live),
            (function(8), KeepReason::Recent),
            (function(7), KeepReason::Recent),
            (function(4), KeepReason::Executions),
            (function(5), KeepReason::Alias("canary".to_owned())),
        ]),
        executions: ["one", "two", "three", "four"].map(str::to_owned).into(),
    };
    let refused = [(function(6), "An alias leads to it.".to_owned())];
    let result = PruneResult { pruning: &pruning, refused: &refused, args: &PruneArgs { keep: 3, dry_run: false } };
    assert_eq!(listed(&result.deleted()), "function send 1-3; state machine flow 1");
    let kept = result.kept().into_iter().map(|(why, versions)| format!("{why}: {}", listed(&versions)));
    let kept: Vec<String> = kept.collect();
    assert_eq!(
        kept,
        [
            "live: function send 9",
            "in the newest 3 deployments: function send 7, 8",
            "needed by executions that have not ended (one, two and 2 more): function send 4",
            "the alias canary leads to it: function send 5",
            "An alias leads to it.: function send 6",
        ]
    );
}

#[test]
fn at_least_one_deployment_is_kept() {
    assert_eq!(at_least_one("3"), Ok(3));
    assert!(at_least_one("0").is_err() && at_least_one("-1").is_err());
}
