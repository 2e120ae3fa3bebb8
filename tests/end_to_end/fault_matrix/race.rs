//! Two commands at once: one is held at one of its writes while the other runs from begin to end.

use std::fmt;

use super::command::Site;
use super::judge;
use super::scenario::{DEPLOY, REMOVE, Sources, Waiting, deployed, first, second, small, unchanging};
use super::workers::Held;
use crate::support::Home;
use crate::support::cloud::{Cloud, Prepared};
use crate::support::snapshot::{Snapshot, Versions};
use workshop_proxy::{CallId, Fault, Injection, Names};

/// A command in a project folder, and what is there when it alone has run.
struct Command {
    arguments: &'static [&'static str],
    sources: Sources,
}

/// Two commands on an account.
pub struct Race {
    name: &'static str,
    before: Option<Prepared>,
    names: Names,
    held: Command,
    other: Command,
    /// What the held command alone ends in.
    after_held: String,
    /// What the other alone ends in.
    after_other: String,
    /// Where the first is held: its writes.
    writes: Vec<CallId>,
}

/// All pairs of commands.
pub struct Races(Vec<Race>);

/// One pair, held at one call.
pub struct Case<'a> {
    race: &'a Race,
    call: CallId,
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/held/{}", self.race.name, self.call)
    }
}

impl Case<'_> {
    /// What a sample must have: each pair of commands, and each operation.
    pub fn kinds(&self) -> Vec<String> {
        vec![self.race.name.to_owned(), self.call.operation.clone()]
    }
}

pub fn all(home: &Home) -> Races {
    let small = small(home);
    let first = first(home);
    let second = second(home);
    let deploy = |sources: &Sources| Command { arguments: DEPLOY, sources: sources.clone() };
    let remove = |sources: &Sources| Command { arguments: REMOVE, sources: sources.clone() };
    Races(vec![
        Race::of("deploy-twice", None, deploy(&small), deploy(&small)),
        Race::of("deploy-other-sources", None, deploy(&first), deploy(&second)),
        Race::of("update-twice", Some(deployed(&first, Waiting::None)), deploy(&second), deploy(&second)),
        Race::of("update-against-old", Some(deployed(&first, Waiting::None)), deploy(&second), deploy(&first)),
        Race::of("remove-during-deploy", None, deploy(&small), remove(&small)),
        Race::of("remove-during-update", Some(deployed(&first, Waiting::None)), deploy(&second), remove(&first)),
        Race::of("deploy-during-remove", Some(deployed(&small, Waiting::None)), remove(&small), deploy(&small)),
        Race::of("remove-twice", Some(deployed(&small, Waiting::None)), remove(&small), remove(&small)),
    ])
}

impl Race {
    fn of(name: &'static str, before: Option<Prepared>, held: Command, other: Command) -> Self {
        let path = before.as_ref().map(Prepared::path);
        let alone = |command: &Command| {
            let cloud = Cloud::start(path.as_deref(), &[]);
            let names = Snapshot::of(&cloud).names();
            let site = Site::new(&cloud, &command.sources);
            let done = site.run(command.arguments, names.clone(), None);
            assert_eq!(done.ended.code, Some(0), "{name}, alone: {done:#?}");
            let mut writes: Vec<CallId> =
                done.calls.0.iter().filter(|call| call.is_write()).map(|call| call.id.clone()).collect();
            writes.sort();
            (names, writes, Snapshot::of(&cloud).text(Versions::Live))
        };
        let (names, writes, after_held) = alone(&held);
        let (_, _, after_other) = alone(&other);
        Self { name, before, names, held, other, after_held, after_other, writes }
    }
}

impl Races {
    /// Held before every write.
    pub fn cases(&self) -> impl Iterator<Item = Case<'_>> {
        self.0.iter().flat_map(|race| race.writes.iter().map(move |call| Case { race, call: call.clone() }))
    }
}

/// Holds one command, runs the other, lets the first go on; then each is run once more, alone.
///
/// # Errors
/// What was not as it must be.
pub fn run(case: &Case<'_>) -> Result<Held, String> {
    let Race { before, names, held, other, after_held, after_other, .. } = case.race;
    let cloud = Cloud::start(before.as_ref().map(Prepared::path).as_deref(), &[]);
    let first = Site::held(&cloud, &held.sources);
    let second = Site::new(&cloud, &other.sources);
    let injection = Injection { call: case.call.clone(), fault: Fault::HoldBefore, every: false };
    let mut started = first.start(held.arguments, names.clone(), Some(injection));
    let reached = started.reaches_call();
    let meanwhile = second.run(other.arguments, Names::new(), None);
    started.proxy.release();
    let late = started.end();
    judge::ending(&meanwhile.ended).map_err(|why| format!("the other command {why}"))?;
    judge::ending(&late.ended).map_err(|why| format!("the held command {why}"))?;
    let told = format!("held: {}\nother: {}", judge::shown(&late), judge::shown(&meanwhile));
    let look = || Snapshot::of(&cloud).text(Versions::Live);
    if late.ended.code == Some(0) {
        judge::same(after_held, &look()).map_err(|why| format!("the held command succeeded, and {why}\n{told}"))?;
    }
    for (site, command, after) in [(first, held, after_held), (second, other, after_other)] {
        let done = site.run(command.arguments, Names::new(), None);
        if done.ended.code != Some(0) {
            return Err(format!("{:?}, alone again, failed: {:#?}\n{told}", command.arguments, done.ended));
        }
        judge::same(after, &look()).map_err(|why| format!("{:?} alone again: {why}\n{told}", command.arguments))?;
        unchanging(&site.run(command.arguments, Names::new(), None), command.arguments)?;
    }
    Ok(if reached { Held::Struck } else { Held::Untouched })
}
