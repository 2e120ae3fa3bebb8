//! What the lesson's service file comes to.

use super::*;
use crate::desired::spec::RoleSpec;
use crate::fixtures::{LESSON, artefacts, key, service, stack, wanted};
use model::service::StateMachineKind;

fn role(desired: &Desired, name: &str) -> RoleSpec {
    match &desired[&Resource::Role(key(name))] {
        Spec::Role(role) => role.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_lesson_has_fifteen_resources() {
    let names: Vec<String> = wanted(LESSON).keys().map(ToString::to_string).collect();
    insta::assert_snapshot!(names.join("\n"), @r"
    role of myStateMachine
    role of sendEmail
    role of startStateMachine
    log group of sendEmail
    log group of startStateMachine
    function sendEmail
    function startStateMachine
    alias live of sendEmail
    alias live of startStateMachine
    state machine myStateMachine
    HTTP API
    integration of startStateMachine
    route POST /start
    stage
    permission of POST /start to invoke startStateMachine
    ");
}

#[test]
fn a_function_may_write_its_log_and_do_what_is_declared() {
    let role = role(&wanted(LESSON), "startStateMachine");
    insta::assert_snapshot!(role.policy.unwrap(), @r#"{"Version":"2012-10-17","Statement":[{"Sid":"workshopb0eac892168985d0","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/shop-dev-startStateMachine:*"]},{"Sid":"workshop51fd0d5245e28cd2","Effect":"Allow","Action":["states:*"],"Resource":["arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-myStateMachine","arn:aws:states:eu-west-1:123456789012:execution:shop-dev-myStateMachine:*"]}]}"#);
    assert!(role.trust.to_string().contains("lambda.amazonaws.com"));
}

#[test]
fn one_service_may_assume_a_role() {
    let role = role(&wanted(LESSON), "myStateMachine");
    insta::assert_snapshot!(role.trust, @r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"states.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#);
}

#[test]
fn a_state_machine_may_invoke_its_functions_only() {
    let role = role(&wanted(LESSON), "myStateMachine");
    insta::assert_snapshot!(role.policy.unwrap(), @r#"{"Version":"2012-10-17","Statement":[{"Sid":"workshopf17599fd29a1d0ae","Effect":"Allow","Action":["lambda:InvokeFunction"],"Resource":["arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-sendEmail","arn:aws:lambda:eu-west-1:123456789012:function:shop-dev-sendEmail:*"]}]}"#);
    assert!(role.trust.to_string().contains("states.amazonaws.com"));
}

#[test]
fn a_state_machine_comes_after_the_functions_that_it_names() {
    let Spec::StateMachine(machine) = &wanted(LESSON)[&Resource::StateMachine(key("myStateMachine"))] else {
        panic!("no state machine")
    };
    let functions: Vec<&str> = machine.functions.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(functions, ["sendEmail"]);
    assert_eq!(machine.settings.kind, StateMachineKind::Standard.as_str());
}

#[test]
fn the_environment_is_resolved() {
    let Spec::Function(function) = &wanted(LESSON)[&Resource::Function(key("startStateMachine"))] else {
        panic!("no function")
    };
    insta::assert_snapshot!(function.configuration.environment["STATE_MACHINE_ARN"], @"arn:aws:states:eu-west-1:123456789012:stateMachine:shop-dev-myStateMachine");
}

#[test]
fn a_permission_is_for_its_route_on_any_stage() {
    let mut route = service(LESSON).routes[0].clone();
    let source = |route: &Route| PermissionSpec::of_route(route, &stack()).statement("a1").source_arn;
    insta::assert_snapshot!(source(&route), @"arn:aws:execute-api:eu-west-1:123456789012:a1/*/POST/start");
    (route.method, route.path) = ("ANY".to_owned(), "/users/{id}/{rest+}".to_owned());
    insta::assert_snapshot!(source(&route), @"arn:aws:execute-api:eu-west-1:123456789012:a1/*/*/users/*/*");
    let statement = PermissionSpec::of_route(&route, &stack()).statement("a1");
    assert_eq!(statement, PermissionSpec::of_route(&route, &stack()).statement("a1"));
    assert_ne!(statement.sid, PermissionSpec::of_route(&route, &stack()).statement("a2").sid);
}

#[test]
fn cors_allows_the_methods_of_the_routes_that_want_it() {
    let mut route = service(LESSON).routes[0].clone();
    let allowed = cors(std::slice::from_ref(&route)).unwrap();
    assert_eq!((allowed.methods.join(" "), allowed.headers.join(" ")), ("OPTIONS POST".into(), "content-type".into()));
    route.method = "ANY".to_owned();
    assert_eq!(cors(std::slice::from_ref(&route)).unwrap().methods, ["*"]);
    route.cors = false;
    assert_eq!(cors(&[route]), None);
}

#[test]
fn a_function_without_a_zip_is_an_error() {
    let error = desired(&service(LESSON), &BTreeMap::new(), &BTreeMap::new(), &stack()).unwrap_err();
    insta::assert_snapshot!(error, @"There is no zip for the function `sendEmail`.");
}

#[test]
fn a_state_machine_without_its_definition_is_an_error_that_names_both() {
    let refused = desired(&service(LESSON), &BTreeMap::new(), &artefacts(&service(LESSON)), &stack()).unwrap_err();
    insta::assert_snapshot!(refused, @"The state machine `myStateMachine` has no definition: service.toml:43 names the file `wait-to-send.asl.json`, which was not read. Put that file beside the service file, or correct `definition` there.");
}
