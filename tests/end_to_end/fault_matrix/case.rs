//! One fault at one call.

use std::fmt;

use super::command::{Pace, Site};
use super::judge;
use super::scenario::{Scenario, unchanging};
use super::workers::Held;
use crate::support::cloud::Cloud;
use crate::support::snapshot::{Snapshot, Versions};
use workshop_proxy::{CallId, Fault, Injection, Names};

/// Everything that may go wrong.
const FAULTS: [Kind; 15] = [
    ("refused", Fault::Refused, true),
    ("reset-before", Fault::ResetBefore, false),
    ("reset-after", Fault::ResetAfter, false),
    ("reset-after-every", Fault::ResetAfter, true),
    ("timeout", Fault::Silence, false),
    ("throttled", Fault::Throttled, false),
    ("throttled-every", Fault::Throttled, true),
    ("broken", Fault::Broken, false),
    ("broken-every", Fault::Broken, true),
    ("denied-every", Fault::Denied, true),
    ("tags-unreadable", Fault::TagsUnreadable, false),
    ("tags-unreadable-every", Fault::TagsUnreadable, true),
    ("tags-missing-every", Fault::TagsMissing, true),
    ("kill-before", Fault::HoldBefore, false),
    ("kill-after", Fault::HoldAfter, false),
];

/// A fault at a call of a scenario.
pub struct Case<'a> {
    scenario: &'a Scenario,
    call: CallId,
    fault: &'static str,
    injection: Injection,
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.scenario.name, self.fault, self.call)
    }
}

impl Case<'_> {
    /// What a sample must have: each operation of each command, and each fault at each command.
    pub fn kinds(&self) -> Vec<String> {
        let scenario = self.scenario.name;
        vec![format!("{scenario} {}", self.call.operation), format!("{scenario} {}", self.fault)]
    }
}

/// A fault, how often it strikes, and what it is called.
type Kind = (&'static str, Fault, bool);

/// Every fault at every call of a scenario.
pub fn cases(scenario: &Scenario) -> impl Iterator<Item = Case<'_>> {
    scenario.calls.iter().flat_map(move |call| {
        let possible = FAULTS.iter().filter(|(_, fault, _)| fault.applies(&call.operation));
        possible.map(move |(name, fault, every)| {
            let injection = Injection { call: call.clone(), fault: *fault, every: *every };
            Case { scenario, call: call.clone(), fault: name, injection }
        })
    })
}

/// How large the matrix is.
pub fn sizes(scenarios: &[Scenario]) -> String {
    let size = |scenario: &Scenario| {
        format!("  {}: {} calls, {} cases", scenario.name, scenario.calls.len(), cases(scenario).count())
    };
    scenarios.iter().map(size).collect::<Vec<_>>().join("\n")
}

/// The command alone, on a cloud as slow to agree with itself as AWS. It is looked at when it has come to rest.
///
/// # Errors
/// What was not as it must be.
pub fn like_aws(scenario: &Scenario) -> Result<Held, String> {
    let Scenario { sources, arguments, before, after, .. } = scenario;
    let slow = Cloud::start(Some(&before.path()), &["--like-aws"]);
    let site = Site { pace: Pace::True, ..Site::new(&slow, sources) };
    let done = site.run(arguments, Names::new(), None);
    if done.ended.code != Some(0) {
        return Err(judge::shown(&done));
    }
    let rested = Cloud::start(Some(&slow.stopped().path()), &[]);
    let found = Snapshot::of(&rested).text(Versions::Numbered);
    judge::same(&after.text(Versions::Numbered), &found)?;
    unchanging(&Site::new(&rested, sources).run(arguments, Names::new(), None), arguments)?;
    Ok(Held::Struck)
}

/// Runs the command with the fault, then again, then once more, on an account of its own.
///
/// # Errors
/// What was not as it must be.
pub fn run(case: &Case<'_>) -> Result<Held, String> {
    let Scenario { sources, arguments, names, after, .. } = case.scenario;
    let cloud = case.scenario.start();
    let site = Site::new(&cloud, sources);
    let expected = after.text(Versions::Numbered);
    let faulted = site.run(arguments, names.clone(), Some(case.injection.clone()));
    let killed = faulted.struck && matches!(case.injection.fault, Fault::HoldBefore | Fault::HoldAfter);
    let strangers = Snapshot::of(&cloud).strangers();
    judge::same(&case.scenario.strangers, &strangers).map_err(|why| format!("of strangers' things {why}"))?;
    if !killed {
        judge::ending(&faulted.ended).map_err(|why| format!("the disturbed run {why}"))?;
    }
    if faulted.ended.code == Some(0) {
        let found = Snapshot::of(&cloud).text(Versions::Numbered);
        judge::same(&expected, &found).map_err(|why| format!("the disturbed run succeeded, and {why}"))?;
    } else {
        let told = judge::shown(&faulted);
        let again = site.run(arguments, Names::new(), None);
        if again.ended.code != Some(0) {
            return Err(format!("the second run failed: {:#?}\nafter {told}", again.ended));
        }
        let found = Snapshot::of(&cloud).text(Versions::Numbered);
        judge::same(&expected, &found).map_err(|why| format!("after the second run {why}\nafter {told}"))?;
    }
    let last = site.run(arguments, Names::new(), None);
    unchanging(&last, arguments)?;
    Ok(if faulted.struck { Held::Struck } else { Held::Untouched })
}
