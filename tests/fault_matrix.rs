//! Every call of a fresh deployment, an update and a removal goes wrong in every way: the same command, run once more, ends
//! where an undisturbed run ends, and after that there is nothing left to do. The calls are found by themselves.
//!
//! `WORKSHOP_FAULTS` holds a part of a case's name and runs only the cases that have it in theirs.
#![allow(missing_docs, unreachable_pub, reason = "a test")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test that can't go on fails")]
#![allow(clippy::disallowed_methods, reason = "processes are started, held and killed, and the time is told")]

mod support;

#[path = "fault_matrix/case.rs"]
mod case;
#[path = "fault_matrix/command.rs"]
mod command;
#[path = "fault_matrix/judge.rs"]
mod judge;
#[path = "fault_matrix/race.rs"]
mod race;
#[path = "fault_matrix/scenario.rs"]
mod scenario;
#[path = "fault_matrix/workers.rs"]
mod workers;

use scenario::Scenario;
use support::Home;
use support::snapshot::Versions;

#[test]
fn every_call_may_fail_in_every_way() {
    let home = Home::new();
    let scenarios = Scenario::all(&home);
    let cases = scenarios.iter().flat_map(case::cases);
    let chosen = workers::chosen(cases, ToString::to_string);
    let ended = workers::run("fault matrix", &chosen, case::run);
    workers::tell(&case::sizes(&scenarios));
    ended.assert_all_held();
}

#[test]
fn two_commands_at_once_end_well() {
    let home = Home::new();
    let races = race::all(&home);
    let chosen = workers::chosen(races.cases(), ToString::to_string);
    workers::run("races", &chosen, race::run).assert_all_held();
}

#[test]
fn a_cloud_that_is_slow_to_agree_with_itself_is_waited_for() {
    let home = Home::new();
    let scenarios = Scenario::all(&home);
    let chosen = workers::chosen(&scenarios, |scenario| format!("like-aws/{}", scenario.name));
    workers::run("like AWS", &chosen, |scenario| case::like_aws(scenario)).assert_all_held();
}

#[test]
fn what_changes_is_seen() {
    let home = Home::new();
    let scenarios = Scenario::all(&home);
    let [fresh, update, remove] = scenarios.as_slice() else { panic!("three scenarios") };
    for (one, other) in [(fresh, update), (update, remove)] {
        assert_ne!(one.after.text(Versions::Live), other.after.text(Versions::Live));
    }
    assert_eq!(remove.after.text(Versions::Numbered), remove.nothing());
}
