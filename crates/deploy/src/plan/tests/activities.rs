//! Activities: made, left over, kept while executions run; and the tags of roles that name them.

use super::*;
use crate::desired::{Desired, activity_names, desired};
use crate::fixtures::service;
use crate::observe::ObservedActivity;
use model::definition::Definition;
use model::source::Source;

const ONE: &str = "service = \"shop\"\n[state_machines.flow]\ndefinition = \"f.json\"\n[activities.approve]\n\
                   [activities.sign]\nname = \"signatures\"\n";
const OTHER: &str =
    "service = \"shop\"\n[state_machines.flow]\ndefinition = \"f.json\"\n[activities.sign]\nname = \"autographs\"\n";

/// What a service file wants, and its stack with the names that the file gives.
fn declared(text: &str) -> (Desired, Stack) {
    let service = service(text);
    let stack = service.stack(stack().stage, stack().region, stack().account);
    let definition = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;
    let definition = Definition::parse(&Source::new("f.json", definition)).unwrap();
    let definitions = service.state_machines.keys().map(|key| (key.clone(), definition.clone())).collect();
    (desired(&service, &definitions, &std::collections::BTreeMap::new(), &stack).unwrap(), stack)
}

fn planned(text: &str, there: &Observed) -> Plan {
    let (wanted, stack) = declared(text);
    plan(&wanted, there, &stack, ForeignResources::Refuse).unwrap()
}

/// What the first file made, as it is observed with the other: its activities are under keys that the other does not have.
fn left_over() -> Observed {
    let mut there = deployed(&planned(ONE, &Observed::default()));
    let activity = there.activities.remove(&key("sign")).unwrap();
    there.activities.insert(key("signatures"), activity);
    let names = [("approve", "shop-dev-approve"), ("signatures", "signatures")];
    there.names.activities.extend(names.map(|(of, name)| (key(of), name.to_owned())));
    there
}

/// What the role names.
fn named(there: &Observed) -> String {
    let tags = there.roles[&key("flow")].role.tags.known().unwrap();
    activity_names::names(tags).into_iter().collect::<Vec<_>>().join(", ")
}

#[test]
fn they_are_made_with_tags_and_roles_name_those_with_names_of_their_own() {
    let fresh = planned(ONE, &Observed::default());
    insta::assert_snapshot!(changes(&fresh), @r"
    create  role           shop-dev-eu-west-1-flow
    create  activity       shop-dev-approve
    create  activity       signatures
    create  state machine  shop-dev-flow
    4 to create, 0 to update, 0 to delete, 0 unchanged
    ");
    let there = deployed(&fresh);
    assert_eq!(named(&there), "signatures");
    assert!(planned(ONE, &there).is_empty());
}

#[test]
fn the_role_names_what_goes_until_it_is_gone() {
    let there = left_over();
    let next = planned(OTHER, &there);
    insta::assert_snapshot!(changes(&next), @r"
    update  role           shop-dev-eu-west-1-flow: tags (workshop:activities)
    delete  activity       shop-dev-approve
    create  activity       autographs
    delete  activity       signatures
    1 to create, 1 to update, 2 to delete, 1 unchanged
    ");
    let step = |resource: Resource| next.steps.iter().find(|step| step.resource == resource).unwrap();
    let role = Resource::Role(key("flow"));
    let gone = [Resource::Activity(key("approve")), Resource::Activity(key("signatures"))];
    assert_eq!(order::needs(step(role.clone()), &next), gone);
    assert_eq!(order::needs(step(Resource::Activity(key("sign"))), &next), [role]);
    let mut after = carried_out(there, &next.steps);
    after.names = model::stack::DeployedNames::default();
    assert_eq!(named(&after), "autographs");
    assert!(planned(OTHER, &after).is_empty());
}

#[test]
fn while_executions_run_they_stay_and_the_role_names_them() {
    let mut there = left_over();
    there.running = 1;
    let next = planned(OTHER, &there);
    assert!(next.notes[0].contains("activity approve, activity signatures"), "{:?}", next.notes);
    let there = carried_out(there, &next.steps);
    assert_eq!(named(&there), "autographs, signatures");
    assert!(planned(OTHER, &there).is_empty());
}

#[test]
fn a_strangers_is_refused_or_adopted() {
    let mut there = deployed(&planned(ONE, &Observed::default()));
    there.activities.insert(key("sign"), ObservedActivity { tags: untagged() });
    let (wanted, stack) = declared(ONE);
    let refused = plan(&wanted, &there, &stack, ForeignResources::Refuse).unwrap_err();
    insta::assert_snapshot!(refused, @"There is already an activity `signatures`, and it does not belong to this stack: it has no tag `workshop:stack`.");
    let adopted = plan(&wanted, &there, &stack, ForeignResources::Adopt).unwrap();
    insta::assert_snapshot!(changes(&adopted), @r"
    adopt   activity       signatures: tags (workshop:key, workshop:stack)
    0 to create, 0 to update, 1 to adopt, 0 to delete, 3 unchanged
    ");
}

#[test]
fn a_removal_ends_with_the_role_that_names_them() {
    let there = deployed(&planned(ONE, &Observed::default()));
    let (_, stack) = declared(ONE);
    let removal = plan_removal(&there, &stack, false);
    let role = removal.steps.iter().find(|step| step.resource == Resource::Role(key("flow"))).unwrap();
    let names: Vec<String> = order::needs(role, &removal).iter().map(ToString::to_string).collect();
    assert_eq!(names, ["activity approve", "activity sign", "state machine flow"]);
}
