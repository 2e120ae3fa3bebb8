//! Reports on stacks that exist, exist in part, and do not exist.

use super::*;
use crate::fixtures::{LESSON, deployed, key, service, stack, wanted};
use crate::plan::{ForeignResources, plan};
use model::names::Region;

fn lesson() -> Observed {
    deployed(&plan(&wanted(LESSON), &Observed::default(), &stack(), ForeignResources::Refuse).unwrap())
}

#[test]
fn a_whole_stack_is_complete() {
    let service = service(LESSON);
    let stack = stack();
    let there = lesson();
    let report = Report::observed(&service, &stack, &there, true);
    assert_eq!(report.deployed, Completeness::Complete);
    insta::assert_snapshot!(report.endpoints[0].url, @"https://a1.execute-api.eu-west-1.amazonaws.com/dev/start");
    let links: Vec<String> = report.console.iter().map(|link| format!("{}: {}", link.what, link.url)).collect();
    insta::assert_snapshot!(links.join("\n"), @r"
    state machine myStateMachine: https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/statemachines/view/arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-myStateMachine
    function sendEmail: https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/shop-dev-sendEmail
    function startStateMachine: https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/shop-dev-startStateMachine
    log of sendEmail: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fshop-dev-sendEmail
    log of startStateMachine: https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fshop-dev-startStateMachine
    ");
}

#[test]
fn what_is_missing_and_what_is_left_over_is_named() {
    let mut there = lesson();
    there.apis[0].stages.clear();
    there.state_machines.clear();
    let old = there.functions.remove(&key("sendEmail")).unwrap();
    there.functions.insert(key("sendMail"), old);
    let report = Report::observed(&service(LESSON), &stack(), &there, false);
    assert_eq!(report.deployed, Completeness::Partly);
    assert_eq!(report.missing, ["route POST /start", "function sendEmail", "state machine myStateMachine"]);
    assert_eq!(report.leftovers, ["function shop-dev-sendMail"]);
    assert_eq!(report.console, []);
}

#[test]
fn nothing_is_nothing() {
    let report = Report::observed(&service(LESSON), &stack(), &Observed::default(), true);
    assert_eq!(report.deployed, Completeness::Nothing);
    assert_eq!(report.missing.len(), 6);
}

#[test]
fn other_partitions_have_their_own_console() {
    let mut stack = stack();
    stack.region = Region::parse("cn-north-1").unwrap();
    let report = Report::observed(&service(LESSON), &stack, &lesson(), true);
    assert!(report.console[0].url.starts_with("https://cn-north-1.console.amazonaws.cn/states/"));
}
