//! Every recorded call is allowed by the printed policy of its command, and nothing stands in the policy that no call uses.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::Ended;
use crate::support::every_command::{Project, recorded};
use deploy::policy::CallerCommand;
use policy::Document;
use workshop_proxy::{Caller, Need};

const ACCOUNT: &str = "000000000000";

/// What stands in a policy although no recording uses it, and why.
const UNRECORDED: [(CallerCommand, &str, &str); 1] = [(
    CallerCommand::Deploy,
    "states:StopExecution",
    "an execution that starts while its state machine is being deleted would keep it from going",
)];

/// The policy of some commands, as the program prints it.
fn printed(project: &Project, commands: &[CallerCommand]) -> Document {
    let mut arguments = vec!["print", "--policies", "--for", "deployer", "--region", "us-east-1"];
    commands.iter().for_each(|command| arguments.extend(["--command", command.as_str()]));
    let Ended { code, stdout, stderr } = project.run(&arguments, 1);
    assert_eq!(code, Some(0), "{stderr}");
    Document::read(&stdout.replace("<account>", ACCOUNT)).expect("a policy")
}

fn caller(policy: Document) -> Caller {
    Caller { account: ACCOUNT.to_owned(), policies: vec![policy] }
}

/// What the recorded calls of each command need.
fn needed() -> BTreeMap<CallerCommand, BTreeSet<Need>> {
    let mut needed: BTreeMap<CallerCommand, BTreeSet<Need>> = BTreeMap::new();
    for step in recorded() {
        let needs = step.requests.iter().flat_map(|request| request.needs(ACCOUNT));
        needed.entry(step.command).or_default().extend(needs);
    }
    needed
}

#[test]
fn the_printed_policy_is_enough() {
    let project = Project::new();
    let needed = needed();
    let commands: Vec<_> = CallerCommand::ALL.into_iter().filter(|command| !needed.contains_key(command)).collect();
    assert!(commands.is_empty(), "these were not recorded: {commands:?}");
    let mut refused = Vec::new();
    for (command, needs) in &needed {
        let caller = caller(printed(&project, &[*command]));
        let missing = needs.iter().filter(|need| !caller.may(need));
        refused.extend(missing.map(|need| format!("{}: {} on {}", command.as_str(), need.action, need.resource)));
    }
    assert!(refused.is_empty(), "not in the policy of their command:\n{}", refused.join("\n"));
}

#[test]
fn the_printed_policy_is_not_too_much() {
    let project = Project::new();
    let mut unused = Vec::new();
    for (command, needs) in needed() {
        let policy = printed(&project, &[command]);
        for statement in policy.statements.iter() {
            let Some(policy::Selection::Only(actions)) = &statement.actions else { continue };
            for action in actions.iter() {
                let mut one = statement.clone();
                one.actions = Some(policy::Selection::Only(action.clone().into()));
                let alone = caller(Document::new(vec![one]));
                let sid = statement.sid.as_deref().unwrap_or_default();
                let excused = UNRECORDED.iter().any(|(of, listed, _)| (*of, *listed) == (command, action));
                if !excused && !needs.iter().any(|need| alone.may(need)) {
                    unused.push(format!("{}: {action} ({sid})", command.as_str()));
                }
            }
        }
    }
    assert!(unused.is_empty(), "in the policy, and no recorded call uses it:\n{}", unused.join("\n"));
}
