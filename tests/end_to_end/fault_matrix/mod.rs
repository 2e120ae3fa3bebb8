//! Every call of a fresh deployment, an update and a removal goes wrong in every way: the same command, run once more, ends
//! where an undisturbed run ends, and after that there is nothing left to do. The calls are found by themselves.
//!
//! Strangers have things of the same kinds and of alike names beside it; nothing of theirs changes.
//!
//! A run has a part of the cases, drawn with a seed that it prints; `WORKSHOP_SEED` draws them again, `WORKSHOP_MATRIX=all`
//! runs all, and `WORKSHOP_FAULTS` holds parts of a case's name and runs only the cases that have them in theirs.
//! `cargo xtask matrix` sets these.

mod case;
pub mod command;
pub mod judge;
mod race;
pub mod sample;
pub mod scenario;
pub mod strangers;
pub mod workers;

pub use workers::tell;

use crate::support::Home;
use crate::support::snapshot::Versions;
use scenario::Scenario;

#[test]
fn every_call_may_fail_in_every_way() {
    let home = Home::new();
    let scenarios = Scenario::all(&home);
    let cases = scenarios.iter().flat_map(case::cases);
    let chosen = workers::chosen("fault matrix", 12, cases, ToString::to_string, case::Case::kinds);
    let ended = workers::run("fault matrix", &chosen, case::run);
    workers::tell(&case::sizes(&scenarios));
    ended.assert_all_held();
}

#[test]
fn two_commands_at_once_end_well() {
    let home = Home::new();
    let races = race::all(&home);
    let chosen = workers::chosen("races", 8, races.cases(), ToString::to_string, race::Case::kinds);
    workers::run("races", &chosen, race::run).assert_all_held();
}

#[test]
fn a_cloud_that_is_slow_to_agree_with_itself_is_waited_for() {
    let home = Home::new();
    let scenarios = Scenario::all(&home);
    let chosen = workers::chosen(
        "like AWS",
        4,
        &scenarios,
        |scenario| format!("like-aws/{}", scenario.name),
        |scenario| vec![scenario.name.to_owned()],
    );
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
