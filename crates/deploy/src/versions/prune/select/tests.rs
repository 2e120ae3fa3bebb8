//! Tests of what may go: nothing that anything needs, ever.

use proptest::prelude::*;

use super::*;
use crate::fixtures::versions::{definition, function, id, machine, versions};
use crate::fixtures::{key, stack};
use crate::versions::deployments::DeployedVersion;
use crate::versions::rollback::plan_rollback;

/// Long after every deployment of these tests.
fn later() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

/// What one deployment left: versions of the functions `a` and `b` and of the state machines `m`, which names `a`, and `n`,
/// which names both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    a: u64,
    b: u64,
    m: u64,
    n: u64,
}

impl Left {
    fn versions(self) -> [Version; 4] {
        [
            Version::Function(key("a"), self.a),
            Version::Function(key("b"), self.b),
            Version::Machine(key("m"), self.m),
            Version::Machine(key("n"), self.n),
        ]
    }
}

/// A definition of its own for each version.
fn of_m(left: Left) -> String {
    format!("[{}, {}]", left.m, definition(&[("a", left.a)]))
}

fn of_n(left: Left) -> String {
    format!("[{}, {}]", left.n, definition(&[("a", left.a), ("b", left.b)]))
}

/// What each deployment left, when each changed some of a, b, m and n.
fn history(changes: &[[bool; 4]]) -> Vec<Left> {
    let mut left = Left { a: 1, b: 1, m: 1, n: 1 };
    let mut history = vec![left];
    for [a, b, m, n] in changes {
        left.a += u64::from(*a);
        left.b += u64::from(*b);
        left.m += u64::from(*m || *a);
        left.n += u64::from(*n || *a || *b);
        if history.last() != Some(&left) {
            history.push(left);
        }
    }
    history
}

/// The stack after such a history, when one of its deployments is current.
fn there(history: &[Left], current: Left) -> Versions {
    let first = |number: u64, of: fn(&Left) -> u64| history.iter().position(|left| of(left) == number);
    let numbers = |of: fn(&Left) -> u64| {
        let last = history.iter().map(of).max().unwrap_or(0);
        (1..=last).map(move |number| (number, first(number, of))).collect::<Vec<_>>()
    };
    let machine_of = |name, of: fn(&Left) -> u64, text: fn(Left) -> String| {
        let all = numbers(of).into_iter().filter_map(|(number, place)| Some((number, place?, text(history[place?]))));
        machine(name, &all.collect::<Vec<_>>(), &text(current))
    };
    versions(
        vec![
            ("a", function("a", &numbers(|it| it.a), Some(current.a))),
            ("b", function("b", &numbers(|it| it.b), Some(current.b))),
        ],
        vec![("m", machine_of("m", |it| it.m, of_m)), ("n", machine_of("n", |it| it.n, of_n))],
    )
}

fn without(mut there: Versions, gone: &BTreeSet<Version>) -> Versions {
    for (key, function) in &mut there.functions {
        function.versions.retain(|it| !gone.contains(&Version::Function(key.clone(), it.number)));
    }
    for (key, machine) in &mut there.machines {
        machine.versions.retain(|it| !gone.contains(&Version::Machine(key.clone(), it.number)));
    }
    there
}

fn in_flight(left: Left, of: &str) -> ExecutionGroup {
    let definition = if of == "m" { of_m(left) } else { of_n(left) };
    ExecutionGroup { machine: key(of), definition, executions: vec![(format!("on-{of}"), later())] }
}

proptest! {
    #[test]
    fn nothing_that_is_needed_goes_and_the_rest_does(
        changes in prop::collection::vec(any::<[bool; 4]>(), 0..12),
        current in any::<prop::sample::Index>(),
        waiting in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..3),
        keep in 1_usize..5,
    ) {
        let history = history(&changes);
        let current = history[current.index(history.len())];
        let there = there(&history, current);
        let waiting: Vec<(Left, bool)> =
            waiting.into_iter().map(|(at, on_m)| (history[at.index(history.len())], on_m)).collect();
        let running: Vec<ExecutionGroup> =
            waiting.iter().map(|(left, on_m)| in_flight(*left, if *on_m { "m" } else { "n" })).collect();
        let selection = select_versions(&there, &running, keep, later());

        let recent = history.iter().rev().take(keep).flat_map(|left| left.versions());
        let live = current.versions();
        let needed_by_waiting = waiting.iter().flat_map(|(left, on_m)| {
            let [a, b, m, n] = left.versions();
            if *on_m { vec![a, m] } else { vec![a, b, n] }
        });
        let needed: BTreeSet<Version> = recent.chain(live).chain(needed_by_waiting).collect();
        let stays: BTreeSet<Version> = selection.keep.keys().cloned().collect();
        prop_assert_eq!(&stays, &needed);
        prop_assert!(selection.delete.is_disjoint(&stays));

        // What is left is still read rightly: a deployment that looks whole is what it was.
        let left = without(there, &selection.delete);
        let deployments = left.deployments();
        for deployment in &deployments {
            let place = (0..history.len()).find(|minute| id(*minute) == deployment.id).unwrap();
            let was = history[place];
            let held = |of: &BTreeMap<Key, DeployedVersion>, name: &str| of[&key(name)];
            let all = [
                (held(&deployment.functions, "a"), was.a), (held(&deployment.functions, "b"), was.b),
                (held(&deployment.machines, "m"), was.m), (held(&deployment.machines, "n"), was.n),
            ];
            for (held, was) in all {
                prop_assert!(matches!(held, DeployedVersion::Deleted { .. }) || held.number() == Some(was), "{held:?} was {was}");
            }
            let recent = place + keep >= history.len();
            prop_assert!(!recent || (deployment.is_complete() && plan_rollback(deployment, &left, &stack()).is_ok()));
            prop_assert!(!deployment.is_complete() || plan_rollback(deployment, &left, &stack()).is_ok());
        }
        let is_current = left.current(&deployments);
        let was = is_current.and_then(|is| (0..history.len()).find(|minute| id(*minute) == is));
        prop_assert_eq!(was.map(|place| history[place]), Some(current));

        // A second time there is nothing to do.
        prop_assert_eq!(select_versions(&left, &running, keep, later()).delete, BTreeSet::new());
    }
}

#[test]
fn each_version_stays_for_its_first_reason() {
    let history = history(&[[true, false, false, false]; 4]);
    let mut there = there(&history, history[4]);
    if let Some(a) = there.functions.get_mut(&key("a")) {
        a.aliases = BTreeMap::from([(5, "live".to_owned()), (2, "canary".to_owned())]);
        a.versions[2].description = "by hand".to_owned();
    }
    let selection = select_versions(&there, &[in_flight(history[0], "m"), in_flight(history[4], "n")], 1, later());
    let why = |number| selection.keep.get(&Version::Function(key("a"), number)).cloned();
    assert_eq!(why(1), Some(KeepReason::Executions));
    assert_eq!(why(2), Some(KeepReason::Alias("canary".to_owned())));
    assert_eq!(why(3), Some(KeepReason::PublishedByOthers));
    assert_eq!(why(4), None);
    assert_eq!(why(5), Some(KeepReason::Live));
    assert_eq!(selection.executions, ["on-m"], "the other needs only what stays anyway");
}

#[test]
fn what_was_replaced_a_moment_ago_stays() {
    let history = history(&[[true, false, false, false]; 3]);
    let mut there = there(&history, history[3]);
    let gone = |there: &Versions, seconds| {
        let now = id(3).began() + SignedDuration::from_secs(seconds);
        let go = select_versions(there, &[], 1, now).delete.into_iter();
        go.filter_map(|it| if let Version::Function(_, number) = it { Some(number) } else { None }).collect::<Vec<_>>()
    };
    assert_eq!(gone(&there, 10), [1, 2], "the one before may have executions that are not listed yet");
    assert_eq!(gone(&there, 60), [1, 2, 3]);
    if let Some(machine) = there.machines.get_mut(&key("m")) {
        machine.kind = "EXPRESS";
    }
    assert_eq!(gone(&there, 60), [0_u64; 0], "express executions are never listed, and may run for five minutes");
    assert_eq!(gone(&there, 270), [1], "the second was replaced six and a half minutes ago, by the third");
    assert_eq!(gone(&there, 600), [1, 2, 3]);
}
