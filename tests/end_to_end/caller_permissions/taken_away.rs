//! One permission is taken out of the policy of a command: the command says which, does nothing to others, and with the
//! whole policy it ends where an undisturbed run ends.
//!
//! A run has a fifth of the cases and each action at least once, drawn with a seed that it prints; `cargo xtask matrix` runs all.

use std::fmt;

use super::printed::caller;
use super::situation::Situation;
use crate::fault_matrix::command::Done;
use crate::fault_matrix::workers::{self, Held};
use crate::fault_matrix::{judge, scenario};
use crate::support::Home;
use crate::support::snapshot::{Snapshot, Versions};
use deploy::policy::CallerCommand;
use policy::Document;
use workshop_proxy::Need;

/// Statements and actions that a removal makes nothing of: the parts of what goes as a whole do not matter.
const OPTIONAL: [(CallerCommand, &str, &str); 5] = [
    (CallerCommand::Remove, "Roles", "iam:GetRolePolicy"),
    (CallerCommand::Remove, "Functions", "lambda:GetAlias"),
    (CallerCommand::Remove, "Functions", "lambda:GetPolicy"),
    (CallerCommand::Remove, "Functions", "lambda:ListVersionsByFunction"),
    (CallerCommand::Remove, "Apis", "apigateway:GET"),
];

/// A permission that a command has to do without.
struct Case<'a> {
    situation: &'a Situation,
    sid: String,
    action: String,
    policy: Document,
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "without/{}/{}/{}", self.situation.name, self.action, self.sid)
    }
}

#[test]
fn a_permission_that_is_missing_is_named() {
    let home = Home::new();
    let situations = Situation::all(&home);
    let cases = situations.iter().flat_map(|situation| {
        let permissions = situation.permissions().into_iter();
        permissions.map(move |(sid, action, policy)| Case { situation, sid, action, policy })
    });
    let kinds = |case: &Case<'_>| vec![case.situation.name.to_owned(), case.action.clone()];
    let chosen = workers::chosen("permissions", 5, cases, ToString::to_string, kinds);
    workers::run("permissions", &chosen, run).assert_all_held();
}

fn run(case: &Case<'_>) -> Result<Held, String> {
    let situation = case.situation;
    let cloud = situation.start();
    let before = Snapshot::of(&cloud).text(Versions::Numbered);
    let done = situation.run(&cloud, Some(caller(case.policy.clone())));
    judge::ending(&done.ended)?;
    let Some(need) = done.refused.first() else { return Ok(Held::Untouched) };
    let reads = scenario::writes(&done).is_empty();
    let found = Snapshot::of(&cloud).text(Versions::Numbered);
    if done.ended.code == Some(0) {
        let optional = OPTIONAL.contains(&(situation.command, &case.sid, &case.action));
        let told = format!("{}{}", done.ended.stdout, done.ended.stderr).contains(&case.action);
        if !optional && !told {
            let Done { ended, refused, .. } = done;
            return Err(format!(
                "it succeeded without {} and a word of it: {ended:#?}, refused: {refused:#?}",
                case.action
            ));
        }
        return judge::same(&situation.after, &found).map(|()| Held::Struck);
    }
    names(&done, need)?;
    if reads {
        judge::same(&before, &found).map_err(|why| format!("it wrote nothing, and {why}"))?;
    }
    let again = situation.run(&cloud, None);
    if again.ended.code != Some(0) {
        return Err(format!("with everything allowed: {:#?}\nafter {}", again.ended, judge::shown(&done)));
    }
    let found = Snapshot::of(&cloud).text(Versions::Numbered);
    judge::same(&situation.after, &found)
        .map_err(|why| format!("with everything allowed {why}\nafter {}", judge::shown(&done)))?;
    Ok(Held::Struck)
}

/// The sentence names the action, and what is said what it was to be done to.
fn names(done: &Done, need: &Need) -> Result<(), String> {
    let Done { ended, refused, .. } = done;
    let (_, said) = ended.stderr.split_once("error: ").unwrap_or_default();
    let sentence = said.lines().next().unwrap_or_default();
    // IAM names some resources by their names alone.
    let name =
        |need: &Need| need.resource.rsplit([':', '/']).find(|part| !part.is_empty()).unwrap_or_default().to_owned();
    let names = |need: &Need| sentence.contains(&need.action) && said.contains(&name(need));
    if refused.iter().any(names) && ended.code == Some(7) {
        return Ok(());
    }
    Err(format!("it does not name {} on {}: {ended:#?}", need.action, need.resource))
}
