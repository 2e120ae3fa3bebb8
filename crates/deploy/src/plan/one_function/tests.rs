//! Tests of deploying one function.

use super::*;
use crate::fixtures::{LESSON, deployed, key, stack, wanted};
use crate::plan::Change;
use model::role_path::RolePath;

/// The lesson as it is deployed: the function at its first version.
fn part() -> ObservedPart {
    let fresh = plan(&wanted(LESSON), &Observed::default(), &stack(), ForeignResources::Refuse).unwrap();
    let mut there = deployed(&fresh);
    let function = there.functions.remove(&key("sendEmail")).unwrap();
    ObservedPart { function, state_machines: there.state_machines }
}

/// What should be, with other code and other memory.
fn changed() -> Desired {
    let mut desired = wanted(LESSON);
    if let Some(Spec::Function(spec)) = desired.get_mut(&Resource::Function(key("sendEmail"))) {
        spec.code_sha256 = "new".to_owned();
        spec.configuration.memory_mb = 256;
    }
    desired
}

fn planned(desired: &Desired, part: &ObservedPart, extent: FunctionScope) -> Plan {
    plan_function(&key("sendEmail"), desired, part, extent, &stack()).unwrap()
}

#[test]
fn code_alone_leaves_the_configuration() {
    insta::assert_snapshot!(planned(&changed(), &part(), FunctionScope::Code), @r"
    update  function       shop-dev-sendEmail: code
    update  alias          shop-dev-sendEmail: version (1 -> the new one)
    update  state machine  shop-dev-myStateMachine: definition (the new version of sendEmail)
    0 to create, 3 to update, 0 to delete, 0 unchanged
    ");
    insta::assert_snapshot!(planned(&changed(), &part(), FunctionScope::CodeAndConfiguration), @r"
    update  function       shop-dev-sendEmail: code, memory (128 -> 256 MB)
    update  alias          shop-dev-sendEmail: version (1 -> the new one)
    update  state machine  shop-dev-myStateMachine: definition (the new version of sendEmail)
    0 to create, 3 to update, 0 to delete, 0 unchanged
    ");
    assert!(planned(&wanted(LESSON), &part(), FunctionScope::CodeAndConfiguration).is_empty());
}

#[test]
fn the_deployed_definition_stays_but_for_the_version() {
    let mut part = part();
    let there = part.state_machines.get_mut(&key("myStateMachine")).unwrap();
    there.machine.definition = there.machine.definition.replacen("A Task Timer", "Edited by hand: a Task Timer", 1);
    let by_hand = there.machine.definition.clone();
    let plan = planned(&changed(), &part, FunctionScope::Code);
    let spec = plan.steps.iter().find_map(|step| match &step.change {
        Change::Update(Spec::StateMachine(spec), _) => Some(spec),
        _ => None,
    });
    let definition = spec.unwrap().with_versions(|_| Some(7)).definition;
    assert_eq!(definition, by_hand.replace("-sendEmail:1\"", "-sendEmail:7\""));
    assert_ne!(definition, by_hand);
}

#[test]
fn a_version_that_the_file_names_stays() {
    let mut desired = changed();
    if let Some(Spec::StateMachine(spec)) = desired.get_mut(&Resource::StateMachine(key("myStateMachine"))) {
        spec.settings.definition = spec.settings.definition.replace("-sendEmail\"", "-sendEmail:1\"");
    }
    let plan = planned(&desired, &part(), FunctionScope::Code);
    assert!(plan.steps.iter().all(|step| !matches!(step.resource, Resource::StateMachine(_))), "{plan}");
}

#[test]
fn a_role_path_that_changed_is_refused() {
    let text = format!("{LESSON}\n[stack]\nrole_path = \"/team/\"\n");
    let moved = Stack { role_path: RolePath::parse("/team/").unwrap(), ..stack() };
    let planned = |extent| plan_function(&key("sendEmail"), &wanted(&text), &part(), extent, &moved);
    let refused = planned(FunctionScope::CodeAndConfiguration).unwrap_err();
    insta::assert_snapshot!(refused, @"The role `shop-dev-eu-west-1-sendEmail` has the path `/`, and IAM can't move it to `/team/`. Nothing was changed.");
    assert!(planned(FunctionScope::Code).is_ok(), "its code needs no role");
}
