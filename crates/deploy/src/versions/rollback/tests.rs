//! Tests of the way back.

use super::*;
use crate::fixtures::stack;
use crate::fixtures::versions::{definition, function, id, machine, versions};

/// `send` and `flow` changed twice, `start` was made by the second deployment; the third is live.
fn three() -> Versions {
    let all: Vec<_> = (1..=3).map(|it: usize| (it as u64, it, definition(&[("send", it as u64)]))).collect();
    versions(
        vec![
            ("send", function("send", &[(1, Some(1)), (2, Some(2)), (3, Some(3))], Some(3))),
            ("start", function("start", &[(1, Some(2))], Some(1))),
        ],
        vec![("flow", machine("flow", &all, &definition(&[("send", 3)])))],
    )
}

fn to(there: &Versions, minute: usize) -> Result<Plan, MissingVersions> {
    let deployments = there.deployments();
    plan_rollback(find_deployment(&deployments, &id(minute).to_string()).unwrap(), there, &stack())
}

#[test]
fn aliases_and_definitions_go_back() {
    insta::assert_snapshot!(to(&three(), 2).unwrap(), @r"
    update  alias          shop-dev-send: version (3 -> 2)
    keep    alias          shop-dev-start
    update  state machine  shop-dev-flow: definition (that of version 2)
    0 to create, 2 to update, 0 to delete, 1 unchanged
    ");
    assert!(to(&three(), 3).unwrap().is_empty(), "it is live");
}

#[test]
fn what_did_not_exist_then_stays() {
    let plan = to(&three(), 1).unwrap();
    assert_eq!(plan.notes, ["Did not exist then, and stays as it is: function start."]);
    assert_eq!(plan.steps.len(), 2);
}

#[test]
fn what_the_role_does_not_allow_any_more_is_told() {
    let mut there = three();
    let send_and_start = definition(&[("send", 2), ("start", 1)]);
    there.machines.values_mut().for_each(|machine| machine.versions[1].definition.clone_from(&send_and_start));
    let notes = to(&there, 2).unwrap().notes;
    assert_eq!(notes.len(), 1);
    assert!(notes[0].starts_with("The state machine flow calls shop-dev-start again, which its role"), "{notes:?}");
}

#[test]
fn what_is_gone_is_named() {
    let mut there = three();
    there.functions.values_mut().for_each(|function| function.versions.retain(|it| it.number != 2));
    let refused = to(&there, 2).unwrap_err();
    insta::assert_snapshot!(refused, @"There is no way back to the deployment 2026-11-22T20:02:00.000Z: its version of the function send, and version 2 of the function shop-dev-send was deleted since. Nothing was changed.");
    let mut there = three();
    there.functions.clear();
    insta::assert_snapshot!(to(&there, 1).unwrap_err(), @"There is no way back to the deployment 2026-11-22T20:01:00.000Z: version 1 of the function shop-dev-send was deleted since. Nothing was changed.");
}

#[test]
fn a_deployment_is_named_by_a_beginning_of_its_own() {
    let deployments = three().deployments();
    assert_eq!(find_deployment(&deployments, "2026-11-22T20:02").map(|it| it.id), Ok(id(2)));
    assert_eq!(find_deployment(&deployments, "2025"), Err(NoSuchDeployment::Unknown("2025".to_owned())));
    assert!(
        matches!(find_deployment(&deployments, "2026"), Err(NoSuchDeployment::Several { ids, .. }) if ids.len() == 3)
    );
}
