//! `stepFunctions`: the block of the plugin `serverless-step-functions`.

mod activity;
mod definition;
mod machine;

use std::collections::BTreeMap;

use crate::names::Key;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Section, entries};
use crate::serverless::reading::tree::{Content, Member};
use crate::serverless::references::declared::Declared;
use crate::serverless::references::intrinsics::{Hashes, Intrinsics, check};
use crate::serverless::references::names::{self, check_machine_name};
use crate::service::{Activity, StateMachine};
use crate::stack::Stack;
use activity::NamedActivity;

/// A state machine's key and name, which references need before anything else is read.
pub(super) struct NamedMachine<'n> {
    pub(super) key: Key,
    pub(super) member: &'n Member,
    name: Option<String>,
}

/// What the block declares, as far as references need it.
pub(super) struct Block<'n> {
    pub(super) machines: Vec<NamedMachine<'n>>,
    pub(super) activities: Vec<NamedActivity>,
}

/// Reads the block's names and its own keys.
pub(super) fn block<'n>(member: Option<&'n Member>, stack: &Stack, report: &mut Report) -> Block<'n> {
    let mut block = Block { machines: Vec::new(), activities: Vec::new() };
    let Some(mut section) = member.and_then(|member| Section::of(&member.value, "stepFunctions", report)) else {
        return block;
    };
    if let Some(machines) = section.take("stateMachines") {
        for member in entries(&machines.value, "stepFunctions.stateMachines", report) {
            block.machines.extend(named_machine(member, stack, report));
        }
    }
    if let Some(member) = section.take("activities") {
        block.activities = activity::activities(member, stack, report);
    }
    // Definitions are always checked.
    section.flag("validate", report);
    if section.flag("noOutput", report) == Some(true) {
        report
            .note(section.at, "`stepFunctions.noOutput` has no effect: there is no CloudFormation stack with outputs.");
    }
    section.finish(report);
    block
}

fn named_machine<'n>(member: &'n Member, stack: &Stack, report: &mut Report) -> Option<NamedMachine<'n>> {
    let key = names::key(&member.key, &member.at, report)?;
    let written = member.value.member("name").filter(|name| !name.value.is_null());
    let nothing = Declared::default();
    let name = written.and_then(|name| {
        let text = Intrinsics::new(&nothing).text(
            &name.value,
            &format!("stepFunctions.stateMachines.{key}.name"),
            Hashes::Known,
            report,
        )?;
        check(&text, &name.value.at, report).then_some(text)
    });
    if let (Some(name), Some(written)) = (&name, written) {
        check_machine_name(name, stack, &written.value.at, report);
    }
    Some(NamedMachine { key, member, name })
}

impl NamedMachine<'_> {
    /// Adds what references can name it with.
    pub(super) fn declare(&self, declared: &mut Declared) {
        let text = |key: &str| self.member.value.member(key).and_then(|member| member.value.as_text());
        let plain_name = text("name").filter(|name| !name.contains(['#', '$']));
        declared.add_state_machine(self.key.as_str(), text("id"), plain_name, &self.deployed_name());
    }

    /// Its deployed name, with pseudo-parameters.
    pub(super) fn deployed_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("#{{AWS::StackName}}-{}", self.key))
    }
}

impl Block<'_> {
    /// The state machines.
    pub(super) fn state_machines(
        &self,
        tags: &BTreeMap<String, String>,
        intrinsics: Intrinsics<'_>,
        report: &mut Report,
    ) -> BTreeMap<Key, StateMachine> {
        let mut machines = BTreeMap::new();
        for named in &self.machines {
            let read = machine::machine(&named.key, named.member, named.name.as_deref(), tags, intrinsics, report);
            machines.extend(read.map(|machine| (named.key.clone(), machine)));
        }
        machines
    }

    /// The activities by key.
    pub(super) fn activities(&self) -> BTreeMap<Key, Activity> {
        self.activities.iter().map(|named| (named.key.clone(), named.activity.clone())).collect()
    }

    /// Whether a state machine has a role of this deployment.
    pub(super) fn has_own_roles(&self) -> bool {
        let has_role = |named: &NamedMachine<'_>| {
            named
                .member
                .value
                .member("role")
                .is_some_and(|role| !matches!(role.value.content, Content::Scalar(serde_json::Value::Null)))
        };
        !self.machines.iter().all(has_role)
    }
}
