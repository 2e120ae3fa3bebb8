//! Every recorded call is allowed by the printed policy of its command, and nothing stands in the policy that no call uses.

use std::collections::{BTreeMap, BTreeSet};

use super::printed::{self, ACCOUNT, actions, caller, with_actions};
use crate::support::every_command::{Project, recorded};
use deploy::policy::CallerCommand;
use policy::Document;
use workshop_proxy::Need;

/// What stands in a policy although no recording uses it.
struct Unrecorded {
    /// The command; none for all.
    command: Option<CallerCommand>,
    statement: &'static str,
    action: &'static str,
}

const UNRECORDED: [Unrecorded; 4] = [
    // An execution that starts while its state machine is being deleted would keep it from going.
    Unrecorded { command: Some(CallerCommand::Deploy), statement: "Executions", action: "states:StopExecution" },
    // `--live` speaks to AWS alone; the embedded cloud is asked for its lines.
    Unrecorded { command: Some(CallerCommand::Logs), statement: "LogGroups", action: "logs:StartLiveTail" },
    // It is asked where GetRole says nothing of tags: about roles that somebody stripped of all of them.
    Unrecorded { command: None, statement: "Roles", action: "iam:ListRoleTags" },
    // It is asked where GetApis says nothing of tags, which the embedded cloud always does.
    Unrecorded { command: None, statement: "TagsOfApis", action: "apigateway:GET" },
];

impl Unrecorded {
    fn excuses(&self, command: CallerCommand, statement: &str, action: &str) -> bool {
        self.command.is_none_or(|of| of == command) && self.statement == statement && self.action == action
    }
}

/// The policy of a command, as the program prints it.
fn policy_of(project: &Project, command: CallerCommand) -> Document {
    printed::read(&project.run(&printed::arguments(&[command]), 1))
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
        let caller = caller(policy_of(&project, *command));
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
        for statement in policy_of(&project, command).statements.iter() {
            for action in actions(statement) {
                let one = with_actions(statement, vec![action.clone()]);
                let alone = caller(Document::new(vec![one]));
                let sid = statement.sid.as_deref().unwrap_or_default();
                let excused = UNRECORDED.iter().any(|it| it.excuses(command, sid, &action));
                if !excused && !needs.iter().any(|need| alone.may(need)) {
                    unused.push(format!("{}: {action} ({sid})", command.as_str()));
                }
            }
        }
    }
    assert!(unused.is_empty(), "in the policy, and no recorded call uses it:\n{}", unused.join("\n"));
}
