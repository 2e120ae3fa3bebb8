//! What waits for what, for the lesson.

use super::*;
use crate::fixtures::{LESSON, deployed, stack, wanted};
use crate::observe::Observed;
use crate::plan::remove::plan_removal;
use crate::plan::{ForeignResources, plan};

fn lines(plan: &Plan) -> String {
    let line = |step: &Step| {
        let needs: Vec<String> = needs(step, plan).iter().map(ToString::to_string).collect();
        if needs.is_empty() { step.resource.to_string() } else { format!("{} <- {}", step.resource, needs.join(", ")) }
    };
    plan.steps.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn making_goes_from_roles_to_the_state_machine_and_from_the_api_to_its_stage() {
    let fresh = plan(&wanted(LESSON), &Observed::default(), &stack(), ForeignResources::Refuse).unwrap();
    insta::assert_snapshot!(lines(&fresh), @r"
    role of myStateMachine
    role of sendEmail
    role of startStateMachine
    log group of sendEmail
    log group of startStateMachine
    function sendEmail <- role of sendEmail
    function startStateMachine <- role of startStateMachine
    alias live of sendEmail <- function sendEmail
    alias live of startStateMachine <- function startStateMachine
    state machine myStateMachine <- role of myStateMachine, function sendEmail
    HTTP API
    integration of startStateMachine <- HTTP API
    route POST /start <- integration of startStateMachine
    stage <- route POST /start
    permission of POST /start to invoke startStateMachine <- alias live of startStateMachine, HTTP API
    ");
}

#[test]
fn removing_goes_from_the_api_to_the_roles() {
    let there = deployed(&plan(&wanted(LESSON), &Observed::default(), &stack(), ForeignResources::Refuse).unwrap());
    insta::assert_snapshot!(lines(&plan_removal(&there, &stack(), false)), @r"
    role of myStateMachine <- state machine myStateMachine
    role of sendEmail <- log group of sendEmail, function sendEmail
    role of startStateMachine <- log group of startStateMachine, function startStateMachine
    log group of sendEmail <- function sendEmail
    log group of startStateMachine <- function startStateMachine
    function sendEmail <- state machine myStateMachine, HTTP API
    function startStateMachine <- state machine myStateMachine, HTTP API
    state machine myStateMachine <- HTTP API
    HTTP API
    ");
}
