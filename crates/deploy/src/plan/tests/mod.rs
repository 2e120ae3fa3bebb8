//! Plans for the lesson: fresh, unchanged, drifted, interrupted at any point, and removed.

use proptest::prelude::*;

use std::collections::BTreeSet;

use super::*;
use crate::desired::resource::Resource;
use crate::desired::spec::Statement;
use crate::event::Action;
use crate::fixtures::{LESSON, carried_out, deployed, empty_api, key, stack, wanted};
use crate::observe::{ObservedLogGroup, Writer};
use crate::plan::order;
use crate::plan::remove::plan_removal;
use aws::lambda::Readiness;
use aws::{TagRead, Tags, sfn};

mod activities;
mod owned;

fn planned(text: &str, there: &Observed) -> Plan {
    plan(&wanted(text), there, &stack(), ForeignResources::Refuse).unwrap()
}

fn untagged() -> TagRead {
    TagRead::Known(Tags::new())
}

fn lesson() -> Observed {
    deployed(&planned(LESSON, &Observed::default()))
}

/// The plan without what it keeps.
fn changes(plan: &Plan) -> String {
    plan.to_string().lines().filter(|line| !line.starts_with("keep")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_fresh_deployment_makes_everything() {
    insta::assert_snapshot!(planned(LESSON, &Observed::default()), @r"
    create  role           shop-dev-eu-west-1-myStateMachine
    create  role           shop-dev-eu-west-1-sendEmail
    create  role           shop-dev-eu-west-1-startStateMachine
    create  log group      /aws/lambda/shop-dev-sendEmail
    create  log group      /aws/lambda/shop-dev-startStateMachine
    create  function       shop-dev-sendEmail
    create  function       shop-dev-startStateMachine
    create  alias          shop-dev-sendEmail
    create  alias          shop-dev-startStateMachine
    create  state machine  shop-dev-myStateMachine
    create  HTTP API       shop-dev
    create  integration    arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-startStateMachine:live
    create  route          POST /start
    create  stage          dev
    create  permission     POST /start -> shop-dev-startStateMachine
    15 to create, 0 to update, 0 to delete, 0 unchanged
    ");
}

#[test]
fn an_unchanged_one_does_nothing() {
    let plan = planned(LESSON, &lesson());
    assert!(plan.is_empty(), "{plan}");
    insta::assert_snapshot!(plan.summary(), @"0 to create, 0 to update, 0 to delete, 15 unchanged");
}

#[test]
fn what_someone_changed_is_put_right() {
    let mut there = lesson();
    let function = &mut there.functions.get_mut(&key("sendEmail")).unwrap().function;
    function.configuration.memory_mb = 512;
    function.configuration.environment.insert("SECRET".to_owned(), "x".to_owned());
    function.code_sha256 = "other".to_owned();
    there.functions.get_mut(&key("startStateMachine")).unwrap().statements[0].source_arn = "arn:other".to_owned();
    there.roles.get_mut(&key("myStateMachine")).unwrap().policy = None;
    let group = ObservedLogGroup { retention_days: None, tags: untagged(), writer: Writer::OurFunction };
    there.log_groups.insert(key("sendEmail"), group);
    let machine = &mut there.state_machines.get_mut(&key("myStateMachine")).unwrap().machine;
    machine.definition = "{}".to_owned();
    machine.logging = sfn::Logging::new("ALL", false, Vec::new());
    there.apis[0].api.cors = None;
    there.apis[0].stages[0].burst = Some(5000);
    there.apis[0].routes[0].target = "integrations/other".to_owned();
    there.apis[0].integrations[0].payload_format = "1.0".to_owned();
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    update  role           shop-dev-eu-west-1-myStateMachine: permissions
    update  log group      /aws/lambda/shop-dev-sendEmail: retention (for ever -> 14 days), tags (workshop:key, workshop:stack)
    update  function       shop-dev-sendEmail: code, memory (512 -> 128 MB), environment (SECRET)
    update  alias          shop-dev-sendEmail: version (1 -> the new one)
    update  state machine  shop-dev-myStateMachine: definition (the new version of sendEmail), logging
    update  HTTP API       shop-dev: CORS
    update  integration    arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-startStateMachine:live: payload format (1.0 -> 2.0)
    update  route          POST /start: target
    update  stage          dev: throttling (1/s, burst 5000 -> 1/s, burst 5)
    update  permission     POST /start -> shop-dev-startStateMachine: source
    0 to create, 10 to update, 0 to delete, 5 unchanged
    ");
}

#[test]
fn a_function_that_changes_takes_its_alias_and_the_state_machine_along() {
    let mut there = lesson();
    there.functions.get_mut(&key("sendEmail")).unwrap().function.code_sha256 = "older".to_owned();
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    update  function       shop-dev-sendEmail: code
    update  alias          shop-dev-sendEmail: version (1 -> the new one)
    update  state machine  shop-dev-myStateMachine: definition (the new version of sendEmail)
    0 to create, 3 to update, 0 to delete, 12 unchanged
    ");
    let there = carried_out(there.clone(), &planned(LESSON, &there).steps);
    assert!(planned(LESSON, &there).is_empty());
    let machine = &there.state_machines[&key("myStateMachine")].machine;
    assert!(machine.definition.contains(":function:shop-dev-sendEmail:1\""), "{}", machine.definition);
}

#[test]
fn an_alias_that_was_moved_and_a_version_that_was_not_published_are_put_right() {
    let mut there = lesson();
    let function = there.functions.get_mut(&key("sendEmail")).unwrap();
    function.live = Some(7);
    let function = there.functions.get_mut(&key("startStateMachine")).unwrap();
    function.versions.clear();
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    update  function       shop-dev-startStateMachine: no version of it
    update  alias          shop-dev-sendEmail: version (7 -> 1)
    update  alias          shop-dev-startStateMachine: version (1 -> the new one)
    0 to create, 3 to update, 0 to delete, 12 unchanged
    ");
}

#[test]
fn while_executions_run_their_role_goes_on_allowing_what_they_may_need() {
    let more =
        "\n[[state_machines.myStateMachine.permissions]]\nactions = [\"sqs:SendMessage\"]\nresources = [\"arn:q\"]\n";
    let mut there = deployed(&planned(&format!("{LESSON}{more}"), &Observed::default()));
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    update  role           shop-dev-eu-west-1-myStateMachine: permissions
    0 to create, 1 to update, 0 to delete, 14 unchanged
    ");
    there.state_machines.get_mut(&key("myStateMachine")).unwrap().runs = true;
    assert!(planned(LESSON, &there).is_empty());
    there.roles.get_mut(&key("myStateMachine")).unwrap().policy = Some(r#"{"Statement":{"Action":"*"}}"#.to_owned());
    let repaired = carried_out(there.clone(), &planned(LESSON, &there).steps);
    assert_eq!(repaired.roles, lesson().roles, "what a hand added goes");
}

#[test]
fn a_role_that_was_made_again_takes_its_function_along() {
    let mut there = lesson();
    there.functions.get_mut(&key("sendEmail")).unwrap().function.modified_s = Some(100);
    there.roles.get_mut(&key("sendEmail")).unwrap().role.created_s = 100;
    there.find_grants(&stack());
    assert!(planned(LESSON, &there).is_empty(), "both came within a second");
    there.roles.get_mut(&key("sendEmail")).unwrap().role.created_s = 101;
    there.find_grants(&stack());
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    update  function       shop-dev-sendEmail: its role was made again after it
    update  alias          shop-dev-sendEmail: version (1 -> the new one)
    update  state machine  shop-dev-myStateMachine: definition (the new version of sendEmail)
    0 to create, 3 to update, 0 to delete, 12 unchanged
    ");
    there.roles.remove(&key("sendEmail"));
    there.find_grants(&stack());
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    create  role           shop-dev-eu-west-1-sendEmail
    update  function       shop-dev-sendEmail: its role was made again after it
    update  alias          shop-dev-sendEmail: version (1 -> the new one)
    update  state machine  shop-dev-myStateMachine: definition (the new version of sendEmail)
    1 to create, 3 to update, 0 to delete, 11 unchanged
    ");
}

#[test]
fn a_definition_with_other_spaces_is_the_same() {
    let mut there = lesson();
    let machine = &mut there.state_machines.get_mut(&key("myStateMachine")).unwrap().machine;
    machine.definition = machine.definition.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(planned(LESSON, &there).is_empty());
}

#[test]
fn a_function_that_lambda_failed_to_make_is_made_again() {
    let mut there = lesson();
    let function = &mut there.functions.get_mut(&key("sendEmail")).unwrap().function;
    function.readiness = Readiness::Failed("The role has no permissions.".to_owned());
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    update  function       shop-dev-sendEmail: failed (The role has no permissions.)
    update  alias          shop-dev-sendEmail: version (1 -> the new one)
    update  state machine  shop-dev-myStateMachine: definition (the new version of sendEmail)
    0 to create, 3 to update, 0 to delete, 12 unchanged
    ");
}

#[test]
fn what_is_no_longer_declared_goes() {
    let text = LESSON.replace("startStateMachine", "begin").replace("path = \"/start\"", "path = \"/begin\"");
    insta::assert_snapshot!(changes(&planned(&text, &lesson())), @r"
    create  role           shop-dev-eu-west-1-begin
    delete  role           shop-dev-eu-west-1-startStateMachine
    create  log group      /aws/lambda/shop-dev-begin
    delete  log group      /aws/lambda/shop-dev-startStateMachine
    create  function       shop-dev-begin
    delete  function       shop-dev-startStateMachine
    create  alias          shop-dev-begin
    create  integration    arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-begin:live
    delete  integration    id0
    create  route          POST /begin
    delete  route          POST /start
    create  permission     POST /begin -> shop-dev-begin
    7 to create, 0 to update, 5 to delete, 8 unchanged
    ");
}

#[test]
fn what_a_running_execution_may_need_is_kept() {
    let mut there = lesson();
    there.running = 1;
    let plan = planned(&LESSON.replace("startStateMachine", "begin"), &there);
    assert!(
        !plan.steps.iter().any(|step| matches!(step.resource, Resource::Function(_)) && step.change == Change::Delete)
    );
    insta::assert_snapshot!(plan.notes.join("\n"), @"No longer declared, but kept because 1 execution still runs and may need it: role of startStateMachine, log group of startStateMachine, function startStateMachine. Deploy again when none runs.");
}

#[test]
fn without_routes_the_api_goes() {
    let start = LESSON.find("[[routes]]").unwrap();
    let end = LESSON.find("# A public endpoint").unwrap();
    let text = format!("{}{}", &LESSON[..start], &LESSON[end..]);
    insta::assert_snapshot!(changes(&planned(&text, &lesson())), @r"
    delete  HTTP API       shop-dev
    delete  permission     shop-dev-startStateMachine
    0 to create, 0 to update, 2 to delete, 10 unchanged
    ");
}

#[test]
fn a_second_api_and_a_second_integration_go() {
    let mut there = lesson();
    let mut again = there.apis[0].integrations[0].clone();
    again.id = "twice".to_owned();
    there.apis[0].integrations.push(again);
    there.apis.push(empty_api("a2", None));
    let stale = Statement { sid: "workshop-0".to_owned(), source_arn: "arn:of-a2".to_owned() };
    there.functions.get_mut(&key("startStateMachine")).unwrap().statements.push(stale);
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    delete  HTTP API       shop-dev
    delete  integration    twice
    delete  permission     shop-dev-startStateMachine
    0 to create, 0 to update, 3 to delete, 15 unchanged
    ");
}

#[test]
fn a_state_machine_can_not_become_the_other_kind() {
    let mut there = lesson();
    there.state_machines.get_mut(&key("myStateMachine")).unwrap().machine.kind = "EXPRESS".to_owned();
    let error = plan(&wanted(LESSON), &there, &stack(), ForeignResources::Refuse).unwrap_err();
    insta::assert_snapshot!(error, @"The state machine `shop-dev-myStateMachine` is of type EXPRESS; Step Functions can't turn it into STANDARD. Nothing was changed.");
}

#[test]
fn one_that_is_going_away_is_made_again() {
    let mut there = lesson();
    there.state_machines.get_mut(&key("myStateMachine")).unwrap().machine.deleting = true;
    insta::assert_snapshot!(changes(&planned(LESSON, &there)), @r"
    create  state machine  shop-dev-myStateMachine
    1 to create, 0 to update, 0 to delete, 14 unchanged
    ");
}

#[test]
fn removal_deletes_all_and_can_keep_logs() {
    insta::assert_snapshot!(plan_removal(&lesson(), &stack(), false), @r"
    delete  role           shop-dev-eu-west-1-myStateMachine
    delete  role           shop-dev-eu-west-1-sendEmail
    delete  role           shop-dev-eu-west-1-startStateMachine
    delete  log group      /aws/lambda/shop-dev-sendEmail
    delete  log group      /aws/lambda/shop-dev-startStateMachine
    delete  function       shop-dev-sendEmail
    delete  function       shop-dev-startStateMachine
    delete  state machine  shop-dev-myStateMachine
    delete  HTTP API       shop-dev
    0 to create, 0 to update, 9 to delete, 0 unchanged
    ");
    assert_eq!(plan_removal(&lesson(), &stack(), true).steps.len(), 7);
    assert!(plan_removal(&Observed::default(), &stack(), false).steps.is_empty());
}

#[test]
fn a_plan_as_json_says_what_and_why() {
    let mut there = lesson();
    there.functions.get_mut(&key("sendEmail")).unwrap().function.configuration.timeout_s = 3;
    let plan = serde_json::to_value(planned(LESSON, &there)).unwrap();
    let step = plan["steps"].as_array().unwrap().iter().find(|step| step["action"] == "update").unwrap();
    insta::assert_snapshot!(step, @r#"{"action":"update","kind":"function","name":"shop-dev-sendEmail","differences":["timeout (3 -> 6 s)"]}"#);
}

/// A run that ended somewhere: any steps whose needs were done are done.
fn cut_off(there: Observed, plan: &Plan, ran: &[bool]) -> Observed {
    let mut done = BTreeSet::new();
    let mut steps: Vec<&Step> = Vec::new();
    for _ in 0..plan.steps.len() {
        for (place, step) in plan.steps.iter().enumerate() {
            let ready = order::needs(step, plan).iter().all(|need| done.contains(need));
            if !done.contains(&step.resource) && ready && *ran.get(place).unwrap_or(&false) {
                done.insert(step.resource.clone());
                steps.push(step);
            }
        }
    }
    carried_out(there, steps)
}

proptest! {
    #[test]
    fn cut_off_anywhere_and_run_again_it_ends_the_same(
        first in proptest::collection::vec(any::<bool>(), 40),
        second in proptest::collection::vec(any::<bool>(), 40),
        renamed in any::<bool>(),
    ) {
        let text = if renamed { LESSON.replace("startStateMachine", "begin") } else { LESSON.to_owned() };
        let there = cut_off(Observed::default(), &planned(LESSON, &Observed::default()), &first);
        let there = cut_off(there.clone(), &planned(&text, &there), &second);
        let last = planned(&text, &there);
        let there = carried_out(there, in_order(&last));
        let again = planned(&text, &there);
        prop_assert!(again.is_empty(), "{again}");
        let removed = carried_out(there.clone(), &plan_removal(&there, &stack(), false).steps);
        prop_assert!(removed.is_empty());
    }
}

/// All steps in an order that their needs allow; fails when there is none.
fn in_order(plan: &Plan) -> Vec<&Step> {
    let mut done = BTreeSet::new();
    let mut steps = Vec::new();
    while steps.len() < plan.steps.len() {
        let ready = |step: &&Step| {
            !done.contains(&step.resource) && order::needs(step, plan).iter().all(|need| done.contains(need))
        };
        let next = plan.steps.iter().find(ready).expect("steps wait for each other");
        done.insert(next.resource.clone());
        steps.push(next);
    }
    steps
}

#[test]
fn no_two_steps_wait_for_each_other() {
    let renamed = planned(&LESSON.replace("startStateMachine", "begin"), &lesson());
    assert_eq!(in_order(&renamed).len(), renamed.steps.len());
}
